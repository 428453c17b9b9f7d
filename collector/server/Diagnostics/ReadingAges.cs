using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Diagnostics;

/// <summary>How old readings are when a stage is done with them, from the moment they were taken at the device.</summary>
internal sealed class ReadingAges(MetricRegistry metrics, string stage)
{
    private readonly Histogram ages = metrics.Histogram("edgedcim_reading_age_seconds", "Age of readings when a stage had them; 'journal' counts live ones only.", ("stage", stage));

    /// <summary>Readings of one poll have one time, so whole runs are counted at once.</summary>
    public void Observe(ReadOnlySpan<Reading> readings, long nowMs)
    {
        for (var start = 0; start < readings.Length;)
        {
            var end = start + 1;
            while (end < readings.Length && readings[end].AtMs == readings[start].AtMs)
            {
                end++;
            }

            ages.Observe(Math.Max(0, nowMs - readings[start].AtMs) / 1000.0, end - start);
            start = end;
        }
    }
}
