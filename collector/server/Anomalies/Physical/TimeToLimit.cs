using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>
/// How long until the loop is too warm: t = C·(T_lim − T)/(P − Q), with C from the loop's volume; where the volume is not known, from the
/// slope that is seen. T is the warmer end of the loop while the flow is lost, else its supply.
/// </summary>
internal sealed class TimeToLimit(LiquidWatch watch)
{
    /// <summary>Taken where the facility file gives no limit: cold plates are laid out for 45 °C supply, tanks for 55 °C.</summary>
    public static double DefaultLimit(CoolingUnit unit) => unit.Kind == "immersion" ? 55 : 45;

    private readonly LowPass slope = new(10);
    private double before = double.NaN;
    private long beforeMs;

    /// <summary>Infinite while it does not warm.</summary>
    public double Seconds { get; private set; } = double.PositiveInfinity;

    public void Update(in Moment moment)
    {
        var now = moment.NowMs;
        var unit = watch.Unit;
        var celsius = watch.Pumps.Cause is null ? watch.SupplyRaw : Math.Max(watch.SupplyRaw, watch.ReturnRaw);
        if (double.IsNaN(celsius) || now <= beforeMs)
        {
            return;
        }

        // A body of liquid does not jump; a reading that does is of another place or of another sensor.
        if (Math.Abs(celsius - before) * 1000 / (now - beforeMs) < 0.5)
        {
            slope.Take((celsius - before) * 1000 / (now - beforeMs), now);
        }

        (before, beforeMs) = (celsius, now);
        var limit = unit.Secondary.Config.LimitC ?? DefaultLimit(unit);
        var coolant = unit.Secondary.Coolant;
        var heat = unit.Secondary.Heat.Sum(signal => LiquidSignals.Live(signal, now)) * unit.Secondary.Config.LiquidShare;
        var taken = coolant.Heat(watch.FlowRaw, watch.SupplyRaw, watch.ReturnRaw);
        var byBalance = unit.Secondary.Config.VolumeL is { } litres && unit.Secondary.Heat.Count > 0 && watch.Pumps.Cause is not null
            ? Equations.SecondsToLimit(litres / 1000 * coolant.Density(celsius) * coolant.SpecificHeat(celsius), celsius, limit, heat - Math.Max(0, taken))
            : double.PositiveInfinity;
        var bySlope = celsius >= limit ? 0 : slope.Value > 0.002 ? (limit - celsius) / slope.Value : double.PositiveInfinity;
        Seconds = double.IsFinite(byBalance) ? Math.Min(byBalance, bySlope) : bySlope;
    }

    public override string ToString() => double.IsFinite(Seconds)
        ? $"limit {Spell.Number(watch.Unit.Secondary.Config.LimitC ?? DefaultLimit(watch.Unit))} °C in {Spell.Span((long)(Seconds * 1000))}"
        : "not warming";
}
