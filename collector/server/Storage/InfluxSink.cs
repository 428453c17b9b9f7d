using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Supervision;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Storage;

/// <summary>
/// Carries the journal into a database that speaks line protocol. Writing is idempotent (same series, same millisecond, same value), so after
/// a crash on either side the last half minute is simply written again. A refused request is halved until the bad points stand alone; those become dead letters.
/// </summary>
internal sealed partial class InfluxSink : SinkLoop
{
    /// <summary>Requests that one round may spend on looking for bad points; ranges still refused then become dead letters whole.</summary>
    private const int MaxBisections = 400;

    /// <summary>Fields known for refused points; they are sent apart, so that they do not hold up the others.</summary>
    private const int MaxSuspects = 256;

    private const int BusyReadings = 500;

    private readonly InfluxConfig config;
    private readonly InfluxClient client;
    private readonly DeadLetters dead;
    private readonly LineBatch batch;
    private readonly ILogger log;
    private readonly HashSet<string> suspects = new(StringComparer.Ordinal);
    private readonly Counter refused;
    private readonly Counter without;
    private readonly Counter requests;
    private long seenOutages;
    private long seenConnections;
    private long? repeatedAt;

    public InfluxSink(InfluxConfig config, InfluxClient client, DeadLetters dead, LineBatch batch, SinkParts parts, ILogger<InfluxSink> log)
        : base("influx", parts)
    {
        (this.config, this.client, this.dead, this.batch, this.log) = (config, client, dead, batch, log);
        const string help = "Readings that a store did not get.";
        refused = parts.Metrics.Counter("edgedcim_sink_readings_dropped_total", help, ("sink", Name), ("reason", "refused"));
        without = parts.Metrics.Counter("edgedcim_sink_readings_dropped_total", help, ("sink", Name), ("reason", "no_value"));
        requests = parts.Metrics.Counter("edgedcim_influx_requests_total", "Write requests that were answered for good.");
        parts.Metrics.Gauge("edgedcim_influx_retries", "Write requests that had to be made again.", () => client.Retries);
        client.Attempted = () => Stage?.Works();
        parts.Metrics.Gauge("edgedcim_influx_up", "1 while the database takes points.", () => client.Outage is null ? 1 : 0);
    }

    protected override int RoundSize => config.BatchSize;

    /// <summary>A busy site's readings are worth a request of their own every 200 ms.</summary>
    protected override TimeSpan Gather(int readings) => readings >= BusyReadings ? TimeSpan.FromMilliseconds(200) : base.Gather(readings);

    /// <summary>Databases acknowledge from memory; what they had taken in the last seconds can be gone after a crash of theirs.</summary>
    protected override TimeSpan Settle => TimeSpan.FromSeconds(30);

    protected override long Start(Guid stream) => Journal.GetCursor(Name);

    protected override void Settled(Guid stream, long position) => Journal.SetCursor(Name, position);

    /// <summary>
    /// The database was away, or the connection is another one and the database may have been started afresh between two requests. The latter
    /// counts once in two settling times, because there are proxies that close every connection.
    /// </summary>
    protected override bool MayHaveForgotten()
    {
        var (outages, connections) = (client.Outages, client.Connections);
        var wasAway = outages != seenOutages;
        var reconnected = seenConnections != 0 && connections != seenConnections
            && (repeatedAt is null || Time.GetElapsedTime(repeatedAt.Value) > 2 * Settle);
        if (wasAway || reconnected)
        {
            repeatedAt = Time.GetTimestamp();
        }

        if (wasAway || reconnected || seenConnections == 0)
        {
            (seenOutages, seenConnections) = (outages, connections);
        }

        return wasAway || reconnected;
    }

    protected override async Task<int> StoreAsync(
        Guid stream, long position, IReadOnlyList<Reading> readings, IReadOnlyList<KpiRecord> kpis, IReadOnlyList<AlarmPoint> alarms, CancellationToken cancel)
    {
        batch.Clear();
        var given = 0;
        foreach (var reading in readings)
        {
            if (batch.Add(reading))
            {
                given++;
            }
            else
            {
                without.Increment();
            }
        }

        foreach (var kpi in kpis)
        {
            batch.Add(kpi);
        }

        foreach (var alarm in alarms)
        {
            batch.Add(alarm);
        }

        var lost = await WriteAsync(batch, cancel);
        refused.Add(lost);
        return given - lost;
    }

    /// <summary>Fields known for refused points go apart and last, so that they do not hold up the others.</summary>
    private async Task<int> WriteAsync(LineBatch all, CancellationToken cancel)
    {
        if (suspects.Count == 0)
        {
            return await WriteAsync(all.Lines, cancel);
        }

        // Stable: the order of the points of one series is kept.
        var lines = all.Lines.ToArray().OrderBy(line => suspects.Contains(line.Field)).ToArray();
        var sound = lines.Count(line => !suspects.Contains(line.Field));
        return await WriteAsync(lines.AsMemory(0, sound), cancel) + await WriteAsync(lines.AsMemory(sound), cancel);
    }

    /// <summary>Writes a range of points; returns how many readings of it became dead letters.</summary>
    private async Task<int> WriteAsync(ReadOnlyMemory<Line> lines, CancellationToken cancel)
    {
        var ranges = new Stack<ReadOnlyMemory<Line>>();
        for (var start = (lines.Length - 1) / config.BatchSize * config.BatchSize; start >= 0 && lines.Length > 0; start -= config.BatchSize)
        {
            ranges.Push(lines.Slice(start, Math.Min(config.BatchSize, lines.Length - start)));
        }

        var (bisections, lost) = (0, 0);
        while (ranges.TryPop(out var range))
        {
            var answer = await client.WriteAsync(batch, range, cancel);
            requests.Increment();
            if (answer.Verdict != Verdict.Refused)
            {
                continue;
            }

            if (range.Length == 1 || ++bisections > MaxBisections)
            {
                lost += await BuryAsync(range, answer.Reason, cancel);
            }
            else
            {
                var half = range.Length / 2;
                ranges.Push(range[half..]);
                ranges.Push(range[..half]);
            }
        }

        return lost;
    }

    private async Task<int> BuryAsync(ReadOnlyMemory<Line> range, string reason, CancellationToken cancel)
    {
        var points = new List<byte[]>(range.Length);
        var readings = 0;
        foreach (var line in range.ToArray())
        {
            points.Add(batch.Text(line).ToArray());
            readings += line.IsReading ? 1 : 0;
            if (suspects.Count < MaxSuspects && suspects.Add(line.Field))
            {
                Log.Refused(log, line.Field, dead.Path, reason);
            }
        }

        try
        {
            await dead.AddAsync(points, reason, cancel);
        }
        catch (IOException full)
        {
            Log.Unburied(log, points.Count, full.Message);
        }

        return readings;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The database refuses points of {Field}; they go to {File}: {Reason}")]
        public static partial void Refused(ILogger log, string field, string file, string reason);

        [LoggerMessage(LogLevel.Error, "{Count} refused points could not be written to the dead letters: {Reason}")]
        public static partial void Unburied(ILogger log, int count, string reason);
    }
}

/// <summary>What every sink stands on.</summary>
internal sealed record SinkParts(Journal Journal, SinkProgress Progress, MetricRegistry Metrics, TimeProvider Time)
{
    /// <summary>Where sinks say that they get on; null: nobody watches.</summary>
    public StageBoard? Board { get; init; }
}
