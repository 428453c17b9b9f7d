using System.Collections.Frozen;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Core.Telemetry;

/// <summary>
/// The closed list of metric names and device kinds that agent, collector, profiles, topics and screen share.
/// It is written in <c>hardware-profiles/metrics.yaml</c> and compiled into this assembly, so both sides always agree.
/// </summary>
public sealed class Vocabulary
{
    private static readonly Lazy<Vocabulary> Built = new(LoadEmbedded);

    private Vocabulary(FrozenDictionary<string, Metric> metrics, FrozenDictionary<string, DeviceKind> kinds)
    {
        Metrics = metrics;
        Kinds = kinds;
    }

    /// <summary>The vocabulary this build was made with.</summary>
    public static Vocabulary Default => Built.Value;

    public IReadOnlyDictionary<string, Metric> Metrics { get; }

    public IReadOnlyDictionary<string, DeviceKind> Kinds { get; }

    public Metric? Find(string name) => Metrics.GetValueOrDefault(name);

    /// <summary>Reads a vocabulary file; every fault lands in <paramref name="problems"/>, and what is sound is kept.</summary>
    public static Vocabulary Parse(string file, string text, ConfigProblems problems)
    {
        var metrics = new Dictionary<string, Metric>(StringComparer.Ordinal);
        var kinds = new Dictionary<string, DeviceKind>(StringComparer.Ordinal);
        var root = YamlMap.Parse(file, text, problems);
        if (root is not null)
        {
            foreach (var (name, entry) in root.RequiredMap("metrics").Maps())
            {
                metrics.TryAdd(name, ParseMetric(name, entry));
            }

            foreach (var (name, entry) in root.RequiredMap("kinds").Maps())
            {
                kinds.TryAdd(name, ParseKind(name, entry, metrics));
            }

            root.RejectUnknownKeys();
        }

        return new Vocabulary(metrics.ToFrozenDictionary(StringComparer.Ordinal), kinds.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static Metric ParseMetric(string name, YamlMap entry)
    {
        var kind = entry.Enum("kind", MetricKind.Gauge);
        var states = new Dictionary<int, string>();
        if (kind == MetricKind.State)
        {
            foreach (var state in entry.RequiredMap("states").Scalars())
            {
                if (int.TryParse(state.Key, out var code))
                {
                    states.TryAdd(code, state.Text);
                }
                else
                {
                    state.Problem($"the state code '{state.Key}' is not a whole number");
                }
            }
        }

        var metric = new Metric(
            name,
            entry.RequiredString("quantity"),
            kind == MetricKind.State ? "1" : entry.RequiredString("unit"),
            kind,
            kind == MetricKind.State ? states.Keys.DefaultIfEmpty().Min() : entry.Number("min", 0),
            kind == MetricKind.State ? states.Keys.DefaultIfEmpty().Max() : entry.RequiredNumber("max"),
            entry.RequiredString("meaning"),
            states.ToFrozenDictionary());
        entry.RejectUnknownKeys();
        return metric;
    }

    private static DeviceKind ParseKind(string name, YamlMap entry, Dictionary<string, Metric> metrics)
    {
        var known = new List<Metric>();
        foreach (var item in entry.Strings("metrics"))
        {
            if (metrics.TryGetValue(item.Text, out var metric))
            {
                known.Add(metric);
            }
            else
            {
                item.Problem($"the metric '{item.Text}' is not in the vocabulary{Spelling.DidYouMean(item.Text, metrics.Keys)}");
            }
        }

        var kind = new DeviceKind(name, entry.RequiredString("meaning"), known);
        entry.RejectUnknownKeys();
        return kind;
    }

    private static Vocabulary LoadEmbedded()
    {
        using var stream = typeof(Vocabulary).Assembly.GetManifestResourceStream("metrics.yaml")
            ?? throw new InvalidOperationException("metrics.yaml is not embedded in this build");
        using var reader = new StreamReader(stream);
        var problems = new ConfigProblems();
        var vocabulary = Parse("metrics.yaml", reader.ReadToEnd(), problems);
        problems.ThrowIfAny();
        return vocabulary;
    }
}
