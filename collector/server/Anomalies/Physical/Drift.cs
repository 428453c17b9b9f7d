namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>How a residual is judged.</summary>
/// <param name="TauSeconds">Over this time it is smoothed.</param>
/// <param name="Floor">The least deviation that is worth an alarm, in the unit of the residual: instruments and models are no better.</param>
/// <param name="Sigmas">The limit in spreads of the smoothed residual, where they are larger than the floor.</param>
internal readonly record struct DriftLimits(double TauSeconds, double Floor, double Sigmas = 6);

/// <summary>
/// One residual against what it was while all was well: smoothed over time, its middle and spread learnt over a day and then frozen.
/// The spread is that of the smoothed residual, so that its memory needs no whitening.
/// </summary>
internal sealed class Drift(DriftLimits limits)
{
    private static readonly LearningNeed Need = new(24, 24 * 3_600_000L);

    private readonly LowPass smooth = new(limits.TauSeconds);
    private readonly RobustBaseline baseline = new(128);
    private readonly LearningPeriod period = new(Need);
    private long learntMs;
    private long crossedMs;
    private double uncertainty = double.NaN;

    /// <summary>Signed, 1 at the limit; NaN while it cannot judge.</summary>
    public double Z { get; private set; } = double.NaN;

    /// <summary>Smoothed residual less what is usual.</summary>
    public double Deviation => smooth.Value - (period.IsComplete ? baseline.Center : 0);

    /// <summary>Of what is learnt half the uncertainty of the law remains, since offsets weigh more at small differences; before, three of it, or nothing.</summary>
    public double Limit => period.IsComplete
        ? Math.Max(Math.Max(limits.Floor, limits.Sigmas * baseline.Scale), double.IsNaN(uncertainty) ? 0 : uncertainty / 2)
        : 3 * uncertainty;

    public bool IsLearning => !period.IsComplete;

    /// <summary>Since when it is past its limit; 0 while it is not.</summary>
    public long SinceMs => crossedMs;

    /// <param name="residual">NaN when the law cannot be applied now: what was judged before then stands.</param>
    /// <param name="standardUncertainty">Of the residual by its instruments (GUM), where the law holds absolutely; NaN where only a change can be judged.</param>
    public void Take(double residual, in Moment moment, bool mayLearn, double standardUncertainty = double.NaN)
    {
        if (!double.IsFinite(residual))
        {
            return;
        }

        uncertainty = standardUncertainty;
        smooth.Take(residual, moment.NowMs);
        if (mayLearn && (!period.IsComplete || moment.Training) && moment.NowMs - learntMs >= limits.TauSeconds * 500)
        {
            learntMs = moment.NowMs;
            baseline.Learn(smooth.Value);
            period.Take(moment.NowMs, moment.Training);
        }

        Z = Deviation / Limit;
        crossedMs = Math.Abs(Z) < 1 || double.IsNaN(Z) ? 0 : crossedMs == 0 ? moment.NowMs : crossedMs;
    }

    public void EndTraining() => period.EndTraining(Need.Samples);

    public void Clear()
    {
        smooth.Clear();
        baseline.Clear();
        period.Clear();
        (Z, learntMs, crossedMs) = (double.NaN, 0, 0);
    }

    public void Save(BinaryWriter writer)
    {
        smooth.Save(writer);
        baseline.Save(writer);
        period.Save(writer);
        writer.Write(learntMs);
    }

    public void Load(BinaryReader reader)
    {
        smooth.Load(reader);
        baseline.Load(reader);
        period.Load(reader);
        learntMs = reader.ReadInt64();
    }

    public override string ToString() => period.IsComplete
        ? $"usual {Spell.Number(baseline.Center)} ± {Spell.Number(Limit)} (limit), learnt from {period}"
        : $"learning: {period}";
}
