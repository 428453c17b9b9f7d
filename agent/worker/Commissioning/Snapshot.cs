using EdgeDcim.Agent.Drivers;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Commissioning;

/// <summary>A value and the step in which its register counts.</summary>
internal readonly record struct Measured(double Value, double Quantum);

/// <summary>The newest values of one device, by metric and part. What is missing is not here.</summary>
internal sealed class Snapshot
{
    private readonly Dictionary<(string Metric, string? Part), Measured> values = [];

    public Measured? this[string metric, string? part] => values.TryGetValue((metric, part), out var value) ? value : null;

    public void Take(Sample sample)
    {
        var point = sample.Instance.Point;
        if (double.IsNaN(sample.Value))
        {
            values.Remove((point.Metric.Name, sample.Instance.Part));
        }
        else
        {
            values[(point.Metric.Name, sample.Instance.Part)] = new Measured(sample.Value, Math.Abs(point.Conversion.Scale));
        }
    }

    public void Set(string metric, string? part, double value, double quantum = 0) => values[(metric, part)] = new Measured(value, quantum);

    public List<string?> PartsOf(string metric) => [.. values.Keys.Where(key => key.Metric == metric).Select(key => key.Part)];

    /// <summary>Of the whole device, or of its lines together; null when neither is known.</summary>
    public double? Total(string metric)
    {
        if (this[metric, null] is { } whole)
        {
            return whole.Value;
        }

        var lines = PartsOf(metric).Where(part => part is "L1" or "L2" or "L3").ToList();
        return lines.Count == 0 ? null : lines.Sum(part => this[metric, part]!.Value.Value);
    }
}
