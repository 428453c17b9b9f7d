namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>
/// A closed loop that loses coolant loses pressure: what the return pressure is below a + b·T + c·flow², learnt over a day, falls steadily then.
/// For loops without a level; how many litres a kilopascal is depends on the vessel, so the loss is told in kPa/h.
/// </summary>
internal sealed class PressureDecay
{
    /// <summary>A membrane vessel of this trade gives some 6 kPa for a litre.</summary>
    public const double KilopascalPerLitre = 6;

    private const double MostLeverage = 0.25;

    private static readonly LearningNeed Need = new(48, 24 * 3_600_000L);

    private readonly Regression usual = new(3);
    private readonly LearningPeriod period = new(Need);
    private readonly double[] x = [1, 0, 0];
    private double scale;
    private long learntMs;

    public bool IsLearning => !period.IsComplete;

    /// <summary>Litres less than usual, as far as pressure tells; NaN while the usual pressure is being learnt, and where it was never learnt.</summary>
    public double Litres(double kilopascal, double celsius, double flow, in Moment moment, bool learns)
    {
        if (!double.IsFinite(kilopascal + celsius + flow))
        {
            return double.NaN;
        }

        scale = scale > 0 ? scale : Math.Max(1, flow * flow);
        (x[1], x[2]) = ((celsius - 25) / 10, flow * flow / scale);
        if (learns && !period.IsComplete && moment.NowMs - learntMs >= 600_000)
        {
            learntMs = moment.NowMs;
            usual.Learn(x, kilopascal, moment.NowMs);
            period.Take(moment.NowMs, moment.Training);
            if (moment.Training)
            {
                period.EndTraining(Need.Samples);
            }
        }

        // Warmer or faster than it ever was while it learnt: the fit says nothing there.
        return period.IsComplete && usual.Leverage(x) < MostLeverage ? (kilopascal - usual.Predict(x)) / KilopascalPerLitre : double.NaN;
    }

    public void Clear()
    {
        usual.Clear();
        period.Clear();
        (scale, learntMs) = (0, 0);
    }

    public void Save(BinaryWriter writer)
    {
        usual.Save(writer);
        period.Save(writer);
        writer.Write(scale);
    }

    public void Load(BinaryReader reader)
    {
        usual.Load(reader);
        period.Load(reader);
        scale = reader.ReadDouble();
    }
}
