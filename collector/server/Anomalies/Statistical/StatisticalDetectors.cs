using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>The family that needs no knowledge of the machine: what a signal does against what it did.</summary>
internal static class StatisticalDetectors
{
    /// <summary>A device with more measured values than this is a rack of servers, not a machine; it is left to limits.</summary>
    private const int MaxChannels = 64;

    public static IEnumerable<Detector> Create(CoolingModel model)
    {
        var performance = model.Units.SelectMany(Performance.Of).ToList();
        var modelled = performance.Select(detector => detector.Subject).ToHashSet(StringComparer.Ordinal);
        foreach (var device in model.Devices)
        {
            // What the operating point of a modelled machine sets is judged against that point and not against a level.
            var measured = device.Signals.Where(signal => IsMeasured(signal) && !(modelled.Contains(device.Id) && IsSetByPoint(signal))).ToList();
            if (measured.Count is > 0 and <= MaxChannels)
            {
                yield return new ShiftDetector(device.Id, measured);
            }

            var sensors = device.Signals.Where(IsSensor).ToList();
            if (sensors.Count is > 0 and <= MaxChannels)
            {
                yield return new StuckDetector(device.Id, sensors);
                yield return new DropOutDetector(device.Id, sensors.FindAll(signal => signal.Metric?.Quantity is "temperature" or "humidity"));
            }
        }

        foreach (var detector in performance)
        {
            yield return detector;
        }
    }

    /// <summary>A value that an instrument gives and that may be anything: no counters, states, ratings, set-points.</summary>
    public static bool IsMeasured(Signal signal) =>
        signal.Metric is { Kind: MetricKind.Gauge } metric && !metric.Name.EndsWith(".setpoint", StringComparison.Ordinal) && !metric.Name.EndsWith(".rated", StringComparison.Ordinal)
        && metric.Name is not ("valve.command" or "cooling.demand" or "cooling.capacity");

    private static bool IsSetByPoint(Signal signal) =>
        signal.Metric!.Quantity is "temperature" or "temperature difference" or "heat" or "power" or "pressure" or "performance" && signal.Series.Metric != "power.active";

    /// <summary>A value of nature, which never stands still for long: no controller output, no share, no electrical value that may rest.</summary>
    private static bool IsSensor(Signal signal) =>
        IsMeasured(signal) && signal.Metric!.Quantity is "temperature" or "humidity" or "flow" or "pressure" or "conductivity" or "acidity" or "turbidity";
}
