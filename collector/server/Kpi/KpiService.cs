using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>
/// Computes every KPI once a second: those of this instant from one snapshot, those of periods from the energy ledger. One thread ticks it.
/// A new KPI is a calculator of its own and a line here.
/// </summary>
internal sealed class KpiService
{
    private readonly FacilityConfig config;
    private readonly MeterTree tree;
    private readonly PeriodKpis periods;
    private readonly StepGuard steps = new();

    /// <param name="ledger">The one that the <see cref="FacilityState"/> of the same site feeds.</param>
    public KpiService(FacilityConfig config, EnergyLedger ledger)
    {
        this.config = config;
        tree = config.Tree;
        ledger.Bind(config);
        periods = new PeriodKpis(new EnergyUses(config, ledger), ledger, tree.Category);
    }

    /// <summary>Where the power goes, as of the last tick.</summary>
    public FlowGraph Flow { get; private set; } = FlowGraph.Empty;

    public IReadOnlyList<KpiValue> Tick(FacilitySnapshot snapshot, long nowMs)
    {
        var balance = Balance.Of(tree, snapshot);
        Flow = FlowBuilder.Build(tree, balance, snapshot);
        var ofPeriods = periods.Tick(nowMs);
        var yesterday = nowMs - PeriodBook.DayMs;
        return
        [
            Pue(balance, snapshot, nowMs) with { Yesterday = periods.Around("pue", yesterday) },
            WueCalculator.Now(config.Water, balance.It, snapshot, nowMs) with { Yesterday = periods.Around("wue", yesterday) },
            PartialPue.Cooling(balance.Cooling, balance.It, nowMs) with { Yesterday = periods.Around("ppue_cooling", yesterday) },
            PartialPue.Ups(tree, snapshot, nowMs) with { Yesterday = periods.Around("ppue_ups", yesterday) },
            Power("it_power", balance.It, nowMs) with { Yesterday = periods.PowerAround(EnergyUse.It, yesterday) },
            Power("total_power", balance.Total, nowMs) with { Yesterday = periods.PowerAround(EnergyUse.Total, yesterday) },
            Power("cooling_power", balance.Cooling, nowMs) with { Yesterday = periods.PowerAround(EnergyUse.Cooling, yesterday) },
            .. PartialPue.Efficiency(tree, snapshot, nowMs),
            .. ofPeriods,
        ];
    }

    private KpiValue Pue(Balance balance, FacilitySnapshot snapshot, long nowMs)
    {
        var pue = PueCalculator.Now(balance, tree.Category, nowMs);
        if (pue.Value is not { } value)
        {
            return pue;
        }

        var (fault, note) = steps.Judge(value, snapshot.UpsStates, nowMs);
        return fault is null
            ? pue with { Reason = PueCalculator.Join(pue.Reason, note) }
            : pue with { Value = null, Uncertainty = null, Quality = Quality.Missing, Reason = fault, Parts = [] };
    }

    private static KpiValue Power(string name, PowerSum sum, long nowMs) => new(
        name, "site", "now", sum.Value, "W", null, sum.Coverage, sum.Value * sum.RelativeUncertainty, sum.Quality, 0, nowMs, sum.Reason);
}
