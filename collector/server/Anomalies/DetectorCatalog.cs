using EdgeDcim.Collector.Anomalies.Physical;
using EdgeDcim.Collector.Anomalies.Statistical;

namespace EdgeDcim.Collector.Anomalies;

/// <summary>Every family of detectors. A new one is a line here.</summary>
internal static class DetectorCatalog
{
    public static IReadOnlyList<DetectorFactory> All { get; } = [PhysicalDetectors.Create, StatisticalDetectors.Create];
}
