using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies.Replay;

/// <summary>What a replay gives: each change of state with the row it came with, and the sum of it all.</summary>
internal sealed record ReplayedChange(long Row, AnomalyChange Change);

/// <param name="Late">Readings that were older than what was known, or a repetition of it.</param>
internal sealed record ReplaySummary(
    long Rows, long LearnRows, long Timeless, long Corrupt, long Late, DateTimeOffset? From, DateTimeOffset? To, int Detectors, int Watching, int Anomalies,
    int StillAnomalous, IReadOnlyList<string> Unmapped);

/// <summary>Runs the live engine over a recording: rows go in as they came, the clock is theirs, and between rows it ticks where a detector waits for silence.</summary>
internal sealed class ReplayRun(ReplayMap map, Model.CoolingConfig? plan, params IReadOnlyList<DetectorFactory> factories)
{
    /// <summary>A whole recording of other days ends this long before the one that is judged.</summary>
    private const long BetweenMs = 3_600_000;

    private readonly AnomalyEngine engine = new(plan, factories);
    private readonly List<Reading> readings = [];
    private long lastMs;

    public AnomalyEngine Engine => engine;

    /// <summary>Learns from the first <paramref name="learnRows"/> rows, or from <paramref name="learnFile"/>, and judges the rest.</summary>
    public ReplaySummary Run(string file, string? learnFile, long learnRows, Action<ReplayedChange> changed)
    {
        foreach (var device in map.Columns.GroupBy(column => column.Series.Device))
        {
            engine.Announce(device.Key, map.Kinds.GetValueOrDefault(device.Key), device.Select(column => column.Series));
        }

        if (learnFile is not null)
        {
            Learn(learnFile, FirstTime(file));
        }

        var (anomalies, first) = (0, (long?)null);
        engine.Training = learnRows > 0;
        using var recording = Recording.Open(file, map);
        foreach (var (row, atMs, values) in RowsOf(recording))
        {
            first ??= atMs;
            if (engine.Training && row >= learnRows)
            {
                engine.Training = false;
            }

            foreach (var change in Step(values, atMs))
            {
                anomalies += change.State == AnomalyState.Anomalous ? 1 : 0;
                changed(new ReplayedChange(row, change));
            }
        }

        engine.Training = false;
        return new ReplaySummary(
            recording.Rows, learnRows, recording.Timeless, recording.Corrupt, engine.Model.Devices.Sum(device => device.Signals.Sum(signal => signal.Late)),
            first is { } from ? DateTimeOffset.FromUnixTimeMilliseconds(from) : null, lastMs > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(lastMs) : null,
            engine.Detectors.Count, engine.Detectors.Count(detector => detector.Phase == DetectorPhase.Watching), anomalies, engine.Raised.Count, recording.Unmapped);
    }

    private void Learn(string file, long before)
    {
        engine.Training = true;
        using var recording = Recording.Open(file, map);
        var rows = RowsOf(recording).ToList();
        var shift = rows.Count > 0 ? before - BetweenMs - rows.Max(row => row.AtMs) : 0;
        foreach (var (_, atMs, values) in rows)
        {
            Step([.. values.Select(reading => reading with { AtMs = reading.AtMs + shift })], atMs + shift);
        }

        engine.Training = false;
    }

    private long FirstTime(string file)
    {
        using var recording = Recording.Open(file, map);
        return recording.Read(readings, out _, out var atMs) ? atMs : 0;
    }

    private IEnumerable<(long Row, long AtMs, IReadOnlyList<Reading> Values)> RowsOf(Recording recording)
    {
        var rows = Read(recording);
        return map.Sort ? rows.Select(row => row with { Values = [.. row.Values] }).OrderBy(row => row.AtMs) : rows;
    }

    private IEnumerable<(long Row, long AtMs, IReadOnlyList<Reading> Values)> Read(Recording recording)
    {
        while (recording.Read(readings, out var row, out var atMs))
        {
            yield return (row, atMs, [.. readings]);
        }
    }

    private List<AnomalyChange> Step(IReadOnlyList<Reading> values, long atMs)
    {
        var changes = new List<AnomalyChange>();
        while (lastMs > 0 && engine.NextDueMs < atMs)
        {
            lastMs = Math.Max(lastMs + 1, engine.NextDueMs);
            changes.AddRange(engine.Tick(lastMs));
        }

        foreach (var reading in values)
        {
            engine.Take(reading);
        }

        lastMs = Math.Max(lastMs, atMs);
        changes.AddRange(engine.Tick(lastMs));
        return changes;
    }
}
