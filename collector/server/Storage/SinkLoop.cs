using System.Runtime.InteropServices;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Supervision;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Storage;

/// <summary>
/// Carries the journal to one store, oldest first, remembering how far it came. A store that is away is caught up with later, as fast as it
/// takes the rows; the journal's bounds say how long it may be away.
/// </summary>
internal abstract class SinkLoop
{
    /// <summary>Above the longest pause that a database may ask for.</summary>
    private static readonly TimeSpan StoreWithin = TimeSpan.FromMinutes(15);

    private readonly SinkProgress progress;
    private readonly Counter stored;
    private readonly Counter storedKpis;
    private readonly Counter repeated;
    private readonly ReadingAges ages;
    private readonly RateMeter rate = new();
    private readonly Queue<(long Position, long At)> unsettled = new();
    private Guid stream;
    private long position;
    private long highest;
    private long settled;
    private long oldestWaitingMs;

    protected SinkLoop(string name, SinkParts parts)
    {
        (Name, Journal, progress, Time) = (name, parts.Journal, parts.Progress, parts.Time);
        Stage = parts.Board?.Add($"store {name}", StoreWithin);
        var metrics = parts.Metrics;
        var label = ("sink", name);
        stored = metrics.Counter("edgedcim_sink_readings_stored_total", "Readings that a store has taken.", label);
        storedKpis = metrics.Counter("edgedcim_sink_kpis_stored_total", "KPI values that a store has taken.", label);
        repeated = metrics.Counter("edgedcim_sink_readings_repeated_total", "Readings written once more, because the store may have lost what it had just taken.", label);
        ages = new ReadingAges(metrics, name);
        metrics.Gauge("edgedcim_sink_backlog_batches", "Batches of the journal that a store has not taken yet.", () => Backlog, label);
        metrics.Gauge("edgedcim_sink_lag_seconds", "Age of the oldest batch that a store has not taken yet.", Lag, label);
    }

    public string Name { get; }

    private long Backlog => Journal.LastOffset - Interlocked.Read(ref position);

    /// <summary>How it stands now; asked once a second, by one thread.</summary>
    public StoreView View(long nowMs) => new(Name, Lag(), Math.Max(0, Backlog), rate.PerSecond(stored.Value, nowMs));

    /// <summary>Works while something is being stored; every attempt is progress, since a store that is away is no reason for a restart.</summary>
    protected Stage? Stage { get; }

    protected Journal Journal { get; }

    protected TimeProvider Time { get; }

    /// <summary>From the beginning of a round to that of the next, when the last had so many readings: small writes cost a store as much as large ones.</summary>
    protected virtual TimeSpan Gather(int readings) => TimeSpan.FromSeconds(1);

    /// <summary>Readings a round at most.</summary>
    protected virtual int RoundSize => 50_000;

    /// <summary>How long the store may take to make durable what it has taken; until then the journal keeps it too.</summary>
    protected virtual TimeSpan Settle => TimeSpan.Zero;

    public void Register()
    {
        Begin();
        progress.Register(Name, settled);
    }

    /// <summary>Remembers what is durable in the store, for the next start. The journal forgets it afterwards.</summary>
    protected virtual void Settled(Guid stream, long position)
    {
    }

    /// <summary>True when the store was away since the last round, and may have come back without what it had taken last.</summary>
    protected virtual bool MayHaveForgotten() => false;

    /// <summary>Where this sink stands in that journal; 0 when it has nothing of it.</summary>
    protected abstract long Start(Guid stream);

    /// <summary>Stores all of it, or throws; returns when it may be forgotten, with the number of readings that the store took.</summary>
    protected abstract Task<int> StoreAsync(Guid stream, long position, IReadOnlyList<Reading> readings, IReadOnlyList<KpiRecord> kpis, IReadOnlyList<AlarmPoint> alarms, CancellationToken cancel);

