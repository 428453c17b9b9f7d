using System.Globalization;

namespace EdgeDcim.Benchmarks.Chain;

/// <summary>What the collector's <c>/metrics</c> said at one moment.</summary>
internal sealed class Scrape
{
    private readonly Dictionary<string, double> samples = new(StringComparer.Ordinal);

    private Scrape()
    {
    }

    public double this[string sample] => samples.GetValueOrDefault(sample);

    public static async Task<Scrape> TakeAsync(HttpClient http, int port)
    {
        var scrape = new Scrape();
        foreach (var line in (await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"))).Split('\n'))
        {
            var end = line.LastIndexOf(' ');
            if (end > 0 && line[0] != '#')
            {
                scrape.samples[line[..end]] = double.Parse(line.AsSpan(end), CultureInfo.InvariantCulture);
            }
        }

        return scrape;
    }

    /// <summary>The age in seconds below which that share of the readings was that a stage has had since an earlier look; within a bucket taken as even.</summary>
    public double Age(string stage, double share, Scrape since)
    {
        var buckets = samples.Keys
            .Where(key => key.StartsWith($"edgedcim_reading_age_seconds_bucket{{stage=\"{stage}\"", StringComparison.Ordinal))
            .Select(key => (Bound: BoundOf(key), Count: this[key] - since[key]))
            .OrderBy(bucket => bucket.Bound)
            .ToList();
        var wanted = share * buckets[^1].Count;
        var (lower, below) = (0.0, 0.0);
        foreach (var (bound, count) in buckets)
        {
            if (count >= wanted && count > below)
            {
                return double.IsInfinity(bound) ? double.PositiveInfinity : lower + ((bound - lower) * (wanted - below) / (count - below));
            }

            (lower, below) = (bound, count);
        }

        return double.NaN;
    }

    private static double BoundOf(string key)
    {
        var text = key[(key.IndexOf("le=\"", StringComparison.Ordinal) + 4)..^2];
        return text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
    }
}
