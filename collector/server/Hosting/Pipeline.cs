using System.Collections.Concurrent;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Ingest;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Collector.Live;
using EdgeDcim.Collector.Notification;
using EdgeDcim.Collector.Peering;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Supervision;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Hosting;

/// <summary>
/// Broker, ingest, facility, KPIs and stores, wired together in the order in which a reading walks through them. Started and stopped as one;
/// when one of its loops breaks, all of it is over, because a half-alive collector is worse than a restart.
/// </summary>
internal sealed partial class Pipeline : IAsyncDisposable
{
    /// <summary>How much later one collector may notice a thing than the other.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(3);

    /// <summary>For loops to take in what they have; one that is stuck is left behind.</summary>
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(10);

    /// <summary>Far above what a stage takes on a slow disk.</summary>
    private static readonly TimeSpan StageWithin = TimeSpan.FromMinutes(1);

    /// <summary>A collector that is not heard for so long does not notify any more.</summary>
    private static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(10);

    private readonly FacilityState facility;
    private readonly KpiService kpis;
    private readonly DeviceCatalog catalog;
    private readonly CommitStage commits;
    private readonly IngestCounters counters;
    private readonly IngestLoop ingest;
    private readonly BrokerLink broker;
    private readonly CommandSender sender;
    private readonly List<SinkLoop> sinks = [];
    private readonly List<IDisposable> owned = [];
    private readonly LiveFeed feed;
    private readonly string site;
    private readonly KpiRecorder recorder = new();
    private readonly ConcurrentQueue<AlarmPoint> alarmPoints = new();
    private readonly RateMeter rate = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly HostApplication host;
    private readonly ChannelFactory channels;
    private readonly NotifierLease lease;
    private readonly Peer? peer;
    private readonly StageBoard board;
    private readonly Stage kpiStage;
    private readonly Stage alarmStage;
    private readonly Supervisor supervisor;
    private readonly List<Task> loops = [];
    private readonly TimeProvider time;
    private Task running = Task.CompletedTask;

