using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>Computes every KPI once a second from one snapshot and the energy ledger. One thread ticks it.</summary>
internal sealed class KpiService(FacilityConfig config, EnergyLedger ledger)
{
    private readonly MeterTree tree = config.Tree;

    /// <summary>Where the power goes, as of the last tick.</summary>
    public FlowGraph Flow { get; private set; } = FlowGraph.Empty;

    public IReadOnlyList<KpiValue> Tick(FacilitySnapshot snapshot, long nowMs)
    {
        ledger.Settle(nowMs);
        var balance = Balance.Of(tree, snapshot);
        Flow = FlowGraph.Empty with { Sums = new FlowSums(balance.Total.Value, balance.It.Value, balance.Cooling.Value, balance.PowerChain, balance.LightingOther.Value) };
        return
        [
            PueCalculator.Now(balance, tree.Category, nowMs),
            Power("it_power", balance.It, nowMs),
            Power("total_power", balance.Total, nowMs),
            Power("cooling_power", balance.Cooling, nowMs),
        ];
    }

    private static KpiValue Power(string name, PowerSum sum, long nowMs) => new(
        name, "site", "now", sum.Value, "W", null, sum.Coverage, sum.Value * sum.RelativeUncertainty, sum.Quality, 0, nowMs, sum.Reason);
}
