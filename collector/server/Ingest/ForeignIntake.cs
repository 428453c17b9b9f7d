using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Ingest;

/// <summary>
/// Readings of edge nodes that are not ours. They come once, so every message is a batch of its own; a birth repeats values, so a value
/// with the time stamp of the last one is not stored twice; and nobody has judged their clocks yet.
/// </summary>
internal sealed class ForeignIntake(CommitStage commits, IngestCounters counters)
{
    private const long EarliestMs = 946_684_800_000; // 2000-01-01: a clock that shows less was never set
    private const long FutureToleranceMs = 86_400_000; // a day: time zones mistaken for UTC stay visible, 1970 and 2106 do not

    public void Take(NodeSession session, MetricBinding binding, in Reading reading, bool late, long nowMs)
    {
        var atMs = reading.AtMs;
        if (atMs < EarliestMs || atMs > nowMs + FutureToleranceMs)
        {
            counters.RepairedTimes.Increment();
            atMs = nowMs;
        }

        if (late)
        {
            session.Late = Add(session, session.Late, binding, reading with { AtMs = atMs }, late);
            return;
        }

        if (binding.LastAtMs is { } last)
        {
            if (atMs == last.Value)
            {
                counters.Duplicate.Increment();
                return;
            }

            last.Value = Math.Max(last.Value, atMs);
        }

        session.Pending = Add(session, session.Pending, binding, reading with { AtMs = atMs }, late);
    }

    /// <summary>Ends the message: what it held goes to the journal.</summary>
    public void Finish(NodeSession session)
    {
        session.Pending = HandOver(session, session.Pending, historical: false);
        session.Late = HandOver(session, session.Late, historical: true);
    }

    private PendingReadings Add(NodeSession session, PendingReadings? to, MetricBinding binding, in Reading reading, bool late)
    {
        to ??= commits.Rent();
        if (!to.Add(binding.SeriesId, reading))
        {
            HandOver(session, to, late);
            to = commits.Rent();
            to.Add(binding.SeriesId, reading);
        }

        return to;
    }

    private PendingReadings? HandOver(NodeSession session, PendingReadings? readings, bool historical)
    {
        if (readings is { Count: > 0 })
        {
            commits.Add(new ReadyBatch(session, null, 0, historical, readings));
            return null;
        }

        return readings;
    }
}
