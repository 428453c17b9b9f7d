using EdgeDcim.Agent.Polling;
using EdgeDcim.Agent.Profiles;
using Xunit;

namespace EdgeDcim.Agent.Tests.Polling;

public sealed class DeviceHealthTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private readonly DeviceHealth health = new();

    [Fact]
    public void A_device_is_online_after_its_first_answer_and_unknown_before()
    {
        Assert.Equal(DeviceState.Unknown, health.State);
        health.Succeeded(PollGroup.Fast);
        Assert.Equal(DeviceState.Online, health.State);
        Assert.Null(health.Reason);
    }

    [Fact]
    public void Three_failures_in_a_row_make_it_offline_and_one_answer_brings_it_back()
    {
        health.Succeeded(PollGroup.Fast);
        Assert.Equal([DeviceState.Degraded, DeviceState.Degraded, DeviceState.Offline], Enumerable.Range(0, 3).Select(_ => Fail(0)));
        Assert.Equal("no answer", health.Reason);

        health.Succeeded(PollGroup.Fast);
        Assert.Equal(DeviceState.Online, health.State);
    }

    [Fact]
    public void A_silent_device_is_probed_less_and_less_up_to_a_minute()
    {
        var now = 0L;
        var pauses = new List<long>();
        for (var i = 0; i < 9; i++)
        {
            Fail(now);
            var asked = now;
            while (!health.MayPoll(now))
            {
                now += 100;
            }

            pauses.Add(now - asked);
        }

        Assert.Equal(pauses.Order(), pauses);
        Assert.InRange(pauses[0], 500, 2000);
        Assert.InRange(pauses[^1], 55_000, 60_000);
    }

    [Fact]
    public void A_missing_path_is_tried_again_within_half_a_minute_however_long_it_was_away()
    {
        for (var i = 0; i < 20; i++)
        {
            health.Unreachable(PollGroup.Fast, "no port", Period, 0);
        }

        Assert.False(health.MayPoll(5_000));
        Assert.True(health.MayPoll(15_000));
    }

    [Fact]
    public void One_failing_group_degrades_the_device_and_does_not_slow_the_others()
    {
        health.Succeeded(PollGroup.Fast);
        health.Failed(PollGroup.Slow, "refused", Period, 0);
        health.Succeeded(PollGroup.Fast);

        Assert.Equal(DeviceState.Degraded, health.State);
        Assert.Equal("refused", health.Reason);
        Assert.True(health.MayPoll(0));

        health.Succeeded(PollGroup.Slow);
        Assert.Equal(DeviceState.Online, health.State);
    }

    [Fact]
    public void A_part_of_the_points_is_degraded_and_never_offline()
    {
        for (var i = 0; i < 10; i++)
        {
            health.GavePart(PollGroup.Fast, "register 12 timed out");
        }

        Assert.Equal(DeviceState.Degraded, health.State);
        Assert.True(health.MayPoll(0));
    }

    private DeviceState Fail(long nowMs)
    {
        health.Failed(PollGroup.Fast, "no answer", Period, nowMs);
        return health.State;
    }
}
