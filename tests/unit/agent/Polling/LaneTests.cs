using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Polling;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Agent.Tests.Polling;

public sealed class LaneTests : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private readonly ScriptedDevices hall = new();

    [Fact]
    public async Task Polls_lie_on_the_slots_of_the_wall_clock()
    {
        hall.Time.Advance(TimeSpan.FromMilliseconds(700));
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1")));

        var polls = await hall.RunAsync(TimeSpan.FromSeconds(11), TimeSpan.FromMilliseconds(100));

        Assert.All(polls.Skip(1), poll => Assert.Equal(0, poll.AtMs % 2000));
        Assert.Equal(6, polls.Count);
    }

    /// <summary>A power is held against what only the slower groups read, so they come first.</summary>
    [Fact]
    public async Task A_new_device_is_read_at_once_and_its_fast_group_last()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("ups-1", groups: [PollGroup.Fast, PollGroup.Normal, PollGroup.Slow])));

        string?[] parts = [await PartAsync(), await PartAsync(), await PartAsync()];

        Assert.Equal(["L3", "L2", "L1"], parts);

        async Task<string?> PartAsync() => (await hall.NextAsync()).Readings.ToArray().First(reading => reading.Series.Metric == "power.active").Series.Part;
    }

    [Fact]
    public async Task A_poll_longer_than_its_period_is_not_caught_up_and_the_missed_slots_are_counted()
    {
        var release = new TaskCompletionSource();
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1")));
        await hall.RunAsync(TimeSpan.FromSeconds(1), Step);
        var driver = hall.Driver("pdu-1");
        driver.Script = async (group, _) =>
        {
            await release.Task;
            return driver.Answer(group);
        };

        await hall.RunAsync(TimeSpan.FromSeconds(8), Step);
        Assert.Equal(2, driver.Reads);
        release.SetResult();
        var late = await hall.RunAsync(TimeSpan.FromSeconds(4), Step);

        Assert.Equal(4, driver.Reads);
        Assert.Equal(3, late.Count);
        Assert.Equal(3, hall.Lanes.Devices["pdu-1"].Skipped);
    }

    [Fact]
    public async Task A_device_that_asks_is_read_at_once_beside_its_slots_and_not_more_often_than_every_two_seconds()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("ups-1", groups: [PollGroup.Normal, PollGroup.Slow])));
        await hall.RunAsync(TimeSpan.FromMilliseconds(2500), Step);
        var device = hall.Lanes.Devices["ups-1"];

        device.Lane!.PollSoon(device);
        while (!(await hall.NextAsync()).IsUrgent)
        {
        }

        for (var i = 0; i < 100; i++)
        {
            device.Lane.PollSoon(device);
        }

        await hall.SettleAsync();
        hall.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await hall.NextAsync()).IsUrgent);
        await hall.SettleAsync();
        hall.Time.Advance(TimeSpan.FromSeconds(5.5));
        Assert.False((await hall.NextAsync()).IsUrgent);
        Assert.Equal(0, device.Skipped);
    }

    [Fact]
    public async Task A_silent_device_that_asks_is_read_although_its_next_probe_is_not_due()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("ups-1")));
        hall.Driver("ups-1").Script = (_, cancel) => throw new DeviceFault(FaultKind.Timeout, "silent");
        await hall.RunAsync(TimeSpan.FromSeconds(30), Step);
        var device = hall.Lanes.Devices["ups-1"];
        Assert.Equal(DeviceState.Offline, device.Health.State);

        hall.Driver("ups-1").Script = null;
        device.Lane!.PollSoon(device);
        while (!(await hall.NextAsync()).IsUrgent)
        {
        }

        Assert.Equal(DeviceState.Online, device.Health.State);
    }

    [Fact]
    public async Task Three_dead_devices_of_fifty_leave_the_other_forty_seven_on_time_in_every_cycle()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(Enumerable.Range(0, 50).Select(i => ScriptedDevices.Device($"pdu-{i}", $"host-{i}"))));
        foreach (var i in (int[])[3, 17, 41])
        {
            hall.Driver($"pdu-{i}").Script = (_, cancel) => Never(cancel);
        }

        await hall.RunAsync(TimeSpan.FromSeconds(1), Step);
        var polls = await hall.RunAsync(TimeSpan.FromSeconds(20), Step);

        var perDevice = polls.CountBy(poll => poll.Device.Id).ToDictionary();
        Assert.Equal(47, perDevice.Count);
        Assert.All(perDevice.Values, count => Assert.Equal(10, count));
    }

    [Fact]
    public async Task A_dead_unit_on_a_shared_line_goes_offline_and_is_asked_rarely_while_its_neighbour_stays_on_time()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("dead"), ScriptedDevices.Device("alive")));
        hall.Driver("dead").Script = (_, _) => throw new DeviceFault(FaultKind.Timeout, "unit 3 did not answer within 1 s");

        var polls = await hall.RunAsync(TimeSpan.FromMinutes(10), Step);

        Assert.Equal(300, polls.Count(poll => poll.Device.Id == "alive"));
        Assert.Equal(DeviceState.Offline, hall.Lanes.Devices["dead"].Health.State);
        Assert.Contains("unit 3", hall.Lanes.Devices["dead"].Health.Reason, StringComparison.Ordinal);
        Assert.InRange(hall.Driver("dead").Reads, 10, 20);
    }

    [Fact]
    public async Task A_failed_poll_leaves_its_series_missing_and_never_zero()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1", groups: [PollGroup.Fast, PollGroup.Fast])));
        await hall.RunAsync(TimeSpan.FromSeconds(1), Step);
        hall.Driver("pdu-1").Script = (_, _) => throw new DeviceFault(FaultKind.Timeout, "silence");

        var poll = (await hall.RunAsync(TimeSpan.FromSeconds(3), Step)).First(result => result.State == DeviceState.Degraded);

        var powers = poll.Readings.ToArray().Where(reading => reading.Series.Metric == "power.active").ToList();
        Assert.Equal(2, powers.Count);
        Assert.All(powers, reading => Assert.True(double.IsNaN(reading.Value) && reading.Quality == Quality.Missing));
    }

    [Fact]
    public async Task What_was_read_before_a_fault_is_kept_and_the_rest_is_missing()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1", groups: [PollGroup.Fast, PollGroup.Fast])));
        await hall.RunAsync(TimeSpan.FromSeconds(1), Step);
        var driver = hall.Driver("pdu-1");
        driver.Script = (group, _) => throw new DeviceFault(FaultKind.BadReply, "register 12") { Partial = [driver.Answer(group, 7)[0]] };

        var poll = (await hall.RunAsync(TimeSpan.FromSeconds(3), Step)).First(result => result.State == DeviceState.Degraded);

        Assert.Equal(
            [(7d, Quality.Good), (double.NaN, Quality.Missing)],
            poll.Readings.ToArray().Where(reading => reading.Series.Metric == "power.active").OrderBy(reading => reading.Series.Part).Select(reading => (reading.Value, reading.Quality)));
    }

    [Fact]
    public async Task A_value_outside_its_plausible_range_is_suspect()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1")));
        var driver = hall.Driver("pdu-1");
        driver.Script = (group, _) => Task.FromResult(driver.Answer(group, 1e12));

        var polls = await hall.RunAsync(TimeSpan.FromSeconds(3), Step);

        Assert.Contains(polls[^1].Readings.ToArray(), reading => reading is { Value: 1e12, Quality: Quality.Suspect });
    }

    [Fact]
    public async Task A_bug_in_one_driver_faults_only_its_device()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("broken"), ScriptedDevices.Device("sound")));
        hall.Driver("broken").Script = (_, _) => throw new InvalidOperationException("a bug");

        var polls = await hall.RunAsync(TimeSpan.FromSeconds(20), Step);

        Assert.Equal(DeviceState.Faulted, hall.Lanes.Devices["broken"].Health.State);
        Assert.Equal(10, polls.Count(poll => poll.Device.Id == "sound"));
        Assert.False(hall.Lanes.Failure.IsCompleted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_is_set_by_an_hour_neither_bursts_nor_stops_the_polls(int hours)
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1")));
        await hall.RunAsync(TimeSpan.FromSeconds(10), Step);
        var before = hall.Driver("pdu-1").Reads;

        hall.Clock.SetBy(TimeSpan.FromHours(hours));
        await hall.RunAsync(TimeSpan.FromSeconds(10), Step);

        Assert.InRange(hall.Driver("pdu-1").Reads - before, 4, 6);
        Assert.Equal(0, hall.Lanes.Devices["pdu-1"].Skipped);
    }

    [Fact]
    public async Task Changing_one_of_a_thousand_devices_touches_one()
    {
        var before = Enumerable.Range(0, 1000).Select(i => ScriptedDevices.Device($"pdu-{i}", $"gateway-{i / 50}")).ToList();
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(before));
        await hall.RunAsync(TimeSpan.FromSeconds(1), Step);
        var running = hall.Lanes.Devices;

        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(before.Select(device => device.Id == "pdu-77" ? ScriptedDevices.Device("pdu-77", "gateway-1", "2") : device)));
        for (var turn = 0; turn < 200 && hall.Lanes.Devices.Values.Any(device => device.Polls < 2); turn++)
        {
            await hall.RunAsync(Step, Step);
        }

        Assert.Equal(1001, hall.Drivers.Count);
        Assert.Equal(["pdu-77"], hall.Lanes.Devices.Values.Where(device => !ReferenceEquals(device, running[device.Id])).Select(device => device.Id));
        Assert.All(hall.Lanes.Devices.Values, device => Assert.True(device.Polls >= 2, device.Id));
    }

    [Fact]
    public async Task A_lane_taken_out_of_the_configuration_is_no_failure()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1", "host-1"), ScriptedDevices.Device("pdu-2", "host-2")));
        var failure = hall.Lanes.Failure;
        await hall.RunAsync(TimeSpan.FromSeconds(3), Step);

        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1", "host-1")));
        await hall.RunAsync(TimeSpan.FromSeconds(3), Step);

        Assert.Equal(1, hall.Lanes.Count);
        Assert.False(failure.IsCompleted);
    }

    [Fact]
    public async Task A_device_taken_out_of_the_configuration_is_polled_no_more()
    {
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("a"), ScriptedDevices.Device("b")));
        await hall.RunAsync(TimeSpan.FromSeconds(2), Step);

        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("a")));
        await hall.RunAsync(TimeSpan.FromSeconds(1), Step);
        var polls = await hall.RunAsync(TimeSpan.FromSeconds(10), Step);

        Assert.DoesNotContain(polls, poll => poll.Device.Id == "b");
        Assert.Equal(5, polls.Count(poll => poll.Device.Id == "a"));
    }

    public async ValueTask DisposeAsync() => await hall.DisposeAsync();

    private static async Task<IReadOnlyList<Sample>> Never(CancellationToken cancel)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        return [];
    }
}
