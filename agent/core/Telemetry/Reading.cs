namespace EdgeDcim.Core.Telemetry;

/// <summary>One value of one series at one instant. The unit follows from the metric.</summary>
/// <param name="AtMs">When the device was sampled: milliseconds since 1970-01-01 UTC, the resolution of the whole chain.</param>
/// <param name="Value">In the metric's unit; NaN exactly when <paramref name="Quality"/> is <see cref="Quality.Missing"/>.</param>
public readonly record struct Reading(Series Series, long AtMs, double Value, Quality Quality)
{
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(AtMs);

    public static Reading Missing(Series series, long atMs) => new(series, atMs, double.NaN, Quality.Missing);
}
