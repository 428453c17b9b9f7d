using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>A sum of the meter tree at this instant: its value when every meter in it is usable, and how much of it is known when not.</summary>
/// <param name="Value">In the unit of the terms; null when one of them is missing.</param>
/// <param name="Coverage">Share of the sum that usable meters stand for, weighted by their last known values; 1 when complete.</param>
/// <param name="RelativeUncertainty">Of independent meters, weighted by their share; null when an accuracy is not declared.</param>
/// <param name="Reason">Names the meters that are missing, or that are held.</param>
internal sealed record PowerSum(
    double? Value, double Coverage, double? RelativeUncertainty, Quality Quality, string? Reason, IReadOnlyList<PowerReading> Readings)
{
    /// <param name="quantity">What the terms measure, for the reasons: power, or flow.</param>
    public static PowerSum Of(IReadOnlyList<Term> terms, FacilitySnapshot snapshot, string quantity = "power")
    {
        var readings = new List<PowerReading>(terms.Count);
        var (sum, variance, quality) = (0.0, (double?)0.0, Quality.Good);
        foreach (var term in terms)
        {
            var reading = PowerReading.Of(term.Port, snapshot, quantity);
            readings.Add(reading);
            quality = reading.Quality < quality ? reading.Quality : quality;
            sum += term.Factor * (reading.Value ?? 0);
            var share = term.Factor * (reading.Value ?? 0) * term.Port.Accuracy;
            variance += share * share;
        }

        var missing = readings.Where(reading => reading.Value is null).ToList();
        var held = readings.Where(reading => reading.Value is not null && reading.Quality == Quality.Estimated).ToList();
        var reason = missing.Count > 0 ? List(missing.Select(reading => reading.Reason!))
            : held.Count > 0 ? List(held.Select(reading => $"meter {reading.Port.Name} held for {Words.Duration(reading.AgeMs ?? 0)}"))
            : null;
        return new PowerSum(
            missing.Count > 0 ? null : sum,
            Covered(readings, missing.Count),
            missing.Count > 0 || sum == 0 || variance is not { } known ? null : Math.Sqrt(known) / Math.Abs(sum),
            quality, reason, readings);
    }

    /// <summary>A sum that cannot be known with this facility file.</summary>
    public static PowerSum Unknown(string reason) => new(null, 0, null, Quality.Missing, reason, []);

    private static double Covered(List<PowerReading> readings, int missing)
    {
        if (missing == 0)
        {
            return 1;
        }

        // A meter that was never heard weighs as much as the average of the others.
        var known = readings.Where(reading => reading.LastValue is not null).ToList();
        var average = known.Count == 0 ? 1 : known.Average(reading => Math.Abs(reading.LastValue!.Value));
        var whole = readings.Sum(reading => Math.Abs(reading.LastValue ?? average));
        return whole == 0 ? 0 : readings.Where(reading => reading.Value is not null).Sum(reading => Math.Abs(reading.Value!.Value)) / whole;
    }

    private static string List(IEnumerable<string> reasons)
    {
        const int shown = 3;
        var all = reasons.Distinct().ToList();
        return all.Count <= shown ? string.Join("; ", all) : $"{string.Join("; ", all.Take(shown))}; and {all.Count - shown} more";
    }
}
