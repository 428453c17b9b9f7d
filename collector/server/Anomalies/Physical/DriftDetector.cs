namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>A detector of one residual against its learnt middle: what differs from one to the next is the residual, its limits and its words.</summary>
/// <param name="residual">NaN when it cannot be computed at that instant.</param>
/// <param name="explain">Given the deviation.</param>
/// <param name="isExplained">Something else tells it already.</param>
/// <param name="uncertainty">Standard uncertainty of the residual where it is zero by itself; NaN where only a change can be judged.</param>
internal sealed class DriftDetector(
    string name, string subject, DriftLimits limits, HysteresisLimits hysteresis, IReadOnlyList<Signal> inputs,
    Func<Moment, double> residual, Func<double, Finding> explain, Func<bool>? isExplained = null, double uncertainty = double.NaN)
    : Detector(name, subject, hysteresis, inputs)
{
    private readonly Drift drift = new(limits);

    public override DetectorPhase Phase => drift.IsLearning ? DetectorPhase.Learning : DetectorPhase.Watching;

    public override string Baseline => drift.ToString();

    public override void EndTraining() => drift.EndTraining();

    protected override double Judge(in Moment moment)
    {
        var value = residual(moment);
        var explained = isExplained?.Invoke() == true;
        drift.Take(value, moment, !IsAnomalous && !explained, uncertainty);
        var score = double.IsNaN(value) ? double.NaN : Math.Abs(drift.Z);
        return score >= 1 && explained ? 0.5 : score;
    }

    protected override Finding Explain(long nowMs)
    {
        var finding = explain(drift.Deviation);
        return IsAnomalous ? finding : finding with { Cause = "", Confidence = 0 };
    }

    protected override void Forget() => drift.Clear();

    protected override void SaveLearnt(BinaryWriter writer) => drift.Save(writer);

    protected override void LoadLearnt(BinaryReader reader) => drift.Load(reader);
}
