namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>
/// The air that a rack takes in: warmer over the supply air than it used to be means that exhaust comes back; above the recommended limit is
/// too warm whatever the reason. Counts the hours in the recommended and in the allowable range of its class.
/// </summary>
internal sealed class InletDetector(Signal inlet, IReadOnlyList<Signal> supplies, InletLimits limits)
    : Detector("rack_inlet", inlet.Series.Part is { } part ? $"{inlet.Series.Device}/{part}" : inlet.Series.Device, new HysteresisLimits(1, 0.5, 300_000, 900_000), [inlet, .. supplies])
{
    /// <summary>Allowable for class A1 of TC 9.9, °C.</summary>
    private static readonly (double Low, double High) Allowable = (15, 32);

    private readonly Drift drift = new(new DriftLimits(300, limits.RecirculationK));
    private long lastMs;

    /// <summary>Hours within the recommended range, within the allowable one only, and outside of both.</summary>
    public (double Recommended, double Allowable, double Outside) Hours { get; private set; }

    public override DetectorPhase Phase => drift.IsLearning ? DetectorPhase.Learning : DetectorPhase.Watching;

    public override string Baseline =>
        $"{drift}; hours recommended {Spell.Number(Hours.Recommended)}, allowable {Spell.Number(Hours.Allowable)}, outside {Spell.Number(Hours.Outside)}";

    public override void EndTraining() => drift.EndTraining();

    protected override double Judge(in Moment moment)
    {
        var celsius = LiquidSignals.Live(inlet, moment.NowMs);
        if (double.IsNaN(celsius))
        {
            return double.NaN;
        }

        Count(celsius, moment.NowMs);
        drift.Take(celsius - Supply(moment.NowMs), moment, !IsAnomalous);
        var over = Math.Max(celsius - limits.HighC, limits.LowC - celsius);
        return Math.Max(drift.Z > 0 ? drift.Z : 0, over > 0 ? 1 + over : 0);
    }

    protected override Finding Explain(long nowMs)
    {
        var seen = $"inlet {Spell.Number(inlet.Value)} °C, supply air {Spell.Number(Supply(nowMs))} °C";
        return !IsAnomalous ? new("", 0, seen)
            : drift.Z >= 1 ? new("recirculation", 0.8, $"{seen}: {Spell.Signed(drift.Deviation)} K more between them than usual (limit {Spell.Number(drift.Limit)} K)")
            : new("inlet_temperature", 0.8, $"{seen}: outside the recommended {Spell.Number(limits.LowC)} to {Spell.Number(limits.HighC)} °C");
    }

    protected override void Forget()
    {
        drift.Clear();
        Hours = default;
    }

    protected override void SaveLearnt(BinaryWriter writer)
    {
        drift.Save(writer);
        writer.Write(Hours.Recommended);
        writer.Write(Hours.Allowable);
        writer.Write(Hours.Outside);
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
        drift.Load(reader);
        Hours = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
    }

    private void Count(double celsius, long nowMs)
    {
        // A silence is no hour of anything.
        var hours = lastMs > 0 && nowMs - lastMs < inlet.StaleAfterMs ? (nowMs - lastMs) / 3.6e6 : 0;
        lastMs = nowMs;
        var (recommended, allowable, outside) = Hours;
        Hours = celsius >= limits.LowC && celsius <= limits.HighC ? (recommended + hours, allowable, outside)
            : celsius >= Allowable.Low && celsius <= Allowable.High ? (recommended, allowable + hours, outside)
            : (recommended, allowable, outside + hours);
    }

    private double Supply(long nowMs)
    {
        double sum = 0;
        var count = 0;
        foreach (var signal in supplies)
        {
            var value = LiquidSignals.Live(signal, nowMs);
            if (double.IsFinite(value))
            {
                sum += value;
                count++;
            }
        }

        return count > 0 ? sum / count : double.NaN;
    }
}
