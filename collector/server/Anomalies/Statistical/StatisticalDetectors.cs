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
        foreach (var device in model.Devices)
        {
            var measured = device.Signals.Where(IsMeasured).ToList();
            if (measured.Count is > 0 and <= MaxChannels)
            {
                yield return new ShiftDetector(device.Id, measured);
            }
        }
    }

    /// <summary>A value that an instrument gives and that may be anything: no counters, states, ratings, set-points.</summary>
    private static bool IsMeasured(Signal signal) =>
        signal.Metric is { Kind: MetricKind.Gauge } metric && !metric.Name.EndsWith(".setpoint", StringComparison.Ordinal) && !metric.Name.EndsWith(".rated", StringComparison.Ordinal);
}
