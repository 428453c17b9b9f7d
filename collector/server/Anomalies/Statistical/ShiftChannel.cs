namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>
/// One signal of a device against its own level. Learnt: the scale of its noise, how its smoothed value strays from the level, and how the
/// level wanders of itself. Judged: how far the smoothed value is from the level, in terms of what it strays plus what the level may have
/// wandered since it was last believed. The level follows slowly while all is well and stands still in an alarm.
/// </summary>
internal sealed class ShiftChannel
{
    /// <summary>Time constants of the smoothings, in rows: short ones for large shifts, long ones for small ones that last.</summary>
    public static readonly double[] Smoothing = [4, 12, 36];

    /// <summary>So many rows apart smoothed values are taken for independent ones.</summary>
    private const double Independent = 8;

    /// <summary>One false alarm of a signal in this time is accepted: five weeks. The limit in σ follows from how many independent values that is.</summary>
    private const double FalseEverySeconds = 35 * 86_400.0;

    /// <summary>The first twenty minutes after a start are not like the rest; so much of what is learnt may be them.</summary>
    private const double StartSeconds = 1200;

    /// <summary>What happened in this share of the time that was learnt was normal, however far it went; what was rarer may have been anything.</summary>
    private const double Rare = 0.05;

    /// <summary>At most this share of what is learnt is taken for a start.</summary>
    private const double MaxStart = 0.2;

    /// <summary>Rows of one block when the wandering is learnt.</summary>
    private const int Block = 16;

    /// <summary>The first quarter of what is learnt is left out: machines start, filters fill. <see cref="SettlingTime"/> finds where a longer start ends.</summary>
    private const double Settling = 0.25;

    /// <summary>The level follows no faster, and is doubted no longer, than this share of the time that was learnt.</summary>
    private const double Follow = 0.25;

    /// <summary>One row moves the level by no more than this many scales.</summary>
    private const double Pull = 3;

    /// <summary>Beyond this many scales a row says no more than that it is far out.</summary>
    private const double Clip = 200;

    /// <summary>Beyond this many σ the level is not believed to be normal and stands still.</summary>
    private const double Doubt = 2.5;

    /// <summary>A deviation that has gone back to this share of its peak is over; what is left of it is forgiven.</summary>
    private const double Recovered = 0.2;

    private readonly double[] strayed = new double[Smoothing.Length];
    private readonly double[] smooth = new double[Smoothing.Length];
    private double center;
    private double scale = double.NaN;
    private double floor;
    private double walk;
    private double span;
    private double follow;
    private double level;
    private double doubted;
    private double peak;
    private double settling;
    private double limit;
    private double forgiven;

    /// <summary>True when there was enough to learn from.</summary>
    public bool IsLearnt => !double.IsNaN(scale);

    /// <summary>1 at the limit, with the sign of the deviation.</summary>
    public double Score { get; private set; }

    /// <summary>The level, in the unit of the signal.</summary>
    public double Level => center + (level * scale);

    /// <summary>The smoothed value, in the unit of the signal.</summary>
    public double Smooth => center + (smooth[0] * scale);

    /// <summary>What the smoothed value strays from the level when all is well, in the unit of the signal.</summary>
    public double Strays => Math.Sqrt((strayed[0] * strayed[0]) + (floor * floor)) * scale;

    /// <summary>Learns from rows one period apart; a NaN is a row without a value.</summary>
    /// <param name="periodSeconds">Distance of two rows.</param>
    /// <param name="drift">Share of its reading, at the limit, that an instrument of this quantity may drift.</param>
    /// <param name="absolute">Deviation, at the limit, that means nothing for this quantity, in its unit.</param>
    public void Learn(ReadOnlySpan<float> rows, double periodSeconds, double drift, double absolute)
    {
        scale = double.NaN;
        var values = new List<double>(rows.Length);
        foreach (var value in rows)
        {
            if (float.IsFinite(value))
            {
                values.Add(value);
            }
        }

        if (values.Count < 4 * Block)
        {
            return;
        }

        var first = SettlingTime.Of(values, (int)(values.Count * Settling), (int)Math.Min(values.Count / 2, StartSeconds / periodSeconds));
        Scale(values, first);
        limit = Normal.TwoSided(Independent * periodSeconds / FalseEverySeconds);
        floor = ((drift * Math.Abs(center)) + absolute) / scale / limit;
        var blocks = new List<double>();
        for (var i = first; i + Block <= values.Count; i += Block)
        {
            var sum = 0.0;
            for (var j = i; j < i + Block; j++)
            {
                sum += Math.Clamp((values[j] - center) / scale, -Pull - 1, Pull + 1);
            }

            blocks.Add(sum / Block);
        }

        var wander = Wander.Of([.. blocks]);
        walk = wander.Walk / Block;
        span = values.Count;
        follow = Math.Max(Follow * span, Block / wander.Gain);
        Replay(values, first, Math.Max(Rare, Math.Min(MaxStart, StartSeconds / (values.Count * periodSeconds))));
    }

