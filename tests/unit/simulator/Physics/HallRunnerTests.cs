using EdgeDcim.Simulator.Physics;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Simulator.Tests.Physics;

public sealed class HallRunnerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Current_at_speed_60_lives_a_minute_a_second()
    {
        var runner = new HallRunner(new Hall(1, 10), _time, speed: 60);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(30 * 60, runner.Current().State.Seconds);
    }

    [Fact]
    public void Current_does_not_depend_on_how_often_it_is_asked()
    {
        HallRunner often = new(new Hall(4, 10), _time, 1), once = new(new Hall(4, 10), _time, 1);
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(90));
            often.Current();
        }

        Assert.Equal(once.Current().State.Main.ActiveW, often.Current().State.Main.ActiveW);
        Assert.Equal(once.Current().AtMs, often.Current().AtMs);
    }

    [Fact]
    public void At_forgets_what_is_more_than_ten_minutes_ago()
    {
        var start = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var runner = new HallRunner(new Hall(4, 10), _time, 1);
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(start, runner.At(start)!.AtMs);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(runner.At(start));
        Assert.Equal(start + 300_000, runner.At(start + 300_100)!.AtMs);
    }

    [Fact]
    public void Current_after_a_machine_slept_for_a_day_catches_up_an_hour_at_most()
    {
        var runner = new HallRunner(new Hall(4, 10), _time, 1);
        _time.Advance(TimeSpan.FromDays(1));
        var moment = runner.Current();
        Assert.Equal(3600, moment.State.Seconds);
        Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), moment.AtMs);
    }
}
