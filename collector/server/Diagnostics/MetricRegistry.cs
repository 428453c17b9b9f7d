using System.Globalization;
using System.Text;

namespace EdgeDcim.Collector.Diagnostics;

/// <summary>
/// The collector's own figures. Every stage counts what came in and what went out, so that a queue's length and a loss are a subtraction.
/// Series are made once, at start; only bounded words may be labels. Safe from any thread.
/// </summary>
internal sealed class MetricRegistry
{
    private readonly Lock gate = new();
    private readonly List<Family> families = [];

    /// <summary>A number that only grows. Asking again for the same name and labels gives the same counter.</summary>
    public Counter Counter(string name, string help, params ReadOnlySpan<(string Key, string Value)> labels)
    {
        var text = LabelText(labels);
        lock (gate)
        {
            var family = FamilyOf(name, "counter", help);
            var found = family.Samples.Find(sample => sample.Labels == text);
            if (found is null)
            {
                var counter = new Counter();
                found = new Sample(text, () => counter.Value, counter);
                family.Samples.Add(found);
            }

            return found.Counter!;
        }
    }

    /// <summary>A number that is asked for when somebody looks; NaN leaves it out.</summary>
    public void Gauge(string name, string help, Func<double> value, params ReadOnlySpan<(string Key, string Value)> labels)
    {
        var text = LabelText(labels);
        lock (gate)
        {
            FamilyOf(name, "gauge", help).Samples.Add(new Sample(text, value, null));
        }
    }

    /// <summary>Durations in the buckets of <see cref="Diagnostics.Histogram"/>. Make each once.</summary>
    public Histogram Histogram(string name, string help, params ReadOnlySpan<(string Key, string Value)> labels)
    {
        var histogram = new Histogram();
        lock (gate)
        {
            var samples = FamilyOf(name, "histogram", help).Samples;
            for (var i = 0; i <= Diagnostics.Histogram.Bounds.Count; i++)
            {
                var bound = i;
                var le = bound < Diagnostics.Histogram.Bounds.Count ? Diagnostics.Histogram.Bounds[bound].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                samples.Add(new Sample("_bucket" + LabelText([.. labels, ("le", le)]), () => histogram.Cumulative(bound), null));
            }

            samples.Add(new Sample("_sum" + LabelText(labels), () => histogram.Sum, null));
            samples.Add(new Sample("_count" + LabelText(labels), () => histogram.Count, null));
        }

        return histogram;
    }

    /// <summary>A figure of each of several things that come and go, such as agents; their number is bounded by what the site has.</summary>
    public void Gauges(string name, string help, string label, Func<IEnumerable<(string Of, double Value)>> values)
    {
        lock (gate)
        {
            FamilyOf(name, "gauge", help).Many = () => values().Select(one => (LabelText([(label, one.Of)]), one.Value));
        }
    }

    /// <summary>The text exposition format 0.0.4 of Prometheus.</summary>
    public string Render()
    {
        var text = new StringBuilder();
        lock (gate)
        {
            foreach (var family in families)
            {
                text.Append("# HELP ").Append(family.Name).Append(' ').Append(family.Help).Append('\n');
                text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type).Append('\n');
                foreach (var (labels, value) in family.Samples.Select(sample => (sample.Labels, sample.Read())).Concat(family.Many()))
                {
                    if (!double.IsNaN(value))
                    {
                        text.Append(family.Name).Append(labels).Append(' ')
                            .Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
                    }
                }
            }
        }

        return text.ToString();
    }

    private Family FamilyOf(string name, string type, string help)
    {
        var family = families.Find(known => known.Name == name);
        if (family is null)
        {
            family = new Family(name, type, help, []);
            families.Add(family);
        }

        return family;
    }

    private static string LabelText(ReadOnlySpan<(string Key, string Value)> labels)
    {
        if (labels.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder("{");
        foreach (var (key, value) in labels)
        {
            text.Append(text.Length > 1 ? "," : "").Append(key).Append("=\"")
                .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
                .Append('"');
        }

        return text.Append('}').ToString();
    }

    private sealed record Family(string Name, string Type, string Help, List<Sample> Samples)
    {
        public Func<IEnumerable<(string Labels, double Value)>> Many { get; set; } = static () => [];
    }

    private sealed record Sample(string Labels, Func<double> Read, Counter? Counter);
}

/// <summary>A number that only grows, from any thread.</summary>
internal sealed class Counter
{
    private long value;

    public long Value => Interlocked.Read(ref value);

    public void Add(long amount) => Interlocked.Add(ref value, amount);

    public void Increment() => Interlocked.Increment(ref value);
}
