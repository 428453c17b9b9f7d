namespace EdgeDcim.Core.Telemetry;

/// <summary>
/// The identity of one stream of values: which device, which metric, which part of the device.
/// <paramref name="Part"/> names the piece (<c>L1</c>, <c>outlet/12</c>, <c>pump/2</c>, <c>secondary/supply</c>) or is null for the whole.
/// A <see cref="SeriesTable"/> hands out one object per identity, so that hot paths carry a reference instead of three strings.
/// </summary>
public sealed record Series(string Device, string Metric, string? Part)
{
    /// <summary>Every stage looks series up, so three strings are hashed once an object; 0 until asked.</summary>
    private int hash;

    private Series(Series original) => (Device, Metric, Part) = original;

    /// <summary>The name under which Sparkplug carries it inside its device: <c>voltage.line_neutral/L1</c>.</summary>
    public string MetricPath => Part is null ? Metric : $"{Metric}/{Part}";

    /// <summary>Splits a Sparkplug metric name at its first slash.</summary>
    public static Series FromMetricPath(string device, string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new Series(device, path, null) : new Series(device, path[..slash], path[(slash + 1)..]);
    }

    public bool Equals(Series? other) =>
        ReferenceEquals(this, other) || (other is not null && GetHashCode() == other.GetHashCode() && Metric == other.Metric && Part == other.Part && Device == other.Device);

    public override int GetHashCode() => hash != 0 ? hash : hash = HashCode.Combine(Device, Metric, Part) is var combined and not 0 ? combined : 1;

    public override string ToString() => $"{Device}/{MetricPath}";
}
