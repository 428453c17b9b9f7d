namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>
/// ΔP = K·flow² + b of a filter or of cold plates, with the offset b of the two gauges learnt for half a day beside K; what is left is
/// ln(ΔP / expected), which is the relative change of K.
/// </summary>
internal sealed class ResistanceLaw(double tauSeconds)
{
    private static readonly LearningNeed Need = new(24, 12 * 3_600_000L);

    private readonly Regression curve = new(2);
    private readonly LearningPeriod period = new(Need);
    private readonly LowPass pressure = new(tauSeconds);
    private readonly LowPass squared = new(tauSeconds);
    private readonly double[] x = [0, 1];
    private double scale;
    private long learntMs;

    /// <summary>NaN while the curve is being learnt.</summary>
    public double Residual(double kilopascal, double flow, in Moment moment, bool learns)
    {
        if (!(kilopascal > 0 && flow > 0))
        {
            return double.NaN;
        }

        var smooth = pressure.Take(kilopascal, moment.NowMs);
        var flowSquared = squared.Take(flow * flow, moment.NowMs);
        scale = scale > 0 ? scale : flowSquared;
        if (learns && !period.IsComplete && moment.NowMs - learntMs >= tauSeconds * 500)
        {
            learntMs = moment.NowMs;
            x[0] = flowSquared / scale;
            curve.Learn(x, smooth, moment.NowMs);
            period.Take(moment.NowMs, moment.Training);
            if (moment.Training)
            {
                // Known-good data may be short: the number of samples is enough.
                period.EndTraining(Need.Samples);
            }
        }

        if (!period.IsComplete)
        {
            return double.NaN;
        }

        // The drift smooths: here the present reading against what the present flow lets expect.
        x[0] = flow * flow / scale;
        return Equations.Relative(kilopascal / curve.Predict(x));
    }

    public void Clear()
    {
        curve.Clear();
        period.Clear();
        pressure.Clear();
        squared.Clear();
        (scale, learntMs) = (0, 0);
    }

    public void Save(BinaryWriter writer)
    {
        curve.Save(writer);
        period.Save(writer);
        writer.Write(scale);
    }

    public void Load(BinaryReader reader)
    {
        curve.Load(reader);
        period.Load(reader);
        scale = reader.ReadDouble();
    }
}