    /// <summary>Judges one row; <paramref name="rows"/> is the time since the last one in periods.</summary>
    public double Take(double value, double rows)
    {
        if (!IsLearnt || !double.IsFinite(value))
        {
            return Score;
        }

        var z = Math.Clamp((value - center) / scale, -Clip, Clip);
        Update(z, rows);
        var worst = 0.0;
        for (var i = 0; i < Smoothing.Length; i++)
        {
            var deviation = smooth[i] - level;
            var spread = Math.Sqrt((strayed[i] * strayed[i]) + (floor * floor) + (walk * Math.Min(doubted, Follow * span)) + (4 * forgiven * forgiven / (limit * limit)));
            var score = deviation / (limit * spread);
            worst = Math.Abs(score) > Math.Abs(worst) ? score : worst;
        }

        Score = settling > 0 ? Settle(rows) : Recover(worst);
        if (settling > 0)
        {
            return Score;
        }

        if (Math.Abs(Score) * limit < Doubt)
        {
            level += Math.Clamp(z - level, -Pull, Pull) * Weight(rows, follow);
            doubted = Math.Max(0, doubted - rows);
            forgiven -= forgiven * Weight(rows, follow);
        }
        else
        {
            doubted += rows;
        }

        return Score;
    }

    /// <summary>The machine rests: when it runs again, it is taken to run as it did.</summary>
    public void Rest()
    {
        Array.Fill(smooth, level);
        (Score, peak, settling) = (0, 0, 0);
    }

    public void Clear() => scale = double.NaN;

    public void Save(BinaryWriter writer)
    {
        foreach (var value in (ReadOnlySpan<double>)[center, scale, floor, walk, span, follow, level, doubted, peak, settling, limit, forgiven, .. strayed, .. smooth])
        {
            writer.Write(value);
        }
    }

    public void Load(BinaryReader reader)
    {
        (center, scale, floor, walk, span) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        (follow, level, doubted, peak, settling) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        (limit, forgiven) = (reader.ReadDouble(), reader.ReadDouble());
        for (var i = 0; i < strayed.Length; i++)
        {
            strayed[i] = reader.ReadDouble();
        }

        for (var i = 0; i < smooth.Length; i++)
        {
            smooth[i] = reader.ReadDouble();
        }
    }

    private static double Weight(double rows, double constant) => 1 - Math.Exp(-rows / constant);

    /// <summary>Scale of the noise: median deviation, or the mean step from row to row without its largest fifth, whichever is more: a coarse sensor has no median deviation.</summary>
    private void Scale(List<double> values, int first)
    {
        var used = values.GetRange(first, values.Count - first);
        var steps = new List<double>(used.Count);
        for (var i = 1; i < used.Count; i++)
        {
            steps.Add(Math.Abs(used[i] - used[i - 1]));
        }

        used.Sort();
        center = Middle(used);
        var deviations = used.ConvertAll(value => Math.Abs(value - center));
        deviations.Sort();
        steps.Sort();
        var typical = steps.Take(Math.Max(1, steps.Count * 4 / 5)).Average();
        scale = Math.Max(1.4826 * Middle(deviations), 1.5 * typical);
        scale = Math.Max(scale, Math.Max(Math.Abs(center), 1e-3) * 1e-6);
    }

    /// <summary>Walks through what is learnt once more as it will be judged, and keeps how far the smoothed value strays.</summary>
    private void Replay(List<double> values, int first, double starting)
    {
        (level, doubted, peak, settling, forgiven, Score) = (0, 0, 0, 0, 0, 0);
        Array.Clear(smooth);
        var strays = Array.ConvertAll(strayed, _ => new List<double>(values.Count));
        for (var i = 0; i < values.Count; i++)
        {
            var z = Math.Clamp((values[i] - center) / scale, -Clip, Clip);
            Update(z, 1);
            level += Math.Clamp(z - level, -Pull, Pull) * Weight(1, follow);
            for (var j = 0; j < smooth.Length && i >= first; j++)
            {
                strays[j].Add(Math.Abs(smooth[j] - level));
            }
        }

        for (var j = 0; j < strayed.Length; j++)
        {
            strays[j].Sort();

            // What was seen while all was well is normal, however the values are spread: a plant with two chillers has two levels.
            var seen = strays[j][(int)((1 - starting) * (strays[j].Count - 1))];
            strayed[j] = Math.Max(1.4826 * Middle(strays[j]), seen / limit);
        }
    }

    private void Update(double z, double rows)
    {
        for (var i = 0; i < smooth.Length; i++)
        {
            smooth[i] += (z - smooth[i]) * Weight(rows, Smoothing[i]);
        }
    }

    private double Recover(double score)
    {
        var deviation = Math.Abs(smooth[0] - level);
        if (Math.Abs(score) >= 1)
        {
            peak = Math.Max(peak, deviation);
        }
        else if (Math.Abs(score) < 0.6)
        {
            peak = 0;
        }

        if (peak > 0 && deviation < Recovered * peak)
        {
            settling = 4 * Smoothing[0];
            return 0;
        }

        return score;
    }

    private double Settle(double rows)
    {
        settling -= rows;
        if (settling > 0)
        {
            return 0;
        }

        if (Math.Abs(smooth[0] - level) < Recovered * peak)
        {
            forgiven = Math.Abs(smooth[0] - level);
            Array.Fill(smooth, smooth[0]);
        }

        peak = 0;
        return 0;
    }

    private static double Middle(List<double> sorted) =>
        sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
}
