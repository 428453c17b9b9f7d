using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>WUE at this instant: water flow over IT power, in litres per kWh (ISO/IEC 30134-9, site water).</summary>
internal static class WueCalculator
{
    private const double MinutesPerHour = 60;
    private const double WattsPerKilowatt = 1000;

    public static KpiValue Now(IReadOnlyList<WaterConfig> water, PowerSum it, FacilitySnapshot snapshot, long nowMs)
    {
        var flow = Flow(water, snapshot);
        var unknown = new KpiValue("wue", "site", "now", null, "L/(kW.h)", null, Math.Min(flow.Coverage, it.Coverage), null, Quality.Missing, 0, nowMs, null);
        if (water.Count == 0)
        {
            return unknown with { Coverage = 0, Reason = "the facility file has no water meter" };
        }

        if (flow.Value is not { } litresPerMinute || it.Value is not { } watts)
        {
            return unknown with { Reason = PueCalculator.Join(flow.Value is null ? flow.Reason : null, it.Value is null ? it.Reason : null) };
        }

        if (watts <= 0)
        {
            return unknown with { Reason = $"the IT meters show {Words.Power(watts)}: without IT load there is no WUE" };
        }

        var wue = litresPerMinute * MinutesPerHour / (watts / WattsPerKilowatt);
        return unknown with
        {
            Value = wue,
            Uncertainty = wue * PueCalculator.Combined(litresPerMinute == 0 ? 0 : flow.RelativeUncertainty, it.RelativeUncertainty),
            Quality = flow.Quality < it.Quality ? flow.Quality : it.Quality,
            Reason = PueCalculator.Join(flow.Reason, it.Reason),
        };
    }

    /// <summary>The flows of all water meters, in L/min; a meter is a measuring place like any other.</summary>
    private static PowerSum Flow(IReadOnlyList<WaterConfig> water, FacilitySnapshot snapshot) =>
        PowerSum.Of([.. water.Select(meter => new Term(new MeterPort(meter.Id, meter.Flow, [], false, null, null, meter.Accuracy), 1))], snapshot, "flow");
}
