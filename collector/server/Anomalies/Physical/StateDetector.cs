namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>A detector without anything to learn: a score from the present values and words for it.</summary>
internal sealed class StateDetector(
    string name, string subject, string rule, HysteresisLimits hysteresis, IReadOnlyList<Signal> inputs, Func<Moment, double> score, Func<long, Finding> explain)
    : Detector(name, subject, hysteresis, inputs)
{
    public override DetectorPhase Phase => double.IsNaN(Score) ? DetectorPhase.Waiting : DetectorPhase.Watching;

    /// <summary>The rule that it judges by.</summary>
    public override string Baseline => rule;

    protected override double Judge(in Moment moment) => score(moment);

    protected override Finding Explain(long nowMs)
    {
        var finding = explain(nowMs);
        return IsAnomalous ? finding : finding with { Cause = "", Confidence = 0 };
    }

    protected override void Forget()
    {
    }

    protected override void SaveLearnt(BinaryWriter writer)
    {
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
    }
}
