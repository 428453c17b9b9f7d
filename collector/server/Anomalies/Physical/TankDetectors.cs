using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>What only tanks have: the level that covers the servers, vapour above a boiling bath, the fluid's temperature.</summary>
internal static class TankDetectors
{
    private const double LeastLevel = 85;
    private const double WarmestFluid = 50;
    private const double CodeLow = 2;
    private const double CodeCritical = 3;

    public static IEnumerable<Detector> Of(CoolingUnit unit)
    {
        if (unit.Kind != "immersion")
        {
            yield break;
        }

        if (Level(unit) is { } level)
        {
            yield return level;
        }

        foreach (var fluid in unit.Device.All("temperature.fluid"))
        {
            var limit = unit.Secondary.Config.LimitC ?? WarmestFluid;
            yield return new StateDetector(
                "fluid_temperature", $"{unit.Id}{(fluid.Series.Part is { } part ? "/" + part : "")}", $"below {limit} °C", new HysteresisLimits(1, 0.9, 60_000, 300_000), [fluid],
                moment => LiquidSignals.Live(fluid, moment.NowMs) / limit,
                _ => new("fluid_temperature", 0.7, $"fluid {Spell.Number(fluid.Value)} °C, limit {Spell.Number(limit)} °C"));
        }

        foreach (var vapour in unit.Device.All("temperature.vapour"))
        {
            // Vapour as warm as the boiling bath has passed the condenser: the tank loses fluid.
            yield return new DriftDetector(
                "vapour", unit.Id, new DriftLimits(120, 3), new HysteresisLimits(1, 0.5, 120_000, 600_000), [vapour],
                moment => LiquidSignals.Live(vapour, moment.NowMs),
                deviation => new(deviation > 0 ? "vapour_escapes" : "vapour_cold", 0.6, $"vapour {Spell.Number(vapour.Value)} °C, {Spell.Signed(deviation)} K against usual"));
        }
    }

    /// <summary>One for level and switch: they say the same.</summary>
    private static StateDetector? Level(CoolingUnit unit)
    {
        var (level, state) = (unit.Find("level", null, "tank"), unit.Device.All("level.state").FirstOrDefault());
        var inputs = new[] { level, state }.OfType<Signal>().ToList();
        return inputs.Count == 0 ? null : new StateDetector(
            "tank_level", unit.Id, $"at least {LeastLevel} %, switch normal", new HysteresisLimits(1, 0.98, 60_000, 300_000), inputs,
            moment =>
            {
                var percent = LiquidSignals.Live(level, moment.NowMs);
                var said = LiquidSignals.Live(state, moment.NowMs);
                var byLevel = percent > 0 ? LeastLevel / percent : percent <= 0 ? 10 : double.NaN;
                var bySwitch = said switch { CodeLow => 1, CodeCritical => 2, double.NaN => double.NaN, _ => 0 };
                return double.IsNaN(byLevel) ? bySwitch : double.IsNaN(bySwitch) ? byLevel : Math.Max(byLevel, bySwitch);
            },
            _ => new("tank_level_low", 0.9, $"level {Spell.Number(level?.Value ?? double.NaN)} %, switch {(state is null ? "none" : Spell.Number(state.Value))}: servers stand dry below {LeastLevel} %"));
    }
}
