using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>A chiller that does not hold its set point: it explains everything that is too warm behind it.</summary>
internal static class ChillerDetectors
{
    public static bool CanJudge(CoolingUnit unit) => unit.Kind == "chiller" && unit.Find("temperature.setpoint") is not null && unit.SecondarySide.Supply is not null;

    public static Detector Of(CoolingUnit chiller)
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
