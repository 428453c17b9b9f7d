using System.Threading.Channels;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Diagnostics;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Polling;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Agent.Traps;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Supervision;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Core.Timing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Agent.Hosting;

/// <summary>
/// Puts the stages together and watches them. A stage that fails is a bug: the process then ends with exit code 1 and the service manager
/// starts it anew, since half an agent is worse than a restart.
/// </summary>
internal sealed partial class AgentService : BackgroundService
{
    private static readonly TimeSpan LookAtLanes = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(10);

    /// <summary>Above every wait of these stages: 5 s for a disk, 15 s for a broker.</summary>
    private static readonly TimeSpan StageWithin = TimeSpan.FromMinutes(1);

    private readonly Journal journal;
    private readonly SteadyClock time;
    private readonly ILoggerFactory logs;
    private readonly ILogger log;
    private readonly IHostApplicationLifetime lifetime;
    private readonly ConfigWatcher watcher;
    private readonly SeriesTable table = new();
    private readonly AgentCounters counters = new();
    private readonly Channel<Reading> queue;
    private readonly NodeModel model;
    private readonly HostBooks hosts;
    private readonly PollSink sink;
    private readonly LaneSet lanes;
    private readonly TrapReceiver traps;
    private readonly HealthReporter health;
    private readonly PollLog? pollLog;
    private readonly StageBoard board;
    private readonly Supervisor supervisor;
    private readonly ServiceManager manager;
    private AgentConfig config;
    private CancellationTokenSource publishingStop = new();
    private Task publishing = Task.CompletedTask;

    public AgentService(
        AgentConfig config, ConfigWatcher watcher, ProtocolCatalog protocols, Journal journal, SteadyClock time, ServiceManager manager, ILoggerFactory logs, IHostApplicationLifetime lifetime)
    {
        this.config = config;
        this.watcher = watcher;
        this.journal = journal;
        this.time = time;
        this.logs = logs;
        this.lifetime = lifetime;
        log = logs.CreateLogger<AgentService>();
        board = new StageBoard(time);
        this.manager = manager;
        supervisor = new Supervisor(board, manager);
        queue = ReadingQueue.Create(counters);
        model = new NodeModel(config.Agent, journal);
        hosts = new HostBooks(config.Hosts, journal);
        sink = new PollSink(queue.Writer, model, counters);
        lanes = new LaneSet(protocols, table, sink.Take, time, logs) { Board = board };
        traps = new TrapReceiver(() => lanes.Devices, table, sink, counters, time, logs.CreateLogger<TrapReceiver>());
        health = new HealthReporter(config.Agent, table, journal, hosts, counters, sink, time);
        pollLog = config.PollLog is null ? null : new PollLog(config.PollLog, journal);
    }

    public override void Dispose()
    {
        publishingStop.Dispose();
        pollLog?.Dispose();
        counters.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        try
        {
            await RunAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Log.Stopped(log);
        }
        catch (Exception bug)
        {
            if (bug is not StageStuckException)
            {
                Log.StageFailed(log, bug);
            }

            Environment.ExitCode = Cli.ExitCode.Failed;
            lifetime.StopApplication();
        }
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        if (journal.SetAside is { } aside)
        {
            Log.JournalSetAside(log, aside.Path, aside.Reason);
        }

        counters.Watch(journal, hosts);
        model.Declare(new DeviceFacts(config.Agent, "agent"), health.Series);
        foreach (var device in config.Devices)
        {
            // A backlog may go out before a device was polled: its birth must tell the kind all the same.
            model.Declare(DeviceFacts.Of(device, DeviceIdentity.Unknown), []);
        }

        using var feedingStop = new CancellationTokenSource();
        var feeding = new JournalFeeder(queue.Reader, journal, model, counters, pollLog, time, logs.CreateLogger<JournalFeeder>()) { Hurry = sink.Hurry, Clock = time, Stage = board.Add("journal", StageWithin) }.RunAsync(feedingStop.Token);
        try
        {
            StartPublishing();
            await lanes.ApplyAsync(config);
            Log.Started(log, config.Agent, config.Site, config.Devices.Count, lanes.Count);
            traps.Use(config);
            var trapping = traps.RunAsync(cancel);
            var clocking = new ClockWatch(time, logs.CreateLogger<ClockWatch>()).RunAsync(cancel);
            var reporting = health.RunAsync(config.Poll.Slow, cancel);
            var supervising = SuperviseAsync(cancel);
            watcher.Rejected = () => health.SetVerdict(ConfigVerdict.Rejected);
            var watching = watcher.RunAsync(ReloadAsync, cancel);
            while (true)
            {
                await StageEndAsync([feeding, publishing, reporting, watching, trapping, clocking, supervising], cancel);
            }
        }
        finally
        {
            manager.Stopping();

            // Upstream first: no reading comes after the lanes have ended, and what is queued is journaled before the goodbye.
            await traps.DisposeAsync();
            await lanes.DisposeAsync();
            queue.Writer.TryComplete();
            await feedingStop.CancelAsync();
            await EndAsync(feeding);
            await publishingStop.CancelAsync();
            await EndAsync(publishing);
        }
    }

