using System.Globalization;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Configuration;

/// <summary>The notations of <c>facility.yaml</c>: series references, watts, accuracies, ids. Remembers which series are taken.</summary>
internal sealed class FacilityFields
{
    private static readonly (string Suffix, double Watts)[] PowerUnits = [("MW", 1e6), ("kW", 1e3), ("W", 1)];

    private readonly Dictionary<Series, string> takenBy = [];

    /// <summary>The series under <paramref name="key"/>, one or a list that is summed; each may be used once in the whole file.</summary>
    public List<Series> Series(YamlMap entry, string key, string owner, string unit)
    {
        var found = new List<Series>();
        foreach (var scalar in entry.Strings(key))
        {
            if (ParseSeries(scalar, key, unit) is not { } series)
            {
                continue;
            }

            if (takenBy.TryAdd(series, $"'{key}' of '{owner}'"))
            {
                found.Add(series);
            }
            else
            {
                scalar.Problem($"'{series}' is already {takenBy[series]}; used here too it would be counted twice, so name another series or remove one of the two");
            }
        }

        return found;
    }

    /// <summary>An id of letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; null when it is missing or malformed.</summary>
    public static string? Id(YamlMap entry)
    {
        if (entry.Required("id") is not { } scalar)
        {
            return null;
        }

        if (scalar.Text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
        {
            return scalar.Text;
        }

        scalar.Problem($"'id' is '{scalar.Text}'; write letters, digits, '-', '_' and '.' only");
        return null;
    }

    /// <summary>Relative accuracy: the file has ± percent of the reading.</summary>
    public static double? Accuracy(YamlMap entry)
    {
        if (entry.OptionalNumber("accuracy") is not { } percent)
        {
            return null;
        }

        if (percent is > 0 and <= 20)
        {
            return percent / 100;
        }

        entry.Problem("accuracy", $"'accuracy' is {percent.ToString(CultureInfo.InvariantCulture)}; write the meter's ± percent of reading, above 0 and up to 20 (class 0.5 is 0.5)");
        return null;
    }

    /// <summary>A power such as <c>250kW</c>, in W.</summary>
    public static double? Watts(YamlMap entry, string key)
    {
        if (entry.Scalar(key) is not { } scalar)
        {
            return null;
        }

        var (suffix, factor) = PowerUnits.FirstOrDefault(unit => scalar.Text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        if (suffix is not null
            && double.TryParse(scalar.Text.AsSpan(0, scalar.Text.Length - suffix.Length), NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var amount)
            && amount > 0)
        {
            return amount * factor;
        }

        scalar.Problem($"'{key}' is '{scalar.Text}'; write a power with its unit, such as 800W, 250kW or 1.5MW");
        return null;
    }

    public static double? Positive(YamlMap entry, string key)
    {
        var number = entry.OptionalNumber(key);
        if (number is null or > 0)
        {
            return number;
        }

        entry.Problem(key, $"'{key}' must be above 0");
        return null;
    }

    /// <summary>A series reference in a given unit; null when it is malformed, and then said.</summary>
    public static Series? ParseSeries(YamlScalar scalar, string key, string unit)
    {
        var slash = scalar.Text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == scalar.Text.Length - 1)
        {
            scalar.Problem($"'{key}' is '{scalar.Text}'; write device/metric or device/metric/part, such as pdu-a1/power.active");
            return null;
        }

        var series = Core.Telemetry.Series.FromMetricPath(scalar.Text[..slash], scalar.Text[(slash + 1)..]);
        if (Vocabulary.Default.Find(series.Metric) is not { } metric)
        {
            scalar.Problem($"the metric '{series.Metric}' is not in the vocabulary{Spelling.DidYouMean(series.Metric, Vocabulary.Default.Metrics.Keys)}");
            return null;
        }

        if (metric.Unit != unit)
        {
            scalar.Problem($"'{key}' needs a metric in {unit}, but '{series.Metric}' is in {metric.Unit} ({metric.Meaning})");
            return null;
        }

        return series;
    }
}
