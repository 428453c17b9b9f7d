using EdgeDcim.Collector.Facility;

namespace EdgeDcim.Collector.Diagnostics;

/// <summary>
/// What agents report of themselves, beside the collector's own figures: an agent opens no port, and the way of a reading should be added up in one
/// place. The figures are those of the last report, and begin at 0 with each start of the agent.
/// </summary>
internal static class AgentFigures
{
    private static readonly (string Metric, string Help)[] Figures =
    [
        ("agent.readings.polled", "Readings that the agent took from devices, as of its last report."),
        ("agent.readings.journaled", "Readings that the agent wrote to its journal, as of its last report."),
        ("agent.readings.acknowledged", "Readings that the agent knows to be journaled by a collector, as of its last report."),
        ("agent.readings.dropped", "Readings that the agent lost to a bound, as of its last report."),
    ];

    public static void Register(MetricRegistry metrics, Func<FacilitySnapshot> snapshot)
    {
        foreach (var (metric, help) in Figures)
        {
            metrics.Gauges($"edgedcim_{metric.Replace('.', '_')}", help, "agent", () => Of(snapshot(), metric));
        }
    }

    private static IEnumerable<(string Of, double Value)> Of(FacilitySnapshot snapshot, string metric) =>
        from device in snapshot.Devices
        where device.Kind == "agent"
        from sample in device.Samples
        where sample.Series.Metric == metric
        select (device.Id, sample.Value);
}
