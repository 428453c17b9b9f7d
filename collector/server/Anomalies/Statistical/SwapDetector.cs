namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>
/// Supply and return have changed places: their difference has kept its size and turned its sign, for ten minutes. Learnt: the difference
/// while sound. Judged only while the machine carries heat, that is, while the difference is half of what it was or more.
/// </summary>
internal sealed class SwapDetector(string subject, Signal supply, Signal back)
    : Detector("swapped", subject, new HysteresisLimits(1, 0.3, 600_000, 600_000), [supply, back])
{
    private const int Enough = 100;

    /// <summary>Half of the learnt difference, on the wrong side, is at the limit.</summary>
    private const double Half = 0.5;

    /// <summary>K; a smaller difference has no sign.</summary>
    private const double Least = 0.5;

    private readonly RobustBaseline sound = new(128);
    private long seen;

    public override DetectorPhase Phase => sound.Count >= Enough ? DetectorPhase.Watching : sound.Count > 0 ? DetectorPhase.Learning : DetectorPhase.Waiting;

    public override string Baseline => $"return − supply {Spell.Number(sound.Center)} ± {Spell.Number(sound.Scale)} K, from {sound.Count} readings";

    private double Difference => back.Value - supply.Value;

    protected override double Judge(in Moment moment)
    {
        if (supply.Count + back.Count == seen || !supply.IsLive(moment.NowMs) || !back.IsLive(moment.NowMs))
        {
            return double.NaN;
        }

        seen = supply.Count + back.Count;
        if (sound.Count < Enough || moment.Training)
        {
            sound.Learn(Difference);
            return double.NaN;
        }

        // A difference that is not far from zero, or of either sign while sound, tells nothing.
        if (Math.Abs(sound.Center) < Math.Max(Least, 2 * sound.Scale))
        {
            sound.Learn(Difference);
            return 0;
        }

        var score = -Difference * Math.Sign(sound.Center) / (Half * Math.Abs(sound.Center));
        if (score < 0 && !IsAnomalous)
        {
            sound.Learn(Difference);
        }

        return Math.Max(0, score);
    }

    protected override Finding Explain(long nowMs) => IsAnomalous
        ? new Finding(
            "supply and return swapped", 0.7,
            $"return − supply is {Spell.Signed(Difference)} K and was {Spell.Signed(sound.Center)} ± {Spell.Number(sound.Scale)} K while sound ({supply.Series.MetricPath} {Spell.Number(supply.Value)} °C, {back.Series.MetricPath} {Spell.Number(back.Value)} °C), for ten minutes; learnt from {sound.Count} readings")
        : new Finding("supply and return swapped", 0.7, $"return − supply is {Spell.Signed(Difference)} K again");

    protected override void Forget() => sound.Clear();

    protected override void SaveLearnt(BinaryWriter writer) => sound.Save(writer);

    protected override void LoadLearnt(BinaryReader reader) => sound.Load(reader);
}
