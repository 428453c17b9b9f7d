using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Ingest;

namespace EdgeDcim.Collector.Diagnostics;

/// <summary>
/// Alive: the ingest loop turns; when it does not, only a restart helps. Ready: agents can deliver, and what they deliver is kept.
/// A database that is away does not make the collector unready: the journal stands in for it.
/// </summary>
internal sealed class Health(IngestLoop ingest, CommitStage commits, BrokerLink broker)
{
    public const string Fine = "ok";
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(60);

    public bool IsAlive => ingest.SinceLastBeat < Stuck;

    public IReadOnlyDictionary<string, string> Checks() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["broker"] = broker.IsConnected ? Fine : "not connected",
        ["ingest"] = ingest.SinceLastBeat < Late ? Fine : $"has not turned for {ingest.SinceLastBeat.TotalSeconds:0} s",
        ["journal"] = commits.IsHealthy ? Fine : "cannot be written",
    };
}
