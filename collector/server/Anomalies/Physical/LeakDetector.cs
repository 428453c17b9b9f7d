using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>
/// Coolant lost, by the mass of what is left, in litres an hour; pressure decay tells whether it is the level or only its sensor. How often
/// the loop is made up is in the same sum: what was filled is what was lost.
/// </summary>
internal sealed class LeakDetector(LiquidWatch watch, IReadOnlyList<Signal> inputs)
    : Detector("mass_balance", watch.Unit.Id, new HysteresisLimits(1, 0.5, 0, 3_600_000), inputs)
{
    private const double ReservoirDefault = 30;
    private const double TankDefault = 900;
    private const double VolumeDefault = 250;
    private const double ReferenceCelsius = 25;

    private readonly Signal[] ropes = [.. watch.Unit.Device.All("leak.detected")];
    private readonly MassBalance balance = new(ReservoirOf(watch.Unit));
    private readonly Drift pressure = new(new DriftLimits(300, 4));
    private readonly LowPass mean = new(120);
    private readonly LowPass slowMean = new(1800);
    private double lastLevel = double.NaN;
    private double jumped;
    private long lastJumpMs;
    private int fills;

    private double ReservoirL => ReservoirOf(watch.Unit);

    private double VolumeL => watch.Unit.Secondary.Config.VolumeL ?? (watch.Unit.Kind == "immersion" ? TankDefault : VolumeDefault);

    public override DetectorPhase Phase => watch.Signals.Level is null ? DetectorPhase.Waiting : balance.Learnt < 2 ? DetectorPhase.Learning : DetectorPhase.Watching;

    public override string Baseline => $"loss of the sound loop known over {balance.Learnt} of 4 windows; reservoir {Spell.Number(ReservoirL)} L, loop {Spell.Number(VolumeL)} L";

    protected override double Judge(in Moment moment)
    {
        watch.Update(moment);
        var now = moment.NowMs;
        var level = LiquidSignals.Live(watch.Signals.Level, now);
        if (double.IsNaN(level) || level is <= 0.5 or >= 104)
        {
            // An empty or overfull reservoir tells no slope.
            return balance.Score;
        }

        var celsius = mean.Take(watch.Mean, now);
        var madeUp = 1000 * LiquidSignals.Live(watch.Signals.MakeUp, now);
        Jump(level, double.IsFinite(madeUp), now);
        var reference = double.IsFinite(celsius) ? celsius : ReferenceCelsius;
        var warm = Equations.ThermalLitres(VolumeL, watch.Unit.Secondary.Coolant.Expansion(reference), reference, ReferenceCelsius);
        var litres = (level / 100 * ReservoirL) - (double.IsFinite(madeUp) ? madeUp : 0) - jumped - warm;

        // While the loop warms up or cools down, its mean temperature is not that of all its liquid: a third of the difference stays in doubt.
        var slow = slowMean.Take(celsius, now);
        var doubt = Math.Max(0, Math.Abs(reference - slow) - 0.3) / 3 * VolumeL * watch.Unit.Secondary.Coolant.Expansion(reference);
        balance.Take(litres, double.IsFinite(doubt) ? doubt : 0, now, !IsAnomalous && !(balance.Score > 0.7));

        pressure.Take(watch.Signals.ReturnKpa is { } kpa ? LiquidSignals.Live(kpa, now) : double.NaN, moment, !IsAnomalous && !(balance.Score > 0.7));

        // A rope that lies in coolant has said it already.
        return !IsAnomalous && IsWet(now) ? Math.Min(balance.Score, 0.9) : balance.Score;
    }

    private bool IsWet(long now)
    {
        foreach (var rope in ropes)
        {
            if (LiquidSignals.Live(rope, now) == 1)
            {
                return true;
            }
        }

        return false;
    }

    protected override Finding Explain(long nowMs)
    {
        var rate = $"loses {Spell.Number(balance.LitresPerHour)} ± {Spell.Number(balance.Uncertainty)} L/h over {balance.Over}, warmth and make-up taken out";
        var level = $"level {Spell.Number(watch.Signals.Level!.Value)} %{(fills > 0 ? $", {fills} fills seen" : "")}";
        if (!IsAnomalous)
        {
            return new("", 0, $"{rate}; {level}");
        }

        // A closed loop that loses liquid loses pressure; a tank is open and cannot say.
        var falls = pressure.Deviation;
        var lost = balance.LitresPerHour;
        return watch.Signals.ReturnKpa is null || watch.Unit.Kind == "immersion" || !double.IsFinite(pressure.Z)
            ? new("leak", 0.8, $"{rate}; {level}")
            : falls < -1 ? new("leak", 0.95, $"{rate}; {level}; pressure {Spell.Signed(falls)} kPa against usual")
            : lost > 5 ? new("leak", 0.6, $"{rate}; {level}; pressure has not fallen yet")
            : new("level_sensor", 0.6, $"{rate}; {level}; but pressure has not fallen ({Spell.Signed(falls)} kPa), so the sensor drifts, or the loop is open and leaks");
    }

    protected override void Forget()
    {
        balance.Clear();
        pressure.Clear();
        mean.Clear();
        slowMean.Clear();
        (lastLevel, jumped, fills) = (double.NaN, 0, 0);
    }

    protected override void SaveLearnt(BinaryWriter writer)
    {
        balance.Save(writer);
        pressure.Save(writer);
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
        balance.Load(reader);
        pressure.Load(reader);
    }

    private static double ReservoirOf(CoolingUnit unit) => unit.Config.ReservoirL ?? (unit.Kind == "immersion" ? TankDefault : ReservoirDefault);

    /// <summary>Without a counter a fill is seen as a level that rises faster than warmth can raise it: its litres are taken out.</summary>
    private void Jump(double level, bool isCounted, long now)
    {
        var rise = level - lastLevel;
        lastLevel = level;
        if (isCounted || !(rise > 1.5))
        {
            return;
        }

        jumped += rise / 100 * ReservoirL;
        fills += now - lastJumpMs > 600_000 ? 1 : 0;
        lastJumpMs = now;
    }
}