    public Pipeline(CollectorConfig config, FacilityConfig plan, AlarmConfig alarms, Stores stores, DeviceCatalog catalog, LiveFeed feed, PipelineParts parts)
    {
        var (metrics, time, logs) = parts;
        this.time = time;
        board = new StageBoard(time);
        (kpiStage, alarmStage) = (board.Add("kpi", StageWithin), board.Add("alarms", StageWithin));
        supervisor = new Supervisor(board, parts.Manager);
        (this.catalog, this.feed, this.site) = (catalog, feed, config.Site);
        facility = new FacilityState(plan, stores.Ledger);
        kpis = new KpiService(plan, stores.Ledger);
        WarmStart.Run(stores.Journal, stores.History, stores.Ledger, facility);
        counters = new IngestCounters(metrics);
        Anomalies = new AnomalyService(plan.Cooling, alarms.Plan.Detectors, stores.Anomalies, metrics);
        var ages = new ReadingAges(metrics, "journal");
        commits = new CommitStage(stores.Journal, facility, counters, logs.CreateLogger<CommitStage>())
        {
            Live = readings =>
            {
                Anomalies.Take(readings);
                ages.Observe(readings, time.GetUtcNow().ToUnixTimeMilliseconds());
            },
        };
        host = new HostApplication(config.HostId, time);
        broker = config.Broker switch
        {
            RemoteBrokerConfig remote => new RemoteBroker(remote, config.Site, host, metrics, time, logs.CreateLogger<RemoteBroker>()),
            EmbeddedBrokerConfig embedded => new EmbeddedBroker(embedded, config.Site, config.HostId, metrics, time, logs.CreateLogger<EmbeddedBroker>()),
            var other => throw new InvalidOperationException($"no broker for {other.GetType().Name}"),
        };
        sender = new CommandSender(broker, config.HostId, metrics, time) { Stage = board.Add("commands", StageWithin) };
        var core = new IngestCore(
            config.Site,
            new IngestStages(new BirthReader(stores.Journal, Vocabulary.Default), commits, facility, Born),
            new HostCommands(sender.Rebirth, sender.Acknowledge, HearState),
            counters, time, logs.CreateLogger<IngestCore>());
        ingest = new IngestLoop(core, OnSecond, metrics, time) { Stage = board.Add("ingest", StageWithin) };
        broker.Connected = AnnounceAsync;
        Alarms = new AlarmService(alarms, stores.Alarms, metrics) { Changed = Tell };
        channels = new ChannelFactory(config.Site, plan.Zone, stores.Alarms, broker, time);
        lease = config.Peer is null ? NotifierLease.Alone(time) : new NotifierLease(config.HostId, LeaseLength, time);
        var told = config.Peer is null ? null : new ToldBook(config.HostId, stores.Alarms);
        Notifier = new Notifier(
            alarms.Notify, new NotifierParts(stores.Alarms, channels.Make(alarms.Notify), metrics) { Told = told, Board = board }, lease, () => Alarms.View, time, logs.CreateLogger<Notifier>());
        if (config.Peer is { } twin && told is not null)
        {
            peer = new Peer(config.Site, config.HostId, twin, new PeerParts(lease, told, Alarms, sender.Announce, () => broker.IsConnected), metrics, time, logs.CreateLogger<Peer>());
            broker.Also = [peer.PeerTopic, peer.PeerStateTopic];
            (Alarms.Acted, Notifier.HasTold) = (peer.Acted, peer.Told);
        }

        broker.Received = (message, cancel) => peer?.Hears(message) == true ? ValueTask.CompletedTask : ingest.ReceiveAsync(message, cancel);
        AgentFigures.Register(metrics, () => feed.View.Snapshot);
        Health = new Health(ingest, commits, broker, board);

        var sinkParts = new SinkParts(stores.Journal, new SinkProgress(stores.Journal), metrics, time) { Board = board };
        sinks.Add(new HistorySink(stores.History, config.History, sinkParts, logs.CreateLogger<HistorySink>()));
        if (config.Influx is { } influx)
        {
            var client = new InfluxClient(influx, time, logs.CreateLogger<InfluxClient>());
            owned.Add(client);
            var dead = new DeadLetters(Path.Combine(config.Data, "dead-letters.lp"), influx.DeadLetterBytes, time);
            sinks.Add(new InfluxSink(influx, client, dead, new LineBatch(config.Site, catalog), sinkParts, logs.CreateLogger<InfluxSink>()));
        }
    }

    public Health Health { get; }

    public AlarmService Alarms { get; }

    public Notifier Notifier { get; }

    public AnomalyService Anomalies { get; }

    /// <summary>Ends only when a loop breaks, with what broke it.</summary>
    public Task Running => running;

    /// <exception cref="StartupException">The broker cannot be had.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        foreach (var sink in sinks)
        {
            sink.Register();
        }

        var cancelLoops = stopping.Token;
        loops.AddRange([Task.Run(() => ingest.RunAsync(cancelLoops), cancelLoops), sender.RunAsync(cancelLoops), Notifier.RunAsync(cancelLoops)]);
        loops.AddRange(peer is null ? [] : [peer.RunAsync(cancelLoops)]);
        loops.AddRange(sinks.Select(sink => Task.Run(() => sink.RunAsync(cancelLoops), cancelLoops)));
        running = WatchAsync(loops);
        await broker.StartAsync(cancel);
        running = WatchAsync([running, supervisor.RunAsync(Status, cancelLoops)]);
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever notifies says first what it has told; the other one takes over with the death.
        await Notifier.RetireAsync();
        await sender.DrainAsync();

