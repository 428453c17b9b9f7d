using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Diagnostics;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EdgeDcim.Agent.Tests.Publishing;

/// <summary>The edge node against a broker in this process and a host that checks sequence and markers.</summary>
public sealed class PublisherServiceTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("publisher").FullName;
    private readonly AgentCounters counters = new();
    private readonly CollectedLog log = new();
    private readonly CancellationTokenSource stop = new();
    private readonly ReadingBatchWriter batch = new();
    private TestBroker broker = null!;
    private TestHost host = null!;
    private Journal journal = null!;
    private NodeModel model = null!;
    private Task running = Task.CompletedTask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        broker = await TestBroker.StartNewAsync();
        host = await TestHost.ConnectAsync(broker, Cancel);
        OpenJournal();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAgentAsync();
        await host.DisposeAsync();
        await broker.DisposeAsync();
        journal.Dispose();
        counters.Dispose();
        stop.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Births_come_first_then_data_by_alias_then_the_marker_and_the_batch_is_forgotten()
    {
        model.Declare(new DeviceFacts("pdu-a1", Kind: "pdu", Vendor: "APC"), [new Series("pdu-a1", "power.active", null), new Series("pdu-a1", "voltage.line_neutral", "L1")]);
        model.SetAlive("pdu-a1", alive: true);
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();
        await host.UntilAsync(() => host.Messages.Contains("DeviceBirth pdu-a1"), "birth of the device");

        Append(("pdu-a1", "power.active", null, 1500.5), ("pdu-a1", "voltage.line_neutral", "L1", 230.1));
        await host.UntilAsync(() => host.Readings.Count == 2, "two readings");

        Assert.Equal(["NodeBirth", "DeviceBirth pdu-a1", "DeviceData pdu-a1", "NodeData"], host.Messages);
        Assert.Equal(0, host.Gaps);
        Assert.Contains(("power.active", "W", true), host.Births["pdu-a1"]);
        Assert.Contains((SparkplugNames.Vendor, null, false), host.Births["pdu-a1"]);
        Assert.Equal([("power.active", 1500.5), ("voltage.line_neutral/L1", 230.1)], host.Readings.Select(reading => (reading.Name, reading.Value)));
        await ForgottenAsync(1);
    }

    [Fact]
    public async Task Nothing_is_born_before_the_primary_host_is_online()
    {
        StartAgent();
        Append(("pdu-a1", "power.active", null, 1));
        await EventuallyAsync(() => log.Contains("Waiting for the primary host edgedcim"));
        Assert.Empty(host.Messages);

        await host.SayAsync(online: true, 1, Cancel);

        await host.UntilAsync(() => host.Readings.Count == 1, "the waiting reading");
        Assert.Equal("NodeBirth", host.Messages[0]);
        Assert.True(host.Readings[0].Historical);
    }

    [Fact]
    public async Task When_the_host_goes_offline_the_node_dies_and_comes_back_with_the_next_number_live_first()
    {
        await host.SayAsync(online: true, 10, Cancel);
        StartAgent();
        Append(("pdu-a1", "power.active", null, 1));
        await host.UntilAsync(() => host.Readings.Count == 1, "the first reading");

        await host.SayAsync(online: false, 20, Cancel);
        await host.UntilAsync(() => host.Messages.Contains("NodeDeath"), "the death");
        for (var i = 0; i < 5; i++)
        {
            Append(("pdu-a1", "power.active", null, 100 + i));
        }

        await host.SayAsync(online: true, 30, Cancel);
        await host.UntilAsync(() => host.Readings.Count == 6, "the backlog");

        Assert.Equal([0L, 1], host.BdSeqs);
        Assert.All(host.Readings.Skip(1), reading => Assert.True(reading.Historical));
        Append(("pdu-a1", "power.active", null, 7));
        await host.UntilAsync(() => host.Readings.Count == 7, "live again");
        Assert.False(host.Readings[6].Historical);
        Assert.Equal(0, host.Gaps);
        await ForgottenAsync(7);
    }

    [Fact]
    public async Task A_stale_offline_state_of_an_earlier_host_is_ignored()
    {
        await host.SayAsync(online: true, 10, Cancel);
        StartAgent();
        Append(("pdu-a1", "power.active", null, 1));
        await host.UntilAsync(() => host.Readings.Count == 1, "the first reading");

        await host.SayAsync(online: false, 9, Cancel);
        Append(("pdu-a1", "power.active", null, 2));

        await host.UntilAsync(() => host.Readings.Count == 2, "a reading after the stale state");
        Assert.DoesNotContain("NodeDeath", host.Messages);
    }

    [Fact]
    public async Task A_lost_acknowledgement_makes_a_repeat_that_the_host_knows_and_no_reading_twice()
    {
        host.Acknowledges = false;
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent(new DeliveryOptions { AcknowledgeWithin = TimeSpan.FromMilliseconds(150) });
        await host.UntilAsync(() => host.Messages.Count == 1, "the birth");
        Append(("pdu-a1", "power.active", null, 1));
        await host.UntilAsync(() => host.Batches.Count >= 2, "the repeat");
        host.Acknowledges = true;

        await ForgottenAsync(1);

        Assert.False(host.Batches[0].Historical);
        Assert.All(host.Batches.Skip(1), repeat => Assert.Equal((host.Batches[0].Offset, true), repeat));
        Assert.Single(host.Readings);
        Assert.True(counters.Expired.Count >= 1);
    }

    [Fact]
    public async Task After_an_outage_of_the_broker_what_is_new_comes_before_the_backlog_and_nothing_is_missing()
    {
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();
        Append(("pdu-a1", "power.active", null, 0));
        await host.UntilAsync(() => host.Readings.Count == 1, "the first reading");
        await ForgottenAsync(1);

        await broker.StopAsync();
        for (var i = 1; i <= 40; i++)
        {
            Append(("pdu-a1", "power.active", null, i));
        }

        await EventuallyAsync(() => log.Contains("Not delivering"));
        await broker.StartAsync();
        await host.DisposeAsync();
        host = await TestHost.ConnectAsync(broker, Cancel);
        host.Acknowledges = false;
        await host.SayAsync(online: true, 2, Cancel);
        await host.UntilAsync(() => host.Messages.Contains("NodeBirth"), "the birth");
        Append(("pdu-a1", "power.active", null, 41));
        await host.UntilAsync(() => host.Readings.Count == 41, "everything");

        Assert.Equal(Enumerable.Range(1, 41).Select(i => (double)i), host.Readings.Select(reading => reading.Value).Order());
        Assert.Equal(0, host.Gaps);
        Assert.False(host.Readings.Single(reading => reading.Value == 41).Historical);
        Assert.All(host.Readings.Where(reading => reading.Value < 41), reading => Assert.True(reading.Historical));
    }

    [Fact]
    public async Task A_cut_connection_leaves_the_will_with_the_number_of_its_birth()
    {
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();
        await host.UntilAsync(() => host.Messages.Contains("NodeBirth"), "the birth");

        await broker.CutAsync("edgedcim-site-gw");

        await host.UntilAsync(() => host.BdSeqs.Count == 2, "the next birth");
        Assert.Equal([0L, 1], host.BdSeqs);
        Assert.Equal(["NodeBirth", "NodeDeath", "NodeBirth"], host.Messages);
    }

    [Fact]
    public async Task A_rebirth_command_gives_all_births_again_under_the_same_number()
    {
        model.Declare(new DeviceFacts("ups-a"), [new Series("ups-a", "power.active", null)]);
        model.SetAlive("ups-a", alive: true);
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();
        await host.UntilAsync(() => host.Messages.Count == 2, "the births");

        await host.CommandAsync(writer => writer.BeginMetric(SparkplugNames.Rebirth).At(1).Type(DataType.Boolean).Value(true).EndMetric(), Cancel);
        await host.UntilAsync(() => host.Messages.Count == 4, "the births again");

        Assert.Equal(["NodeBirth", "DeviceBirth ups-a", "NodeBirth", "DeviceBirth ups-a"], host.Messages);
        Assert.Equal([0L, 0], host.BdSeqs);
        Assert.Equal(0, host.Gaps);
    }

    [Fact]
    public async Task A_silent_device_dies_after_its_last_readings_and_is_born_again_when_it_answers()
    {
        model.Declare(new DeviceFacts("ups-a"), [new Series("ups-a", "power.active", null)]);
        model.SetAlive("ups-a", alive: true);
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();
        await host.UntilAsync(() => host.Messages.Count == 2, "the births");

        Append(("ups-a", "device.state", null, 3));
        model.SetAlive("ups-a", alive: false);
        await host.UntilAsync(() => host.Messages.Contains("DeviceDeath ups-a"), "the death");
        model.SetAlive("ups-a", alive: true);
        await host.UntilAsync(() => host.Messages.Count(message => message == "DeviceBirth ups-a") == 3, "the birth after");

        Assert.Equal(["NodeBirth", "DeviceBirth ups-a", "DeviceBirth ups-a", "DeviceData ups-a", "NodeData", "DeviceDeath ups-a", "DeviceBirth ups-a"], host.Messages);
        Assert.Equal(0, host.Gaps);
    }

    [Fact]
    public async Task A_backlog_of_a_device_that_is_silent_or_gone_is_wrapped_in_a_birth_and_a_death()
    {
        Append(("old-pdu", "power.active", null, 42));
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();

        await host.UntilAsync(() => host.Messages.Contains("DeviceDeath old-pdu"), "the death");

        Assert.Equal(["NodeBirth", "DeviceBirth old-pdu", "DeviceData old-pdu", "NodeData", "DeviceDeath old-pdu"], host.Messages);
        Assert.Equal(42, Assert.Single(host.Readings).Value);
    }

    [Fact]
    public async Task A_series_that_turns_up_later_is_born_before_its_first_value()
    {
        model.Declare(new DeviceFacts("pdu-a1"), [new Series("pdu-a1", "power.active", null)]);
        model.SetAlive("pdu-a1", alive: true);
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();
        await host.UntilAsync(() => host.Messages.Count == 2, "the births");

        Append(("pdu-a1", "power.active", "outlet/9", 5));

        await host.UntilAsync(() => host.Readings.Count == 1, "the value");
        Assert.Equal("power.active/outlet/9", host.Readings[0].Name);
        Assert.Equal(["NodeBirth", "DeviceBirth pdu-a1", "DeviceBirth pdu-a1", "DeviceData pdu-a1", "NodeData"], host.Messages);
    }

    [Fact]
    public async Task Readings_of_the_agent_itself_go_as_data_of_the_node()
    {
        model.Declare(new DeviceFacts("gw"), [new Series("gw", "agent.memory", null)]);
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();
        await host.UntilAsync(() => host.Messages.Count == 1, "the birth");
        Assert.Contains(("agent.memory", "By", true), host.Births[""]);

        Append(("gw", "agent.memory", null, 5e7));

        await host.UntilAsync(() => host.Readings.Count == 1, "the value");
        Assert.Equal(["NodeBirth", "NodeData", "NodeData"], host.Messages);
    }

    [Fact]
    public async Task Garbage_as_a_command_or_state_is_counted_and_does_no_harm()
    {
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();
        await host.UntilAsync(() => host.Messages.Count == 1, "the birth");

        await host.SendCommandAsync([1, 2, 3, 255], Cancel);
        await host.CommandAsync(writer => writer.BeginMetric(SparkplugNames.Acknowledge).Value("nonsense").EndMetric(), Cancel);
        Append(("pdu-a1", "power.active", null, 1));

        await host.UntilAsync(() => host.Readings.Count == 1, "a reading after the garbage");
        await host.UntilAsync(() => counters.MalformedCommands.Count == 2, "both pieces of garbage are counted");
        Assert.DoesNotContain("NodeDeath", host.Messages);
    }

    [Fact]
    public async Task An_acknowledgement_of_another_stream_forgets_nothing()
    {
        host.Acknowledges = false;
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();
        Append(("pdu-a1", "power.active", null, 1));
        await host.UntilAsync(() => host.Readings.Count == 1, "the reading");

        var foreign = new Acknowledgement(Guid.NewGuid(), [new OffsetRange(1, 100)]).ToString();
        await host.CommandAsync(writer => writer.BeginMetric(SparkplugNames.Acknowledge).Value(foreign).EndMetric(), Cancel);
        Append(("pdu-a1", "power.active", null, 2));
        await host.UntilAsync(() => host.Readings.Count == 2, "a reading after the acknowledgement");

        Assert.Equal(2, journal.Counters.HeldReadings);
    }

    [Fact]
    public async Task The_next_run_continues_the_numbers_and_delivers_what_the_last_one_left()
    {
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent();
        await host.UntilAsync(() => host.Messages.Count == 1, "the first birth");
        await StopAgentAsync();
        Append(("pdu-a1", "power.active", null, 9));
        journal.Dispose();
        OpenJournal();

        StartAgent();
        await host.UntilAsync(() => host.Readings.Count == 1, "the reading of the last run");

        Assert.Equal([0L, 1], host.BdSeqs);
        Assert.Equal("NodeDeath", host.Messages[1]);
        Assert.Equal(9, host.Readings[0].Value);
    }

    [Fact]
    public async Task A_broker_that_refuses_is_told_once_in_words_and_tried_again()
    {
        broker.Refused.Add("edgedcim-site-gw");
        StartAgent();
        await EventuallyAsync(() => counters.Connections.Count == 0 && log.Contains("user or password is not accepted"));

        broker.Refused.Clear();
        await host.SayAsync(online: true, 1, Cancel);
        await host.UntilAsync(() => host.Messages.Contains("NodeBirth"), "the birth after the refusal");

        Assert.Equal(1, log.Count("user or password is not accepted"));
        Assert.DoesNotContain("Exception", log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_several_brokers_the_next_is_tried_when_one_is_away()
    {
        await host.SayAsync(online: true, 1, Cancel);
        StartAgent(urls: [new Uri("mqtt://127.0.0.1:1"), broker.Url]);

        await host.UntilAsync(() => host.Messages.Contains("NodeBirth"), "the birth on the second broker");

        Assert.Equal(1, log.Count("nothing listens at mqtt://127.0.0.1:1"));
        Assert.Equal([0L], host.BdSeqs);
    }

    [Fact]
    public async Task An_agent_that_stops_while_a_message_is_on_its_way_finishes_it_and_says_its_own_goodbye()
    {
        await host.SayAsync(online: true, 1, Cancel);
        host.Acknowledges = false;
        await using var narrow = new PausablePipe(broker.Port);
        StartAgent(urls: [narrow.Url]);
        await host.UntilAsync(() => host.Messages.Contains("NodeBirth"), "the birth");

        narrow.Pause();
        var large = Enumerable.Range(0, 400).Select(i => ("pdu-a1", "power.active", (string?)$"outlet-{i}", (double)i)).ToArray();
        for (var i = 0; i < 200; i++)
        {
            Append(large);
        }

        await EventuallyAsync(() => narrow.IsFull);
        await agentStop!.CancelAsync();
        narrow.Resume();

        await host.UntilAsync(() => host.Messages[^1] == "NodeDeath", "the death");
        await EventuallyAsync(() => broker.Goodbyes + broker.Lost > 0);
        Assert.Equal(0, broker.Lost);
        Assert.Equal(0, host.Gaps);
    }

    [Fact]
    public async Task Of_two_hosts_the_one_that_comes_back_gets_what_it_missed_while_the_other_goes_on_live()
    {
        await using var second = await TestHost.ConnectAsync(broker, Cancel, "edgedcim-b");
        await host.SayAsync(online: true, 10, Cancel);
        await second.SayAsync(online: true, 10, Cancel);
        StartAgent(hosts: ["edgedcim", "edgedcim-b"]);
        Append(("pdu-a1", "power.active", null, 1));
        await host.UntilAsync(() => host.Readings.Count == 1, "the first reading");
        await second.UntilAsync(() => second.Readings.Count == 1, "the first reading, by the other host");
        await ForgottenAsync(1);

        second.Acknowledges = false;
        await second.SayAsync(online: false, 20, Cancel);
        await EventuallyAsync(() => log.Contains("The host edgedcim-b is offline"));
        Append(("pdu-a1", "power.active", null, 2));
        await host.UntilAsync(() => host.Readings.Count == 2, "live data while the other host is away");
        await second.UntilAsync(() => second.Readings.Count == 2, "the message of it passes the other host by");
        Assert.DoesNotContain("NodeDeath", host.Messages);
        Assert.Equal(1, journal.Counters.HeldBatches);

        second.Forget();
        second.Acknowledges = true;
        await second.SayAsync(online: true, 30, Cancel);
        await second.UntilAsync(() => second.Readings.Count == 1, "what the other host missed");

        Assert.Equal("NodeBirth", second.Messages[0]);
        Assert.Equal((2.0, true), (second.Readings[0].Value, second.Readings[0].Historical));
        await ForgottenAsync(2);
        Append(("pdu-a1", "power.active", null, 3));
        await second.UntilAsync(() => second.Readings.Count == 2, "live data again");
        Assert.False(second.Readings[1].Historical);
        Assert.Equal(0, host.Gaps);
    }

    [Fact]
    public async Task Two_hosts_are_both_gone_before_the_node_dies_and_one_of_them_is_enough_to_begin()
    {
        await using var second = await TestHost.ConnectAsync(broker, Cancel, "edgedcim-b");
        await second.SayAsync(online: true, 10, Cancel);
        StartAgent(hosts: ["edgedcim", "edgedcim-b"]);
        Append(("pdu-a1", "power.active", null, 1));
        await second.UntilAsync(() => second.Readings.Count == 1, "a reading with one host of two");

        await second.SayAsync(online: false, 20, Cancel);

        await second.UntilAsync(() => second.Messages.Contains("NodeDeath"), "the death when the last host is gone");
    }

    [Fact]
    public async Task An_acknowledgement_of_a_host_that_is_not_listed_is_nobodys()
    {
        await using var stranger = await TestHost.ConnectAsync(broker, Cancel, "stranger");
        host.Acknowledges = false;
        await host.SayAsync(online: true, 10, Cancel);
        StartAgent();
        Append(("pdu-a1", "power.active", null, 1));
        await stranger.UntilAsync(() => stranger.Readings.Count == 1, "the stranger hears the reading");
        await stranger.CommandAsync(writer => writer.BeginMetric(SparkplugNames.Rebirth).At(1).Type(DataType.Boolean).Value(true).EndMetric(), Cancel);
        await stranger.UntilAsync(() => stranger.Messages.Count(message => message == "NodeBirth") == 2, "a birth after the acknowledgement was read");

        Assert.Equal(1, journal.Counters.HeldBatches);
    }

    private void OpenJournal()
    {
        journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, TimeProvider.System);
        model = new NodeModel("gw", journal);
    }

    private void StartAgent(DeliveryOptions? options = null, IReadOnlyList<Uri>? urls = null, params IReadOnlyList<string> hosts)
    {
        var books = new HostBooks(hosts.Count == 0 ? ["edgedcim"] : hosts, journal);
        var parts = new EdgeNodeParts("site", books, model, journal, counters, options ?? new DeliveryOptions(), TimeProvider.System);
        var service = new PublisherService(parts, new BrokerConfig(urls ?? [broker.Url], null, null), log.Logger<PublisherService>());
        agentStop = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        running = service.RunAsync(agentStop.Token);
    }

    private CancellationTokenSource? agentStop;

    private async Task StopAgentAsync()
    {
        if (agentStop is not null)
        {
            await agentStop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            agentStop.Dispose();
            agentStop = null;
        }
    }

    private void Append(params (string Device, string Metric, string? Part, double Value)[] readings)
    {
        batch.Clear();
        foreach (var (device, metric, part, value) in readings)
        {
            batch.Add(journal.SeriesId(new Series(device, metric, part)), 1_767_225_600_000, value, Quality.Good);
        }

        journal.Append(batch);
    }

    private Task ForgottenAsync(long batches) => EventuallyAsync(() => journal.Counters.ForgottenBatches == batches && journal.Counters.HeldBatches == 0);

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }
}