    /// <summary>Returns after a while with all stages alive; throws what made one end.</summary>
    private async Task StageEndAsync(List<Task> stages, CancellationToken cancel)
    {
        stages.Add(lanes.Failure);
        var ended = await Task.WhenAny([.. stages, Task.Delay(LookAtLanes, time, cancel)]);
        await ended;
        cancel.ThrowIfCancellationRequested();
        if (stages.Contains(ended) && !ReferenceEquals(ended, stages[1]))
        {
            throw new InvalidOperationException("a stage of the agent ended without a reason");
        }
    }

    private async Task ReloadAsync(AgentConfig next)
    {
        var before = config;
        if ((next.Site, next.Agent, next.Journal, next.PollLog) != (before.Site, before.Agent, before.Journal, before.PollLog) || !next.Hosts.SequenceEqual(before.Hosts))
        {
            Log.NeedsRestart(log);
        }

        config = next with { Site = before.Site, Agent = before.Agent, Hosts = before.Hosts, Journal = before.Journal, PollLog = before.PollLog };
        await lanes.ApplyAsync(config);
        traps.Use(config);
        var kept = config.Devices.Select(device => device.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in before.Devices.Where(device => !kept.Contains(device.Id)))
        {
            sink.Withdraw(gone.Id);
        }

        if (!next.Broker.Equals(before.Broker))
        {
            await publishingStop.CancelAsync();
            await EndAsync(publishing);
            publishingStop.Dispose();
            publishingStop = new CancellationTokenSource();
            StartPublishing();
        }

        health.SetVerdict(ConfigVerdict.Accepted);
        Log.Reloaded(log, config.Devices.Except(before.Devices).Count(), before.Devices.Count(device => !kept.Contains(device.Id)));
    }

    private void StartPublishing()
    {
        var options = new DeliveryOptions { Acknowledged = config.Hosts.Count > 0, BackfillRate = config.Journal.Replay };
        var parts = new EdgeNodeParts(config.Site, hosts, model, journal, counters, options, time) { Clock = time, Stage = board.Add("publisher", StageWithin) };
        publishing = new PublisherService(parts, config.Broker, logs.CreateLogger<PublisherService>()).RunAsync(publishingStop.Token);
    }

    /// <summary>Says what is stuck before anything waits for it to end.</summary>
    private async Task SuperviseAsync(CancellationToken cancel)
    {
        try
        {
            await supervisor.RunAsync(Status, cancel);
        }
        catch (StageStuckException stuck)
        {
            Log.StageStuck(log, stuck.Message);
            HardEnd.After(HardEnd.Patience, time);
            throw;
        }
    }

    private string Status() => $"{lanes.Devices.Count} devices on {lanes.Count} lanes, {journal.Counters.HeldReadings} readings wait in the journal";

    private async Task EndAsync(Task stage)
    {
        try
        {
            await stage.WaitAsync(EndWithin, time);
        }
        catch (Exception ended) when (ended is OperationCanceledException or TimeoutException)
        {
            // Ending is what was asked for; what did not reach the broker waits in the journal.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Agent {Agent} of site {Site} polls {Devices} devices on {Lanes} lanes.")]
        public static partial void Started(ILogger log, string agent, string site, int devices, int lanes);

        [LoggerMessage(LogLevel.Information, "Stopped.")]
        public static partial void Stopped(ILogger log);

        [LoggerMessage(LogLevel.Information, "The configuration was reloaded: {Changed} devices new or changed, {Gone} gone, all others untouched.")]
        public static partial void Reloaded(ILogger log, int changed, int gone);

        [LoggerMessage(LogLevel.Warning, "Site, agent, primary host, journal, poll log and clock take effect at the next start; the rest of the new configuration is in force.")]
        public static partial void NeedsRestart(ILogger log);

        [LoggerMessage(LogLevel.Error, "The journal could not be used and was set aside as {Path}: {Reason}. A new one has begun.")]
        public static partial void JournalSetAside(ILogger log, string path, string reason);

        [LoggerMessage(LogLevel.Critical, "A stage of the agent is stuck, the process ends so that it can be started afresh: {Reason}.")]
        public static partial void StageStuck(ILogger log, string reason);

        [LoggerMessage(LogLevel.Critical, "A stage of the agent failed; the process ends.")]
        public static partial void StageFailed(ILogger log, Exception bug);
    }
}
