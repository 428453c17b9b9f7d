using EdgeDcim.Agent.Drivers;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Commissioning;

/// <summary>A value and the step in which its register counts.</summary>
internal readonly record struct Measured(double Value, double Quantum);

/// <summary>The newest values of one device, by metric and part. What is missing is not here.</summary>
internal sealed class Snapshot
{
    /// <summary>By metric, then by part; the whole device is the empty part.</summary>
    private readonly Dictionary<string, Dictionary<string, Measured>> values = new(StringComparer.Ordinal);

    public Measured? this[string metric, string? part] =>
        values.TryGetValue(metric, out var parts) && parts.TryGetValue(part ?? "", out var value) ? value : null;

    public void Take(Sample sample)
    {
        var point = sample.Instance.Point;
        if (double.IsNaN(sample.Value))
        {
            values.GetValueOrDefault(point.Metric.Name)?.Remove(sample.Instance.Part ?? "");
        }
        else
        {
            Set(point.Metric.Name, sample.Instance.Part, sample.Value, Math.Abs(point.Conversion.Scale));
        }
    }

    public void Set(string metric, string? part, double value, double quantum = 0)
    {
        if (!values.TryGetValue(metric, out var parts))
        {
            values.Add(metric, parts = new Dictionary<string, Measured>(StringComparer.Ordinal));
        }

        parts[part ?? ""] = new Measured(value, quantum);
    }

    /// <summary>How many values are known.</summary>
    public int Count => values.Values.Sum(parts => parts.Count);

    public IReadOnlyList<string?> PartsOf(string metric) =>
        values.TryGetValue(metric, out var parts) ? [.. parts.Keys.Select(part => part.Length == 0 ? null : part)] : [];

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
