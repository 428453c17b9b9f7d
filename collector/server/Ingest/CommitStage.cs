using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Ingest;

/// <summary>
/// Complete batches wait here until they share one synced write of the journal. Only what is on the disk is acknowledged and shown:
/// a reading that the page has seen can no longer be lost.
/// </summary>
internal sealed partial class CommitStage(Journal journal, FacilityState facility, IngestCounters counters, ILogger<CommitStage> log)
{
    private const int MaxSpare = 64;
    private readonly List<ReadyBatch> ready = [];
    private readonly List<bool> fresh = [];
    private readonly List<KpiRecord> kpis = [];
    private readonly List<AlarmPoint> alarms = [];
    private readonly Stack<PendingReadings> spare = new();
    private readonly ReadingBatchWriter writer = new();
    private bool failing;

    /// <summary>Readings that wait for the next commit.</summary>
    public int Waiting { get; private set; }

    public bool Any => ready.Count > 0;

    /// <summary>False while the disk refuses: then nothing is acknowledged and agents keep what they have.</summary>
    public bool IsHealthy => !failing;

    public PendingReadings Rent() => spare.TryPop(out var used) ? used : new PendingReadings();

    public void Return(PendingReadings readings)
    {
        readings.Clear();
        if (spare.Count < MaxSpare)
        {
            spare.Push(readings);
        }
    }

    /// <summary>Hears live readings when they are durable.</summary>
    public Action<ReadOnlySpan<Reading>> Live { get; init; } = static _ => { };

    /// <summary>Takes the readings over; they are returned after the commit.</summary>
    public void Add(ReadyBatch batch)
    {
        ready.Add(batch);
        Waiting += batch.Readings.Count;
    }

    /// <summary>KPI values ride with the next commit; a journal that refuses them loses nothing that cannot be computed again.</summary>
    public void Record(IReadOnlyList<KpiRecord> values) => kpis.AddRange(values);

    /// <summary>So do the changes of alarms, which are durable in a file of their own.</summary>
    public void Record(AlarmPoint point) => alarms.Add(point);

    /// <summary>Makes everything that waits durable, acknowledges it and gives it to the facility.</summary>
    public void Commit()
    {
        if (ready.Count == 0 && kpis.Count == 0 && alarms.Count == 0)
        {
            return;
        }

        if (TryWrite())
        {
            for (var i = 0; i < ready.Count; i++)
            {
                Finish(ready[i], fresh[i]);
            }
        }
        else
        {
            counters.DiscardedJournal.Add(Waiting);
        }

        foreach (var batch in ready)
        {
            Return(batch.Readings);
        }

        ready.Clear();
        kpis.Clear();
        alarms.Clear();
        Waiting = 0;
    }

    private bool TryWrite()
    {
        try
        {
            try
            {
                Write();
            }
            catch (JournalException damaged) when (damaged.Fault == JournalFault.Damaged)
            {
                // The journal has begun a new file: what was not committed can be written again at once.
                Log.Replaced(log, damaged.Message);
                Write();
            }
        }
        catch (JournalException refused) when (refused.Fault != JournalFault.InUse)
        {
            if (!failing)
            {
                Log.Refused(log, refused.Message);
            }

            failing = true;
            return false;
        }

        if (failing)
        {
            failing = false;
            Log.Recovered(log);
        }

        return true;
    }

    private void Write()
    {
        fresh.Clear();
        using var group = journal.BeginGroup();
        foreach (var batch in ready)
        {
            var isNew = batch.Stream is not { } stream || group.MarkReceived(stream, batch.Offset);
            fresh.Add(isNew);
            if (isNew && batch.Readings.Count > 0)
            {
                writer.Clear();
                var readings = batch.Readings.Readings;
                var ids = batch.Readings.SeriesIds;
                for (var i = 0; i < readings.Length; i++)
                {
                    ref readonly var reading = ref readings[i];
                    writer.Add(ids[i], reading.AtMs, reading.Value, reading.Quality);
                }

                group.Append(writer);
            }
        }

        if (kpis.Count > 0)
        {
            group.Append(KpiRecord.BatchKind, 0, KpiRecord.Encode(kpis));
        }

        if (alarms.Count > 0)
        {
            group.Append(AlarmPoint.BatchKind, 0, AlarmPoint.Encode(alarms));
        }

        group.Commit();
        counters.Commits.Increment();
    }

    private void Finish(in ReadyBatch batch, bool isNew)
    {
        if (batch.Stream is { } stream)
        {
            batch.Node.Acknowledgements.Add(stream, batch.Offset);
        }

        if (!isNew)
        {
            counters.Duplicate.Add(batch.Readings.Count);
            counters.DuplicateBatches.Increment();
            return;
        }

        counters.Journaled.Add(batch.Readings.Count);
        counters.Batches.Increment();
        if (batch.Historical)
        {
            counters.Backfilled.Add(batch.Readings.Count);
        }

        facility.Apply(batch.Readings.Readings, batch.Historical);
        if (!batch.Historical)
        {
            Live(batch.Readings.Readings);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The journal cannot be written, agents keep their readings meanwhile: {Reason}")]
        public static partial void Refused(ILogger log, string reason);

        [LoggerMessage(LogLevel.Error, "{Reason}")]
        public static partial void Replaced(ILogger log, string reason);

        [LoggerMessage(LogLevel.Information, "The journal can be written again.")]
        public static partial void Recovered(ILogger log);
    }
}

/// <summary>A batch that is complete and waits for the disk.</summary>
/// <param name="Stream">The agent's journal, or null for a foreign edge node, whose messages are taken in as they come.</param>
internal readonly record struct ReadyBatch(NodeSession Node, Guid? Stream, long Offset, bool Historical, PendingReadings Readings);
