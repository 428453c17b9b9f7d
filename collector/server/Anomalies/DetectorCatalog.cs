using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Collector.Anomalies.Physical;
using EdgeDcim.Collector.Anomalies.Statistical;

namespace EdgeDcim.Collector.Anomalies;

/// <summary>Every family of detectors. A new one is a line here.</summary>
internal static class DetectorCatalog
{
    public static IReadOnlyList<DetectorFactory> All { get; } = [PhysicalDetectors.Create, Statistics];

    /// <summary>Physics first: a machine whose laws are watched, and a load, are not judged again by where their values lie, which work and weather move.</summary>
    private static IEnumerable<Detector> Statistics(CoolingModel model)
    {
        var covered = PhysicalDetectors.Covered(model);
        return StatisticalDetectors.Create(model).Where(detector => detector is not ShiftDetector || !covered.Contains(detector.Subject));
    }
}
