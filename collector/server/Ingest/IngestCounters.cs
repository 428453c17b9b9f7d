using EdgeDcim.Collector.Diagnostics;

namespace EdgeDcim.Collector.Ingest;

/// <summary>
/// received = journaled + duplicate + discarded + pending, in readings: every reading that a payload held ends in exactly one of them.
/// </summary>
internal sealed class IngestCounters(MetricRegistry metrics)
{
    private const string DiscardedHelp = "Readings not taken in; an agent delivers them again, a foreign edge node does not.";
    private const string RejectedHelp = "Messages that could not be used.";

    public Counter Messages { get; } = metrics.Counter("edgedcim_ingest_messages_received_total", "Sparkplug messages taken from the broker.");
    public Counter Received { get; } = metrics.Counter("edgedcim_ingest_readings_received_total", "Readings found in data messages.");
    public Counter Journaled { get; } = metrics.Counter("edgedcim_ingest_readings_journaled_total", "Readings made durable.");
    public Counter Backfilled { get; } = metrics.Counter("edgedcim_ingest_readings_backfilled_total", "Journaled readings that were delivered late.");
    public Counter Duplicate { get; } = metrics.Counter("edgedcim_ingest_readings_duplicate_total", "Readings of batches that were journaled before, and values that a birth repeats.");
    public Counter DiscardedGap { get; } = Discarded(metrics, "gap");
    public Counter DiscardedCount { get; } = Discarded(metrics, "count");
    public Counter DiscardedUnborn { get; } = Discarded(metrics, "unborn");
    public Counter DiscardedCut { get; } = Discarded(metrics, "cut");
    public Counter DiscardedUnknown { get; } = Discarded(metrics, "unknown_metric");
    public Counter DiscardedJournal { get; } = Discarded(metrics, "journal");
    public Counter DiscardedOverflow { get; } = Discarded(metrics, "overflow");
    public Counter Batches { get; } = metrics.Counter("edgedcim_ingest_batches_journaled_total", "Batches made durable.");
    public Counter DuplicateBatches { get; } = metrics.Counter("edgedcim_ingest_batches_duplicate_total", "Batches that came again.");
    public Counter Commits { get; } = metrics.Counter("edgedcim_ingest_commits_total", "Synced writes of the journal; several batches share one.");
    public Counter Gaps { get; } = metrics.Counter("edgedcim_ingest_gaps_total", "Breaks in the sequence of an edge node.");
    public Counter Births { get; } = metrics.Counter("edgedcim_ingest_births_total", "Birth certificates taken in.");
    public Counter Rebirths { get; } = metrics.Counter("edgedcim_ingest_rebirths_requested_total", "Requests to an edge node to be born again.");
    public Counter Malformed { get; } = Rejected(metrics, "malformed");
    public Counter ForeignGroup { get; } = Rejected(metrics, "other_group");
    public Counter NotSparkplug { get; } = Rejected(metrics, "not_sparkplug");
    public Counter TooManyNodes { get; } = Rejected(metrics, "too_many_nodes");
    public Counter RepairedTimes { get; } = metrics.Counter("edgedcim_ingest_timestamps_repaired_total", "Values of foreign edge nodes without a believable time stamp.");

    private static Counter Discarded(MetricRegistry metrics, string reason) =>
        metrics.Counter("edgedcim_ingest_readings_discarded_total", DiscardedHelp, ("reason", reason));

    private static Counter Rejected(MetricRegistry metrics, string reason) =>
        metrics.Counter("edgedcim_ingest_messages_rejected_total", RejectedHelp, ("reason", reason));
}
