using EdgeDcim.Core.Timing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Core.Tests.Timing;

public sealed class SteadyClockTests
{
    private static readonly DateTimeOffset Right = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly MovableWall wall = new(Right);
    private bool? synchronised;

    [Fact]
    public void A_plausible_clock_is_taken_at_once()
    {
        var clock = Started();
        Assert.Equal((ClockState.Steady, true, Right), (clock.State, clock.IsSet, clock.GetUtcNow()));
        Assert.Equal(1_000, clock.Correct(1_000));
    }

    [Fact]
    public void What_is_stamped_before_the_clock_is_set_can_be_stamped_afterwards_to_the_millisecond()
    {
        wall.Set(DateTimeOffset.UnixEpoch);
        var clock = Started();
        Wait(clock, 30);
        var stamped = clock.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal(ClockState.Unset, clock.State);

        Wait(clock, 90);
        wall.Set(Right);
        Assert.True(clock.Observe());

        Assert.Equal(ClockState.Steady, clock.State);
        Assert.Equal(Right.AddSeconds(-90).ToUnixTimeMilliseconds(), clock.Correct(stamped));
        Assert.Equal(Right, clock.GetUtcNow());
    }

    [Fact]
    public void A_clock_that_waits_for_its_synchronisation_is_unset_until_the_kernel_says_so_or_the_wait_is_over()
    {
        synchronised = false;
        var clock = Started(TimeSpan.FromMinutes(2));
        Wait(clock, 60);
        Assert.False(clock.IsSet);
        synchronised = true;
        clock.Observe();
        Assert.True(clock.IsSet);

        synchronised = false;
        var alone = Started(TimeSpan.FromMinutes(2));
        Wait(alone, 119);
        Assert.False(alone.IsSet);
        Wait(alone, 1);
        Assert.True(alone.IsSet);
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void A_step_is_not_followed_until_something_confirms_it(int seconds)
    {
        var clock = Started();
        wall.Shift(TimeSpan.FromSeconds(seconds));
        Wait(clock, 59);
        Assert.Equal((ClockState.Doubtful, 0, Right.AddSeconds(59)), (clock.State, clock.Jumps, clock.GetUtcNow()));
        Wait(clock, 2);
        Assert.Equal((ClockState.Steady, 1, Right.AddSeconds(61 + seconds)), (clock.State, clock.Jumps, clock.GetUtcNow()));
    }

    [Fact]
    public void The_kernel_that_is_synchronised_is_believed_at_once()
    {
        var clock = Started();
        synchronised = true;
        wall.Shift(TimeSpan.FromHours(1));
        Wait(clock, 1);
        Assert.Equal((ClockState.Steady, 1, Right.AddSeconds(3601)), (clock.State, clock.Jumps, clock.GetUtcNow()));
    }

    [Fact]
    public void A_step_that_the_other_end_contradicts_is_never_taken_over()
    {
        var clock = Started();
        wall.Shift(TimeSpan.FromHours(1));
        for (var second = 1; second <= 600; second++)
        {
            wall.Advance(TimeSpan.FromSeconds(1));
            clock.Hear(Right.AddSeconds(second));
            clock.Observe();
        }

        Assert.Equal((ClockState.Doubtful, 0, Right.AddSeconds(600)), (clock.State, clock.Jumps, clock.GetUtcNow()));
        Assert.Equal(TimeSpan.FromHours(1), clock.Apart);
        wall.Shift(TimeSpan.FromHours(-1));
        Wait(clock, 1);
        Assert.Equal((ClockState.Steady, 0), (clock.State, clock.Jumps));
    }

    [Fact]
    public void A_step_that_the_other_end_confirms_is_taken_over_at_once()
    {
        var clock = Started();
        wall.Shift(TimeSpan.FromMinutes(10));
        clock.Hear(Right.AddMinutes(10));
        Wait(clock, 1);
        Assert.Equal((ClockState.Steady, 1), (clock.State, clock.Jumps));
    }

    [Fact]
    public void A_small_difference_is_bent_away_and_time_never_runs_backwards()
    {
        var clock = Started();
        wall.Shift(TimeSpan.FromMilliseconds(-900));
        var before = clock.GetUtcNow();
        for (var second = 0; second < 20; second++)
        {
            Wait(clock, 1);
            Assert.True(clock.GetUtcNow() > before);
            before = clock.GetUtcNow();
        }

        Assert.Equal(wall.GetUtcNow(), clock.GetUtcNow());
        Assert.Equal(0, clock.Jumps);
    }

    [Fact]
    public void A_clock_that_is_set_back_to_1970_is_never_followed()
    {
        var clock = Started();
        synchronised = true;
        wall.Set(DateTimeOffset.UnixEpoch);
        Wait(clock, 300);
        Assert.Equal((ClockState.Doubtful, Right.AddSeconds(300)), (clock.State, clock.GetUtcNow()));
    }

    [Fact]
    public async Task Who_waits_for_the_clock_is_told_when_it_is_set()
    {
        wall.Set(DateTimeOffset.UnixEpoch);
        var clock = Started();
        var waiting = clock.SetAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        wall.Set(Right);
        clock.Observe();
        await waiting;
    }

    private SteadyClock Started(TimeSpan wait = default)
    {
        var clock = new SteadyClock(wall, () => synchronised, wait);
        clock.Observe();
        return clock;
    }

    private void Wait(SteadyClock clock, int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            wall.Advance(TimeSpan.FromSeconds(1));
            clock.Observe();
        }
    }

    /// <summary>A machine whose monotonic clock only runs forward while its wall can be set to anything.</summary>
    private sealed class MovableWall(DateTimeOffset start) : TimeProvider
    {
        private readonly FakeTimeProvider monotonic = new(start);
        private TimeSpan shift;

        public override long TimestampFrequency => monotonic.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => monotonic.GetUtcNow() + shift;

        public override long GetTimestamp() => monotonic.GetTimestamp();

        public void Advance(TimeSpan by) => monotonic.Advance(by);

        public void Shift(TimeSpan by) => shift += by;

        public void Set(DateTimeOffset to) => shift = to - monotonic.GetUtcNow();
    }
}
