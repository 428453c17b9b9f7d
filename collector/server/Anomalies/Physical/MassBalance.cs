namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>
/// Litres that a closed loop loses: V = level · reservoir − make-up − what warmth adds. The loss is the slope of V over four windows at once,
/// short ones for large leaks, a day for a weeping coupling; each against the slope of the sound loop.
/// </summary>
/// <remarks>V is kept as means of a minute over an hour and means of ten minutes over a day, so that it costs little and noise averages out.</remarks>
/// <param name="reservoirLitres">What its level's 100 % is: the coarser the level, the larger the least loss that can be seen.</param>
internal sealed class MassBalance(double reservoirLitres)
{
    /// <summary>Floors of the windows are for reservoirs up to this size; of larger ones the level is coarser, and more of it averages out.</summary>
    private const double SmallReservoir = 60;

    private const int Minutes = 60;
    private const int Tens = 144;

    private static readonly Window[] Windows =
    [
        new(5, false, 4, "5 min"), new(30, false, 0.8, "30 min"), new(18, true, 0.2, "3 h"), new(Tens, true, 0.05, "24 h"),
    ];

    private readonly double[] byMinute = new double[Minutes];
    private readonly double[] byTen = new double[Tens];
    private readonly RobustBaseline[] usual = [.. Windows.Select(_ => new RobustBaseline(64))];
    private readonly double[] rates = [.. Windows.Select(_ => double.NaN)];
    private readonly double[] limits = [.. Windows.Select(_ => double.NaN)];
    private long minuteMs;
    private double minuteSum;
    private int minuteCount;
    private int minutes;
    private int tens;
    private double tenSum;
    private int tenCount;
    private long learntMs;
    private double largestDoubt;

    /// <summary>Largest loss in terms of its limit, 1 at the limit; NaN before five minutes are known.</summary>
    public double Score { get; private set; } = double.NaN;

    /// <summary>Litres an hour by the shortest window that is sure enough.</summary>
    public double LitresPerHour { get; private set; } = double.NaN;

    /// <summary>Of <see cref="LitresPerHour"/>, at the limit's confidence.</summary>
    public double Uncertainty { get; private set; } = double.NaN;

    public string Over { get; private set; } = "";

    /// <summary>Windows whose sound slope is known.</summary>
    public int Learnt => usual.Count(baseline => baseline.Count >= 24);

    /// <param name="litres">Compensated content of the loop.</param>
    /// <param name="doubt">Litres by which the compensation may be off by now: the liquid is not as warm everywhere as its thermometers.</param>
    /// <param name="learns">The loop is known to be sound.</param>
    public void Take(double litres, double doubt, long nowMs, bool learns)
    {
        largestDoubt = Math.Max(doubt, largestDoubt * 0.999);
        if (!double.IsFinite(litres))
        {
            return;
        }

        var minute = nowMs / 60_000;
        if (minuteCount > 0 && minute != minuteMs / 60_000)
        {
            // After a silence the past is of another loop.
            if (minute - (minuteMs / 60_000) > 30)
            {
                (minutes, tens, tenCount, tenSum, minuteCount, minuteSum) = (0, 0, 0, 0, 0, 0);
            }
            else
            {
                Close(minuteSum / minuteCount, minute - (minuteMs / 60_000), nowMs, learns);
            }
        }

        minuteMs = nowMs;
        minuteSum += litres;
        minuteCount++;
    }

    /// <summary>A fill without a counter, or a reading that jumped: the past no longer tells a slope.</summary>
    public void Restart() => (minutes, tens, tenCount, tenSum, minuteCount, minuteSum, Score) = (0, 0, 0, 0, 0, 0, double.NaN);

    public void Clear()
    {
        Restart();
        Array.ForEach(usual, baseline => baseline.Clear());
        learntMs = 0;
    }

    public void Save(BinaryWriter writer)
    {
        foreach (var baseline in usual)
        {
            baseline.Save(writer);
        }
    }

    public void Load(BinaryReader reader)
    {
        foreach (var baseline in usual)
        {
            baseline.Load(reader);
        }
    }

    private void Close(double mean, long elapsed, long nowMs, bool learns)
    {
        (minuteCount, minuteSum) = (0, 0);
        for (var i = 0L; i < elapsed; i++)
        {
            // A minute without a reading has that of the last.
            byMinute[minutes++ % Minutes] = mean;
            tenSum += mean;
            if (++tenCount == 10)
            {
                byTen[tens++ % Tens] = tenSum / 10;
                (tenSum, tenCount) = (0, 0);
            }
        }

        var learn = learns && nowMs - learntMs >= 600_000;
        learntMs = learn ? nowMs : learntMs;
        (Score, var best) = (double.NaN, -1);
        var bestScore = double.NaN;
        for (var i = 0; i < Windows.Length; i++)
        {
            var window = Windows[i];
            var have = window.IsTens ? tens : minutes;
            if (have < window.Length)
            {
                // A long window counts from a quarter of its length on.
                if (!window.IsTens || have < window.Length / 4)
                {
                    continue;
                }
            }

            var (slope, error) = Slope(window.IsTens ? byTen : byMinute, have, Math.Min(window.Length, have), window.IsTens ? 1.0 / 6 : 1.0 / 60);
            if (learn && have >= window.Length)
            {
                usual[i].Learn(-slope);
            }

            var known = usual[i].Count >= 12;
            rates[i] = -slope - (known ? usual[i].Center : 0);
            var floor = window.Floor * Math.Sqrt(Math.Max(1, reservoirLitres / SmallReservoir)) * Math.Max(1, window.Length / (double)have);

            // With few points their own scatter says little about the error.
            limits[i] = Math.Max(Math.Max(floor, (window.Length < 10 ? 10 : 5) * error), known ? 6 * usual[i].Scale : 0)
                + (largestDoubt / (Math.Min(window.Length, have) * (window.IsTens ? 1.0 / 6 : 1.0 / 60)));
            var score = rates[i] / limits[i];
            Score = double.IsNaN(Score) || score > Score ? score : Score;

            // The shortest window that is sure enough holds least of the time before the loss.
            if (best < 0 || (bestScore < 0.7 && score > bestScore))
            {
                (bestScore, best) = (score, i);
            }
        }

        if (best >= 0)
        {
            (LitresPerHour, Uncertainty, Over) = (rates[best], limits[best], Windows[best].Name);
        }
    }

    /// <summary>Least squares over the last <paramref name="count"/> of a ring; the slope per hour and its standard error.</summary>
    internal static (double Slope, double Error) Slope(double[] ring, int written, int count, double hoursEach)
    {
        double mean = 0, middle = (count - 1) / 2.0, sxy = 0, sxx = 0, syy = 0;
        for (var i = 0; i < count; i++)
        {
            mean += ring[(written - count + i) % ring.Length] / count;
        }

        for (var i = 0; i < count; i++)
        {
            var (x, y) = (i - middle, ring[(written - count + i) % ring.Length] - mean);
            sxy += x * y;
            sxx += x * x;
            syy += y * y;
        }

        var slope = sxy / sxx;
        var rest = Math.Max(0, syy - (slope * sxy)) / Math.Max(1, count - 2);
        return (slope / hoursEach, Math.Sqrt(rest / sxx) / hoursEach);
    }

    private readonly record struct Window(int Length, bool IsTens, double Floor, string Name);
}