    public async Task RunAsync(CancellationToken cancel)
    {
        var round = new Round();
        while (true)
        {
            if (Journal.StreamId != stream)
            {
                Begin();
            }

            // The time-out is for a journal that was replaced meanwhile and begins again at 1.
            await Task.WhenAny(Journal.WaitForAppendAsync(position, cancel), Task.Delay(TimeSpan.FromSeconds(5), Time, cancel));
            cancel.ThrowIfCancellationRequested();
            var began = Time.GetTimestamp();
            if (!TryRead(round))
            {
                continue;
            }

            Stage?.Works();
            var taken = await StoreAsync(stream, round.End, round.Readings, round.Kpis, round.Alarms, cancel);
            Stage?.Rests();
            Advance(round, taken);
            ages.Observe(CollectionsMarshal.AsSpan(round.Readings), Time.GetUtcNow().ToUnixTimeMilliseconds());
            var rest = Gather(round.Readings.Count) - Time.GetElapsedTime(began);
            if (round.Readings.Count < RoundSize && rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, Time, cancel);
            }
        }
    }

    private void Begin()
    {
        stream = Journal.StreamId;
        settled = highest = Start(stream);
        Interlocked.Exchange(ref position, settled);
        unsettled.Clear();
    }

    private void Advance(Round round, int taken)
    {
        var isNew = round.End > highest;
        highest = Math.Max(highest, round.End);
        Interlocked.Exchange(ref position, round.End);
        unsettled.Enqueue((round.End, Time.GetTimestamp()));
        (isNew ? stored : repeated).Add(taken);
        storedKpis.Add(isNew ? round.Kpis.Count : 0);
        if (MayHaveForgotten())
        {
            // What it had taken before it went away goes to it again: the same point twice is one point.
            Interlocked.Exchange(ref position, settled);
            unsettled.Clear();
            return;
        }

        var before = settled;
        while (unsettled.TryPeek(out var oldest) && Time.GetElapsedTime(oldest.At) >= Settle)
        {
            settled = unsettled.Dequeue().Position;
        }

        if (settled > before)
        {
            Settled(stream, settled);
            progress.Advance(Name, stream, settled);
        }
    }

    private bool TryRead(Round round)
    {
        round.Clear();
        try
        {
            round.End = Journal.Read(position, position < highest ? highest : long.MaxValue, RoundSize, round.Batches);
        }
        catch (JournalException damaged) when (damaged.Fault == JournalFault.Damaged)
        {
            return false;
        }

        if (round.Batches.Count > 0)
        {
            Interlocked.Exchange(ref oldestWaitingMs, round.Batches[0].AtMs);
        }

        foreach (var batch in round.Batches)
        {
            if (batch.Kind == KpiRecord.BatchKind)
            {
                round.Kpis.AddRange(KpiRecord.Decode(batch.Payload));
            }
            else if (batch.Kind == AlarmPoint.BatchKind)
            {
                round.Alarms.AddRange(AlarmPoint.Decode(batch.Payload));
            }
            else if (batch.Kind == JournalBatch.Readings)
            {
                var reader = new ReadingBatchReader(batch.Payload);
                while (reader.TryRead(out var stored))
                {
                    round.Readings.Add(new Reading(Journal.SeriesOf(stored.SeriesId), stored.AtMs, stored.Value, stored.Quality));
                }
            }
        }

        return round.End > position;
    }

    private double Lag()
    {
        var oldest = Interlocked.Read(ref oldestWaitingMs);
        return oldest == 0 || Backlog <= 0 ? 0 : Math.Max(0, (Time.GetUtcNow().ToUnixTimeMilliseconds() - oldest) / 1000.0);
    }

    private sealed class Round
    {
        public List<JournalBatch> Batches { get; } = [];

        public List<Reading> Readings { get; } = [];

        public List<KpiRecord> Kpis { get; } = [];

        public List<AlarmPoint> Alarms { get; } = [];

        public long End { get; set; }

        public void Clear()
        {
            Batches.Clear();
            Readings.Clear();
            Kpis.Clear();
            Alarms.Clear();
        }
    }
}
