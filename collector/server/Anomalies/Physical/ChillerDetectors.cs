using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>A chiller that does not hold its set point: it explains everything that is too warm behind it.</summary>
internal static class ChillerDetectors
{
    public static bool CanJudge(CoolingUnit unit) => unit.Kind == "chiller" && unit.Find("temperature.setpoint") is not null && unit.SecondarySide.Supply is not null;

    public static IEnumerable<Detector> All(CoolingUnit chiller, DetectorLimits limits)
    {
        if (CanJudge(chiller))
        {
            yield return Of(chiller);
        }

        if (chiller.Find("compressor.output") is { } output && chiller.Find("heat.removed") is { } heat)
        {
            yield return Capacity(chiller, output, heat, limits);
        }
    }

    /// <summary>
    /// Heat a percent of compressor: ln(Q · (1 − free) / (output · rated)). A machine that lost a circuit still holds its set point while it has
    /// reserve, but works harder for the same heat. Before a day is learnt, and with a nameplate, three times a tenth are needed.
    /// </summary>
    private static DriftDetector Capacity(CoolingUnit chiller, Signal output, Signal heat, DetectorLimits limits)
    {
        // Below a fifth of its output a compressor is switched and bypassed, and its share says little.
        const double LeastOutput = 20, LeastMechanical = 0.2, Nameplate = 0.1;
        var free = chiller.Find("freecooling.output");
        var rated = chiller.Config.RatedW;
        IReadOnlyList<Signal> inputs = [.. new[] { output, heat, free }.OfType<Signal>()];
        return new DriftDetector(
            "chiller_output", chiller.Id, limits.Of("chiller_output", new DriftLimits(300, 0.15)), new HysteresisLimits(1, 0.6, 300_000, 900_000), inputs,
            moment =>
            {
                var percent = LiquidSignals.Live(output, moment.NowMs);
                var mechanical = free is null ? 1 : 1 - (LiquidSignals.Live(free, moment.NowMs) / 100);
                var ratio = percent >= LeastOutput && mechanical >= LeastMechanical ? LiquidSignals.Live(heat, moment.NowMs) * mechanical / (percent / 100 * (rated ?? 1)) : double.NaN;
                return Equations.Relative(ratio);
            },
            deviation => new(
                deviation < 0 ? "chiller_capacity" : "chiller_output", deviation < 0 ? 0.8 : 0.4,
                $"compressor at {Spell.Number(output.Value)} % for {Spell.Number(heat.Value / 1000)} kW, {Spell.Number(LiquidSignals.Live(free, output.AtMs))} % of it free cooling: {Spell.Signed((Math.Exp(deviation) - 1) * 100)} % heat a percent against {(rated is null ? "usual" : "usual or nameplate")}"),
            uncertainty: rated is null ? double.NaN : Nameplate);
    }

    private static StateDetector Of(CoolingUnit chiller)
    {
        var inputs = new PlantWatch([chiller]).Signals.ToList();
        var compressor = chiller.Find("compressor.output");
        var free = chiller.Find("freecooling.output");
        return new StateDetector(
            "chilled_water", chiller.Id, $"supply within {PlantWatch.Band} K above set point", new HysteresisLimits(1, 0.4, 20_000, 120_000), inputs,
            moment =>
            {
                var over = PlantWatch.Over(chiller, moment.NowMs);
                return double.IsNaN(over) ? double.NaN : Math.Max(0, over) / PlantWatch.Band;
            },
            now =>
            {
                var output = LiquidSignals.Live(compressor, now);
                var seen = $"supply {Spell.Number(chiller.SecondarySide.Supply!.Value)} °C, set point {Spell.Number(chiller.Find("temperature.setpoint")!.Value)} °C";
                return output < 5
                    ? new("chiller_trip", 0.9, $"{seen}, compressor at {Spell.Number(output)} %, free cooling {Spell.Number(LiquidSignals.Live(free, now))} %")
                    : new("chiller_capacity", double.IsNaN(output) ? 0.5 : 0.8, $"{seen}, compressor at {Spell.Number(output)} %");
            });
    }
}
