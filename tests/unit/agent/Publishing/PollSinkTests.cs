using EdgeDcim.Agent.Diagnostics;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Polling;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Agent.Tests.Polling;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Agent.Tests.Publishing;

public sealed class PollSinkTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sink").FullName;
    private readonly AgentCounters counters = new();
    private readonly Journal journal;
    private readonly NodeModel model;

    public PollSinkTests()
    {
        journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, TimeProvider.System);
        model = new NodeModel("gw", journal);
    }

    public void Dispose()
    {
        journal.Dispose();
        counters.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_device_that_falls_silent_says_so_once_and_its_probes_add_no_readings()
    {
        await using var hall = new ScriptedDevices();
        var queue = ReadingQueue.Create(counters);
        var sink = new PollSink(queue.Writer, model, counters);
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1")));
        await FeedAsync(hall, sink, TimeSpan.FromSeconds(3));
        Assert.True(model.Birth("pdu-1").IsAlive);

        hall.Driver("pdu-1").Script = (_, _) => throw new DeviceFault(FaultKind.Timeout, "no answer");
        await FeedAsync(hall, sink, TimeSpan.FromSeconds(30));
        Assert.False(model.Birth("pdu-1").IsAlive);
        Drain(queue);
        await FeedAsync(hall, sink, TimeSpan.FromSeconds(120));
        Assert.Empty(Drain(queue));

        hall.Driver("pdu-1").Script = null;
        await FeedAsync(hall, sink, TimeSpan.FromSeconds(120));
        Assert.True(model.Birth("pdu-1").IsAlive);
        Assert.Contains(Drain(queue), reading => reading is { Series.Metric: "power.active", Value: 1 });
    }

    [Fact]
    public async Task The_last_readings_of_a_device_tell_that_it_is_offline()
    {
        await using var hall = new ScriptedDevices();
        var queue = ReadingQueue.Create(counters);
        var sink = new PollSink(queue.Writer, model, counters);
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1")));
        hall.Driver("pdu-1").Script = (_, _) => throw new DeviceFault(FaultKind.Timeout, "no answer");

        await FeedAsync(hall, sink, TimeSpan.FromSeconds(60));

        var states = Drain(queue).Where(reading => reading.Series.Metric == "device.state").Select(reading => (DeviceState)reading.Value).ToList();
        Assert.Equal([DeviceState.Degraded, DeviceState.Offline], states.Distinct().TakeLast(2));
        Assert.Equal(DeviceState.Offline, states[^1]);
    }

    [Fact]
    public async Task A_birth_says_what_the_configuration_and_the_profile_say_of_the_device()
    {
        await using var hall = new ScriptedDevices();
        var sink = new PollSink(ReadingQueue.Create(counters).Writer, model, counters);
        await hall.Lanes.ApplyAsync(ScriptedDevices.Config(ScriptedDevices.Device("pdu-1")));

        await FeedAsync(hall, sink, TimeSpan.FromSeconds(3));

        Assert.Equal(new DeviceFacts("pdu-1", "pdu", "any", null, "scripted"), model.Birth("pdu-1").Facts);
        Assert.True(counters.Polls.Count > 0);
        Assert.Equal(0, counters.PollsFailed.Count);
    }

    private static async Task FeedAsync(ScriptedDevices hall, PollSink sink, TimeSpan span)
    {
        foreach (var result in await hall.RunAsync(span, TimeSpan.FromMilliseconds(500)))
        {
            sink.Take(result);
        }
    }

    private static List<Reading> Drain(System.Threading.Channels.Channel<Reading> queue)
    {
        var found = new List<Reading>();
        while (queue.Reader.TryRead(out var reading))
        {
            found.Add(reading);
        }

        return found;
    }
}