        // The broker next: no more messages, and agents learn that the host has left.
        await broker.LeaveAsync(host.Death());
        await broker.DisposeAsync();
        await stopping.CancelAsync();
        await Task.WhenAny(Task.WhenAll(loops), Task.Delay(EndWithin, time, CancellationToken.None));
        catalog.Save();
        Anomalies.Dispose();
        ingest.Dispose();
        Notifier.Dispose();
        await channels.DisposeAsync();
        owned.ForEach(thing => thing.Dispose());
        stopping.Dispose();
    }

    private static async Task WatchAsync(List<Task> loops)
    {
        await await Task.WhenAny(loops);
        await Task.WhenAll(loops);
    }

    /// <summary>Runs on the ingest loop, which owns the facility: one picture of the second, and what follows from it.</summary>
    private void OnSecond(long nowMs)
    {
        kpiStage.Works();
        var snapshot = facility.Snapshot(nowMs);
        var values = kpis.Tick(snapshot, nowMs);
        kpiStage.Rests();
        var chosen = recorder.Choose(values, nowMs);
        commits.Record([.. chosen.Select(value => KpiRecord.Of(value) with { AtMs = KpiRecorder.SlotMs(value) })]);
        foreach (var value in chosen)
        {
            sender.Announce(KpiTopic.Message(site, value, feed.Describe(value)));
        }

        alarmStage.Works();
        var anomalies = Anomalies.Tick(nowMs);
        foreach (var change in anomalies)
        {
            alarmPoints.Enqueue(AlarmPoint.Of(change));
        }

        Alarms.Tick(facility, snapshot, anomalies);
        alarmStage.Rests();
        RecordAlarms(nowMs);

        catalog.Save();
        feed.Publish(feed.View.Next(snapshot, Alarms.View, values, kpis.Flow, rate.PerSecond(counters.Journaled.Value, nowMs)) with
        {
            Peer = peer?.View,
            Stores = [.. sinks.Select(sink => sink.View(nowMs))],
        });
    }

    /// <summary>One of two collectors writes what became of alarms; the other keeps the last seconds, for when it has to go on.</summary>
    private void RecordAlarms(long nowMs)
    {
        // What came before the last word of the other one is its to write.
        var heardMs = nowMs - (long)(lease.OtherSilentFor + Apart).TotalMilliseconds;
        while (alarmPoints.TryPeek(out var point) && (lease.IsHeld || point.AtMs < heardMs))
        {
            alarmPoints.TryDequeue(out _);
            if (lease.IsHeld)
            {
                commits.Record(point);
            }
        }
    }

    /// <summary>Every change of an alarm goes to the databases and, as it is now, to the broker.</summary>
    private void Tell(Alarm alarm, AlarmChange change)
    {
        alarmPoints.Enqueue(AlarmPoint.Of(alarm, change));
        foreach (var message in AlarmTopic.Messages(site, alarm, feed.Describe(alarm)))
        {
            sender.Announce(message);
        }
    }

    private string Status() => $"{feed.View.Snapshot.Devices.Count} devices, {feed.View.ReadingsPerSecond:0} readings/s, broker {(broker.IsConnected ? "connected" : "away")}";

    private void Born(DeviceInfo info)
    {
        catalog.Born(info);
        Anomalies.Born(info);
    }

    private async Task AnnounceAsync(CancellationToken cancel)
    {
        await broker.PublishAsync(host.Birth(), cancel);
        peer?.Connected();
    }

    private void HearState(string of, ReadOnlyMemory<byte> payload)
    {
        if (host.IsDeclaredDead(of, payload.Span))
        {
            sender.Announce(host.Birth());
        }
        else if (peer?.PeerStateTopic == SparkplugTopic.State(of).Format())
        {
            peer.HearsState(payload.Span);
        }
    }
}

/// <summary>What every part of the pipeline stands on.</summary>
internal sealed record PipelineParts(MetricRegistry Metrics, TimeProvider Time, ILoggerFactory Logs)
{
    /// <summary>Who is told that all is well.</summary>
    public required ServiceManager Manager { get; init; }
}
