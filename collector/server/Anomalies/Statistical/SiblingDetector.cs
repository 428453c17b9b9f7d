namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>The same signal of many machines of one kind: its middle and spread now, computed once for all of them.</summary>
internal sealed class Siblings(IReadOnlyList<Signal> signals)
{
    private readonly double[] values = new double[signals.Count];
    private long computedMs = -1;

    public IReadOnlyList<Signal> Signals => signals;

    /// <summary>NaN while fewer than five are live.</summary>
    public double Middle { get; private set; } = double.NaN;

    public double Spread { get; private set; }

    public int Live { get; private set; }

    public void Compute(long nowMs)
    {
        if (computedMs == nowMs)
        {
            return;
        }

        computedMs = nowMs;
        Live = 0;
        foreach (var signal in signals)
        {
            if (signal.IsLive(nowMs))
            {
                values[Live++] = signal.Value;
            }
        }

        if (Live < SiblingDetector.Least)
        {
            Middle = double.NaN;
            return;
        }

        var span = values.AsSpan(0, Live);
        span.Sort();
        Middle = span[Live / 2];
        for (var i = 0; i < Live; i++)
        {
            span[i] = Math.Abs(span[i] - Middle);
        }

        span.Sort();
        Spread = 1.4826 * span[Live / 2];
    }
}

/// <summary>
/// A machine strays from its siblings: its distance from their middle is not what it was, by more than it and they usually differ. What moves
/// all of them, weather or load, moves none against the others.
/// </summary>
internal sealed class SiblingDetector(string subject, Signal signal, Siblings siblings)
    : Detector("siblings_" + signal.Series.MetricPath.Replace('.', '_').Replace('/', '_'), subject, new HysteresisLimits(1, 0.6, 300_000, 300_000), [signal])
{
    /// <summary>Fewer siblings have no middle.</summary>
    public const int Least = 5;

    private const double Limit = 6;
    private const double MinutesOfMemory = 5;
    private const long EveryMs = 10_000;
    private static readonly LearningNeed Need = new(500, 86_400_000);

    private readonly RobustBaseline usual = new(64);
    private readonly LearningPeriod learning = new(Need);
    private readonly LowPass distance = new(MinutesOfMemory * 60);
    private Siblings siblings = siblings;
    private long judgedMs;

    public override DetectorPhase Phase => learning.IsComplete ? DetectorPhase.Watching : learning.Samples > 0 ? DetectorPhase.Learning : DetectorPhase.Waiting;

    public override string Baseline => $"{Spell.Signed(usual.Center)} ± {Spell.Number(usual.Scale)} from the middle of {siblings.Signals.Count} siblings, from {learning}";

    protected override double Judge(in Moment moment)
    {
        if (moment.NowMs - judgedMs < EveryMs || !signal.IsLive(moment.NowMs))
        {
            return double.NaN;
        }

        judgedMs = moment.NowMs;
        siblings.Compute(moment.NowMs);
        if (double.IsNaN(siblings.Middle))
        {
            return double.NaN;
        }

        distance.Take(signal.Value - siblings.Middle, moment.NowMs);
        if (!learning.IsComplete)
        {
            usual.Learn(distance.Value);
            learning.Take(moment.NowMs, moment.Training);
            return double.NaN;
        }

        var score = Math.Abs(distance.Value - usual.Center) / (Limit * Spread());
        if (score < 0.5 && !IsAnomalous)
        {
            usual.Learn(distance.Value);
        }

        return score;
    }

    public override void Join(Detector made) => siblings = ((SiblingDetector)made).siblings;

    public override void EndTraining() => learning.EndTraining(64);

    protected override Finding Explain(long nowMs)
    {
        var unit = Spell.Unit(signal.Metric?.Unit);
        var away = distance.Value - usual.Center;
        return IsAnomalous
            ? new Finding(
                $"{signal.Series.MetricPath} {(away < 0 ? "low" : "high")} among siblings", 0.6,
                $"{signal.Series.MetricPath} is {Spell.Number(signal.Value)}{unit} where the middle of {siblings.Live} siblings is {Spell.Number(siblings.Middle)}{unit}: {Spell.Signed(distance.Value)} from it over {MinutesOfMemory} min, usually {Spell.Signed(usual.Center)} ± {Spell.Number(Spread())}")
            : new Finding("among siblings", 0.6, $"{signal.Series.MetricPath} is again as far from its siblings as it used to be");
    }

    protected override void Forget()
    {
        usual.Clear();
        learning.Clear();
        distance.Clear();
    }

    protected override void SaveLearnt(BinaryWriter writer)
    {
        usual.Save(writer);
        learning.Save(writer);
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
        usual.Load(reader);
        learning.Load(reader);
    }

    /// <summary>What it usually varies by, but no less than half of what siblings differ by, nor than instruments tell apart.</summary>
    private double Spread() => Math.Max(usual.Scale, Math.Max(0.5 * siblings.Spread, Math.Max(0.01 * Math.Abs(siblings.Middle) / Limit, 1e-3)));
}
