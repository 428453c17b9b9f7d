using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Core.Timing;

namespace EdgeDcim.Agent.Diagnostics;

/// <summary>What became of the configuration that was offered last; the codes are those of the metric <c>agent.config</c>.</summary>
internal enum ConfigVerdict
{
    Unknown = 0,
    Accepted = 1,
    Rejected = 2,
}

/// <summary>The agent's own health as readings of the device that bears its name: they travel the way of all others and need no open port.</summary>
internal sealed class HealthReporter(
    string agent, SeriesTable table, Journal journal, HostBooks hosts, AgentCounters counters, PollSink sink, SteadyClock time)
{
    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(1);

    private const string HostLost = "agent.host.lost";
    private int verdict = (int)ConfigVerdict.Accepted;

    /// <summary>All series that <see cref="Report"/> may write, for the birth of the node.</summary>
    public IEnumerable<Series> Series =>
        Vocabulary.Default.Kinds["agent"].Metrics.Where(metric => metric.Name != HostLost).Select(metric => table.Intern(agent, metric.Name))
            .Concat(Several.Select(host => table.Intern(agent, HostLost, host)));

    /// <summary>Reports at once, so that a rejected configuration is seen before the minute is over.</summary>
    public void SetVerdict(ConfigVerdict next)
    {
        verdict = (int)next;
        Report();
    }

    public async Task RunAsync(TimeSpan every, CancellationToken cancel)
    {
        await Task.Delay(FirstAfter, time, cancel);
        using var timer = new PeriodicTimer(every, time);
        do
        {
            Report();
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    public void Report()
    {
        var atMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var held = journal.Counters;
        Add("agent.readings.polled", counters.Polled.Count);
        Add("agent.readings.journaled", counters.Journaled.Count);
        Add("agent.readings.published", counters.Published.Count);


        // What a bound took although one host had it is delivered for the site, and a gap of the other host alone.
        Add("agent.readings.acknowledged", held.ForgottenReadings + held.DroppedReadings + held.DamagedReadings - hosts.LostToAll);
        Add("agent.readings.dropped", counters.QueueDropped.Count + hosts.LostToAll);
        foreach (var host in Several)
        {
            sink.Add(new Reading(table.Intern(agent, HostLost, host), atMs, hosts.LostTo(host), Quality.Good));
        }

        Add("agent.journal.size", held.HeldBytes);
        Add("agent.journal.backlog", held.HeldBatches);
        Add("agent.journal.oldest", OldestSeconds(atMs));
        Add("agent.memory", Environment.WorkingSet);
        Add("agent.traps.received", counters.Traps.Count);
        Add("agent.traps.dropped", counters.TrapsUnknown.Count + counters.TrapsLimited.Count + counters.TrapsRefused.Count);
        Add("agent.config", verdict);
        Add("agent.clock.state", (int)time.State);
        Add("agent.clock.jumps", time.Jumps);
        if (!double.IsNaN(counters.ClockSkewMs))
        {
            Add("agent.clock.skew", counters.ClockSkewMs);
        }

        void Add(string metric, double value) => sink.Add(new Reading(table.Intern(agent, metric), atMs, value, Quality.Good));
    }

    /// <summary>With one host its gap is the agent's.</summary>
    private IReadOnlyList<string> Several => hosts.Hosts.Count > 1 ? hosts.Hosts : [];

    private double OldestSeconds(long nowMs)
    {
        try
        {
            return journal.OldestAtMs() is { } oldest ? Math.Max(0, nowMs - oldest) / 1000.0 : 0;
        }
        catch (JournalException)
        {
            // Whoever stores readings tells of the disk.
            return 0;
        }
    }
}
