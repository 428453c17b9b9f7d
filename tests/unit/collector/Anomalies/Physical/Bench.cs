using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Collector.Anomalies.Physical;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Tests.Anomalies.Physical;

/// <summary>An engine with the physical detectors and a handful of series, fed by hand second by second.</summary>
internal sealed class Bench
{
    private readonly AnomalyEngine engine;
    private readonly Dictionary<string, Series> series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> values = new(StringComparer.Ordinal);

    /// <param name="points">"device/metric/part" each; the kind of a device before a colon: "cdu:cdu-1/flow/secondary".</param>
    public Bench(params string[] points)
        : this((CoolingConfig?)null, points)
    {
    }

    public Bench(CoolingConfig? config, params string[] points)
        : this(new AnomalyEngine(config, PhysicalDetectors.Create), points)
    {
    }

    public Bench(DetectorLimits limits, params string[] points)
        : this(new AnomalyEngine(null, PhysicalDetectors.Create) { Limits = limits }, points)
    {
    }

    private Bench(AnomalyEngine engine, string[] points)
    {
        this.engine = engine;
        foreach (var device in points.GroupBy(point => point[..point.IndexOf('/', StringComparison.Ordinal)]))
        {
            var (kind, id) = (device.Key.Split(':')[0], device.Key.Split(':')[1]);
            foreach (var point in device)
            {
                var parts = point[(point.IndexOf('/', StringComparison.Ordinal) + 1)..].Split('/', 2);
                series[$"{id}/{string.Join('/', parts)}"] = new Series(id, parts[0], parts.Length > 1 ? parts[1] : null);
            }

            engine.Announce(id, kind, series.Where(one => one.Value.Device == id).Select(one => one.Value));
        }
    }

    public long NowMs { get; private set; } = 1_700_000_000_000;

    public List<AnomalyChange> Changes { get; } = [];

    public AnomalyEngine Engine => engine;

    public double this[string point]
    {
        set => values[point] = value;
    }

    public IEnumerable<AnomalyChange> Raised => Changes.Where(change => change.State == AnomalyState.Anomalous);

    /// <summary>Goes on with the present values, one reading a second of each.</summary>
    public Bench Run(TimeSpan span, Action<double>? each = null)
    {
        for (var s = 0; s < span.TotalSeconds; s++)
        {
            each?.Invoke(s);
            NowMs += 1000;
            foreach (var (point, value) in values)
            {
                engine.Take(new Reading(series[point], NowMs, value, double.IsNaN(value) ? Quality.Missing : Quality.Good));
            }

            Changes.AddRange(engine.Tick(NowMs));
        }

        return this;
    }
}
