using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>Coolant that changes: conductivity, pH, turbidity and inhibitor against what they were, over hours; their level differs from site to site, so the trend counts.</summary>
internal sealed class CoolantQualityDetector : Detector
{
    private static readonly (string Metric, double Floor, bool IsRelative, string Word)[] Kinds =
    [
        ("coolant.conductivity", 0.05, true, "conductivity"), ("coolant.ph", 0.2, false, "pH"), ("coolant.turbidity", 0.5, true, "turbidity"), ("coolant.inhibitor", 3, false, "inhibitor"),
    ];

    private readonly (Signal Signal, Drift Drift, bool IsRelative, string Word)[] points;

    private CoolantQualityDetector(string subject, (Signal Signal, Drift Drift, bool IsRelative, string Word)[] points)
        : base("coolant_quality", subject, new HysteresisLimits(1, 0.7, 3_600_000, 6 * 3_600_000), [.. points.Select(point => point.Signal)]) => this.points = points;

    public override DetectorPhase Phase => Array.Exists(points, point => !point.Drift.IsLearning) ? DetectorPhase.Watching : DetectorPhase.Learning;

    public override string Baseline => string.Join("; ", points.Select(point => $"{point.Word}: {point.Drift}"));

    public static IEnumerable<Detector> Of(CoolingUnit unit)
    {
        var points = Kinds.SelectMany(kind => unit.Device.All(kind.Metric).Select(signal => (signal, new Drift(new DriftLimits(4 * 3600, kind.Floor)), kind.IsRelative, kind.Word))).ToArray();
        return points.Length > 0 ? [new CoolantQualityDetector(unit.Id, points)] : [];
    }

    public override void EndTraining() => Array.ForEach(points, point => point.Drift.EndTraining());

    protected override double Judge(in Moment moment)
    {
        var score = double.NaN;
        foreach (var (signal, drift, isRelative, _) in points)
        {
            var value = LiquidSignals.Live(signal, moment.NowMs);
            drift.Take(isRelative ? Equations.Relative(value) : value, moment, !IsAnomalous);
            score = double.IsNaN(drift.Z) || Math.Abs(drift.Z) <= score ? score : Math.Abs(drift.Z);
        }

        return score;
    }

    protected override Finding Explain(long nowMs) => new(
        IsAnomalous ? "coolant_quality" : "", 0.7,
        string.Join(", ", points.Where(point => !double.IsNaN(point.Drift.Z)).Select(point =>
            $"{point.Word} {Spell.Number(point.Signal.Value)}{Spell.Unit(point.Signal.Metric?.Unit)} ({(point.IsRelative ? Spell.Signed((Math.Exp(point.Drift.Deviation) - 1) * 100) + " %" : Spell.Signed(point.Drift.Deviation))} against usual)")));

    protected override void Forget() => Array.ForEach(points, point => point.Drift.Clear());

    protected override void SaveLearnt(BinaryWriter writer) => Array.ForEach(points, point => point.Drift.Save(writer));

    protected override void LoadLearnt(BinaryReader reader) => Array.ForEach(points, point => point.Drift.Load(reader));
}
