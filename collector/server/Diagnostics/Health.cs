using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Ingest;
using EdgeDcim.Core.Supervision;

namespace EdgeDcim.Collector.Diagnostics;

/// <summary>
/// Alive: every stage gets on; when one does not, only a restart helps. Ready: agents can deliver, and what they deliver is kept.
/// A database that is away does not make the collector unready: the journal stands in for it.
/// </summary>
internal sealed class Health(IngestLoop ingest, CommitStage commits, BrokerLink broker, StageBoard board)
{
    public const string Fine = "ok";
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    public bool IsAlive => board.Stuck().Count == 0;

    /// <summary>What could stand in the way, by name, and every stage; each is fine, or says why not.</summary>
    public IReadOnlyDictionary<string, string> Checks()
    {
        var checks = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in board.Names)
        {
            checks[name] = Fine;
        }

        foreach (var (name, silent) in board.Stuck())
        {
            checks[name] = $"has not gone on for {silent.TotalSeconds:0} s";
        }

        checks["broker"] = broker.IsConnected ? Fine : "not connected";
        checks["ingest"] = ingest.SinceLastBeat < Late ? Fine : $"has not turned for {ingest.SinceLastBeat.TotalSeconds:0} s";
        checks["journal"] = commits.IsHealthy ? Fine : "cannot be written";
        return checks;
    }
}
