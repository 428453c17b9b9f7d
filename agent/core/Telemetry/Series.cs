namespace EdgeDcim.Core.Telemetry;

/// <summary>
/// The identity of one stream of values: which device, which metric, which part of the device.
/// <paramref name="Part"/> names the piece (<c>L1</c>, <c>outlet/12</c>, <c>pump/2</c>, <c>secondary/supply</c>) or is null for the whole.
/// A <see cref="SeriesTable"/> hands out one object per identity, so that hot paths carry a reference instead of three strings.
/// </summary>
public sealed record Series(string Device, string Metric, string? Part)
{
    /// <summary>The name under which Sparkplug carries it inside its device: <c>voltage.line_neutral/L1</c>.</summary>
    public string MetricPath => Part is null ? Metric : $"{Metric}/{Part}";

    /// <summary>Splits a Sparkplug metric name at its first slash.</summary>
    public static Series FromMetricPath(string device, string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new Series(device, path, null) : new Series(device, path[..slash], path[(slash + 1)..]);
    }

    public override string ToString() => $"{Device}/{MetricPath}";
}
