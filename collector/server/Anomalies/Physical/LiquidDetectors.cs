using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>The detectors of one CDU or tank, as far as its signals go.</summary>
internal static class LiquidDetectors
{
    public static (string Name, Law Law)[] Laws { get; } =
    [
        ("heat_split", Law.Split), ("exchanger", Law.Exchanger), ("filter", Law.Filter), ("cold_plates", Law.Plates), ("pump_curve", Law.PumpCurve),
        ("tremble", Law.Tremble), ("temperature_rise", Law.Rise), ("valve_curve", Law.ValveCurve),
    ];

    /// <summary>How many laws the signals of a machine allow.</summary>
    public static int LawsOf(LiquidSignals signals) => Laws.Count(one => Needs(one.Law, signals));

    public static IEnumerable<Detector> Of(LiquidWatch watch, IReadOnlyList<Signal> inputs, DetectorLimits limits)
    {
        var signals = watch.Signals;
        foreach (var (name, law) in Laws.Where(one => Needs(one.Law, signals)))
        {
            yield return new LawDetector(name, watch, law, inputs);
        }

        var left = new TimeToLimit(watch);
        if (signals.Flow is not null || signals.PumpSpeeds.Count > 0)
        {
            foreach (var detector in PumpDetectors.Of(watch, left, inputs))
            {
                yield return detector;
            }
        }

        if (signals.Level is not null)
        {
            yield return new LeakDetector(watch, inputs);
        }
        else if (signals is { ReturnKpa: not null, Flow: not null, Supply: not null, Return: not null } && watch.Unit.Kind != "immersion")
        {
            yield return new PressureDetector(watch, inputs);
        }

        if (signals.ValveCommand is not null && signals.ValvePosition is not null)
        {
            yield return Valve(watch, inputs);
        }

        if (signals.Supply is not null)
        {
            yield return Supply(watch, inputs, limits);
            yield return Limit(watch, left, inputs);
            if (signals.Return is not null && signals.Flow is not null)
            {
                yield return Swapped(watch, inputs);
                if (signals.Claimed is not null && watch.Unit.Secondary.Coolant.IsSensible)
                {
                    yield return Claim(watch, inputs, limits);
                }
            }
        }
    }

    private static bool Needs(Law law, LiquidSignals s) => law switch
    {
        Law.Split => s is { Supply: not null, Return: not null, Flow: not null, ColdIn: not null, ColdOut: not null, ColdFlow: not null },
        Law.Exchanger => s is { Supply: not null, Return: not null, Flow: not null, ColdIn: not null, ColdOut: not null },
        Law.Filter => s is { Flow: not null, FilterIn: not null, FilterOut: not null } or { Flow: not null, FilterDelta: not null },
        Law.Plates => s is { Flow: not null, SupplyKpa: not null, ReturnKpa: not null },
        Law.PumpCurve or Law.Tremble => s.Flow is not null && s.PumpSpeeds.Count > 0,
        Law.Rise => s is { Supply: not null, Return: not null, Flow: not null },
        _ => s is { ColdFlow: not null, ValvePosition: not null },
    };

    private static StateDetector Valve(LiquidWatch watch, IReadOnlyList<Signal> inputs) => new(
        "valve", watch.Unit.Id, $"position within {ValveWatch.Tolerance} % of the command", new HysteresisLimits(1, 0.6, 60_000, 120_000), inputs,
        moment =>
        {
            watch.Update(moment);
            return watch.Valve.Score;
        },
        _ => new("valve_stuck", 0.9, $"valve at {Spell.Number(watch.Signals.ValvePosition!.Value)} %, commanded {Spell.Number(watch.Signals.ValveCommand!.Value)} %"));

    /// <summary>Warmer or colder than usual by more than 2 K, and neither water, valve, pumps nor exchanger tell why.</summary>
    private static DriftDetector Supply(LiquidWatch watch, IReadOnlyList<Signal> inputs, DetectorLimits limits) => new(
        "supply_temperature", watch.Unit.Id, limits.Of("supply_temperature", new DriftLimits(60, 2)), new HysteresisLimits(1, 0.5, 60_000, 300_000), inputs,
        moment =>
        {
            watch.Update(moment);
            return watch.SupplyRaw;
        },
        deviation => new(
            watch.Signals.ColdIn is null ? "supply_temperature" : watch.WaterDeviation * Math.Sign(deviation) > 1 ? (deviation > 0 ? "facility_water_warm" : "facility_water_cold") : deviation > 0 ? "low_primary_flow" : "high_primary_flow",
            0.5,
            $"supply {Spell.Number(watch.SupplyRaw)} °C, {Spell.Signed(deviation)} K against usual; facility water {Spell.Number(watch.Signals.ColdIn?.Value ?? double.NaN)} °C"),
        () => watch.IsExplained);

    private static StateDetector Limit(LiquidWatch watch, TimeToLimit left, IReadOnlyList<Signal> inputs) => new(
        "time_to_limit", watch.Unit.Id, "more than five minutes to the limit of the loop", new HysteresisLimits(1, 0.3, 20_000, 120_000), inputs,
        moment =>
        {
            watch.Update(moment);
            left.Update(moment);
            return watch.IsExplained ? 0 : left.Seconds < 1 ? 3 : Math.Min(3, 300 / left.Seconds);
        },
        _ => new("warming", 0.5, $"supply {Spell.Number(watch.SupplyRaw)} °C, {left}"));

    /// <summary>Coolant cannot come back colder than it went while it carries heat: the two thermometers are exchanged.</summary>
    private static StateDetector Swapped(LiquidWatch watch, IReadOnlyList<Signal> inputs) => new(
        "thermometers", watch.Unit.Id, "return not colder than supply", new HysteresisLimits(1, 0.5, 30_000, 120_000), inputs,
        moment =>
        {
            watch.Update(moment);
            var rise = watch.ReturnRaw - watch.SupplyRaw;
            return double.IsNaN(rise) || !(watch.FlowRaw > 5) ? double.NaN : Math.Max(0, -rise);
        },
        _ => new("sensors_swapped", 0.9, $"return {Spell.Number(watch.ReturnRaw)} °C is colder than supply {Spell.Number(watch.SupplyRaw)} °C at {Spell.Number(watch.FlowRaw)} L/min"));

    /// <summary>What the machine says it removes, against what its own flow and temperatures say.</summary>
    private static DriftDetector Claim(LiquidWatch watch, IReadOnlyList<Signal> inputs, DetectorLimits limits) => new(
        "claimed_heat", watch.Unit.Id, limits.Of("claimed_heat", new DriftLimits(120, 0.05)), new HysteresisLimits(1, 0.6, 300_000, 600_000), inputs,
        moment =>
        {
            watch.Update(moment);
            return watch.IsSteady ? Equations.Relative(LiquidSignals.Live(watch.Signals.Claimed, moment.NowMs) / watch.HotHeat) : double.NaN;
        },
        deviation => new("claim_contradicted", 0.8, $"the machine says {Spell.Number(watch.Signals.Claimed!.Value / 1000)} kW, its flow and temperatures give {Spell.Number(watch.HotHeat / 1000)} kW ({Spell.Signed((Math.Exp(deviation) - 1) * 100)} % against usual)"),
        uncertainty: 0.04);
}
