using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Facility;

/// <summary>How old a sample is in terms of its own rhythm.</summary>
internal enum Freshness
{
    /// <summary>No usable value was ever seen.</summary>
    Never,

    /// <summary>Older than three of its intervals, or its device died: not to be computed with.</summary>
    Stale,

    /// <summary>An expected value did not come: the last one is held for at most two intervals more.</summary>
    Held,

    Fresh,
}

/// <summary>The latest of one series at the instant of a snapshot: the newest reading, and the newest one that may be computed with.</summary>
/// <param name="AtMs">Time of the newest reading of any quality.</param>
/// <param name="UsableAtMs">Time of the newest good or estimated reading; 0 when there was none.</param>
/// <param name="IntervalMs">Expected distance of two readings, learnt from the data; 0 while unknown.</param>
/// <param name="Lost">Its device or agent is gone since.</param>
internal readonly record struct SeriesSample(
    Series Series, long AtMs, double Value, Quality Quality, long UsableAtMs, double UsableValue, Quality UsableQuality, int IntervalMs, bool Lost)
{
    /// <summary>Below this age nothing is stale, however fast its rhythm: a slow broker must not blank the page.</summary>
    public const int MinStaleMs = 10_000;

    /// <summary>Taken while the rhythm is not known yet: the slowest poll group of an agent is a minute by default.</summary>
    public const int UnknownIntervalMs = 60_000;

    /// <summary>A reading this much later than expected is on its way, not missing.</summary>
    private const int GraceMs = 2_000;

    /// <summary>The age from which a value is stale: three intervals, at least ten seconds.</summary>
    public long StaleAfterMs => Math.Max(MinStaleMs, 3L * (IntervalMs > 0 ? IntervalMs : UnknownIntervalMs));

    public long AgeMs(long nowMs) => Math.Max(0, nowMs - AtMs);

    public bool IsStale(long nowMs) => Lost || nowMs - AtMs > StaleAfterMs;

    public Freshness FreshnessAt(long nowMs)
    {
        if (UsableAtMs == 0)
        {
            return Freshness.Never;
        }

        var age = nowMs - UsableAtMs;
        if (Lost || age > StaleAfterMs)
        {
            return Freshness.Stale;
        }

        var interval = IntervalMs > 0 ? IntervalMs : UnknownIntervalMs;
        return UsableAtMs < AtMs || age > interval + Math.Max(interval / 2, GraceMs) ? Freshness.Held : Freshness.Fresh;
    }
}
