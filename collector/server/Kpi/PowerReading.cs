using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>What one measuring place gives at this instant. <paramref name="Value"/> is null when it may not be used; then <paramref name="Reason"/> says why.</summary>
/// <param name="LastValue">The last usable value, however old: weighs the place in the coverage; null when there never was one.</param>
/// <param name="AgeMs">Age of the oldest series in it; null when one was never seen.</param>
internal readonly record struct PowerReading(MeterPort Port, double? Value, double? LastValue, Quality Quality, long? AgeMs, string? Reason)
{
    /// <summary>Sums the series of a place, powers in W or <paramref name="quantity"/>; it is as good as its worst series.</summary>
    public static PowerReading Of(MeterPort port, FacilitySnapshot snapshot, string quantity = "power")
    {
        if (port.Power.Count == 0)
        {
            return new PowerReading(port, null, null, Quality.Missing, null, $"meter {port.Name} has no {quantity} series in the facility file");
        }

        var (sum, last, quality, age, reason) = (0.0, 0.0, Quality.Good, 0L, (string?)null);
        var seen = true;
        foreach (var series in port.Power)
        {
            if (!snapshot.TryInput(series, out var sample) || sample.FreshnessAt(snapshot.NowMs) == Freshness.Never)
            {
                reason ??= sample.AtMs > 0 && sample.Quality == Quality.Suspect
                    ? $"meter {port.Name} gives implausible values ({series})"
                    : $"meter {port.Name} has not been heard yet (no agent has sent {series})";
                (seen, quality) = (false, Quality.Missing);
                continue;
            }

            var seriesAge = snapshot.NowMs - sample.UsableAtMs;
            age = Math.Max(age, seriesAge);
            last += sample.UsableValue;
            switch (sample.FreshnessAt(snapshot.NowMs))
            {
                case Freshness.Stale:
                    reason ??= sample.Quality == Quality.Suspect && !sample.IsStale(snapshot.NowMs)
                        ? $"meter {port.Name} gives implausible values for {Words.Duration(seriesAge)}"
                        : $"meter {port.Name} silent for {Words.Duration(seriesAge)}";
                    quality = Quality.Missing;
                    break;
                case Freshness.Held:
                    quality = quality < Quality.Estimated ? quality : Quality.Estimated;
                    sum += sample.UsableValue;
                    break;
                default:
                    quality = sample.UsableQuality < quality ? sample.UsableQuality : quality;
                    sum += sample.UsableValue;
                    break;
            }
        }

        return new PowerReading(port, reason is null ? sum : null, seen ? last : null, quality, seen ? age : null, reason);
    }
}
