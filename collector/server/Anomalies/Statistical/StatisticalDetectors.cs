using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>The family that needs no knowledge of the machine: what a signal does against what it did, and against its siblings.</summary>
internal static class StatisticalDetectors
{
    /// <summary>A device with more measured values than this is a rack of servers, not a machine; it is left to limits.</summary>
    private const int MaxChannels = 64;

    /// <summary>Machines whose values keep a level. What IT draws is anybody's guess, and what feeds it follows.</summary>
    private static readonly HashSet<string> Machines =
        ["cdu", "immersion", "chiller", "cooling_tower", "crac", "in_row", "pump", "cooling_loop", "heat_meter", "water_meter", "sensor", "unknown"];

    /// <summary>Kinds of which a site has many alike.</summary>
    private static readonly HashSet<string> Alike = ["cdu", "immersion", "cooling_tower", "crac", "in_row"];

    public static IEnumerable<Detector> Create(CoolingModel model)
    {
        var performance = model.Units.SelectMany(Performance.Of).ToList();
        var modelled = performance.Select(detector => detector.Subject).ToHashSet(StringComparer.Ordinal);
        foreach (var device in model.Devices.Where(device => Machines.Contains(device.Kind)))
        {
            foreach (var detector in Of(device, modelled.Contains(device.Id)))
            {
                yield return detector;
            }
        }

        foreach (var detector in performance.Concat(Among(model)))
        {
            yield return detector;
        }
    }

    /// <summary>A value that an instrument gives and that may be anything: no counters, states, ratings, set-points, commands.</summary>
    public static bool IsMeasured(Signal signal) =>
        signal.Metric is { Kind: MetricKind.Gauge } metric && !metric.Name.EndsWith(".setpoint", StringComparison.Ordinal) && !metric.Name.EndsWith(".rated", StringComparison.Ordinal)
        && metric.Name is not ("valve.command" or "cooling.demand" or "cooling.capacity");

    private static IEnumerable<Detector> Of(KnownDevice device, bool modelled)
    {
        // What the operating point of a modelled machine sets is judged against that point and not against a level.
        var levels = device.Signals.Where(signal => IsMeasured(signal) && !(modelled && IsSetByPoint(signal))).ToList();
        if (levels.Count is > 0 and <= MaxChannels)
        {
            yield return new ShiftDetector(device.Id, levels);
        }

        var sensors = device.Signals.Where(IsSensor).ToList();
        if (sensors.Count is 0 or > MaxChannels)
        {
            yield break;
        }

        yield return new StuckDetector(device.Id, sensors);
        yield return new ImplausibleDetector(device.Id, sensors);
        var climate = sensors.FindAll(signal => signal.Metric?.Quantity is "temperature" or "humidity");
        if (climate.Count > 0)
        {
            yield return new DropOutDetector(device.Id, climate);
        }

        // Which way a chiller's loops are called supply and return differs from maker to maker, but does not change.
        foreach (var supply in sensors.Where(signal => signal.Series.Metric == "temperature.supply"))
        {
            if (device.Find("temperature.return", supply.Series.Part) is { } back)
            {
                yield return new SwapDetector(supply.Series.Part is { } part ? $"{device.Id}/{part}" : device.Id, supply, back);
            }
        }
    }

    /// <summary>The same sensor of at least five machines of one kind.</summary>
    private static IEnumerable<Detector> Among(CoolingModel model)
    {
        var groups = model.Devices.Where(device => Alike.Contains(device.Kind))
            .SelectMany(device => device.Signals.Where(IsSensor).Select(signal => (device.Kind, device.Id, Signal: signal)))
            .GroupBy(one => (one.Kind, one.Signal.Series.Metric, one.Signal.Series.Part));
        foreach (var group in groups)
        {
            var siblings = new Siblings([.. group.Select(one => one.Signal)]);
            if (siblings.Signals.Count >= SiblingDetector.Least)
            {
                foreach (var (_, id, signal) in group)
                {
                    yield return new SiblingDetector(id, signal, siblings);
                }
            }
        }
    }

    private static bool IsSetByPoint(Signal signal) =>
        signal.Metric!.Quantity is "temperature" or "temperature difference" or "heat" or "power" or "pressure" or "performance" && signal.Series.Metric != "power.active";

    /// <summary>A value of nature, which never stands still for long: no controller output, no share, no electrical value that may rest.</summary>
    private static bool IsSensor(Signal signal) =>
        IsMeasured(signal) && signal.Metric!.Quantity is "temperature" or "humidity" or "flow" or "pressure" or "conductivity" or "acidity" or "turbidity";
}
