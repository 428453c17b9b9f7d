namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>A figure of merit of a machine, and the operating point that explains it while the machine is sound.</summary>
/// <param name="Name">What it is called: <c>condenser approach</c>.</param>
/// <param name="Unit">Its unit, as evidence writes it.</param>
/// <param name="Bad">+1 when more is worse, −1 when less is worse, 0 when either is.</param>
/// <param name="Cause">What it means when it is worse.</param>
/// <param name="Value">The figure, out of a row of signals.</param>
/// <param name="Point">The operating point, out of a row of signals.</param>
internal sealed record Merit(string Name, string Unit, int Bad, string Cause, Func<double[], double> Value, params IReadOnlyList<Func<double[], double>> Point);

/// <summary>
/// Steady-state performance: a figure of merit against what the operating point says it should be. Learnt: the figure as a full quadratic of
/// the operating point (b₀ + Σbᵢxᵢ + Σbᵢⱼxᵢxⱼ). Judged: a CUSUM of the residual, in steady operation and within what was learnt only. Its
/// limit is what the sum reached on the data it was learnt from, and half as much again.
/// </summary>
internal sealed class PerformanceDetector : Detector
{
    private const int Capacity = 2048;
    private const int MinRows = 150;

    /// <summary>Rows over which an operating point must stand still to be steady.</summary>
    private const double SteadyRows = 12;

    /// <summary>A quantity that is this share of itself away from its own average is on its way.</summary>
    private const double SteadyLimit = 0.02;

    /// <summary>Slack of the CUSUM in σ: shifts of less than twice that are the model's own fault.</summary>
    private const double Slack = 0.75;

    private const double LeastLimit = 25;

    /// <summary>Instruments of a plant do not tell a figure apart more finely than this share of it.</summary>
    private const double Resolution = 0.02;

    private static readonly LearningNeed Need = new(1000, 14 * 86_400_000L);

    private readonly Merit merit;
    private readonly Func<double[], bool> runs;
    private readonly RowClock clock;
    private readonly LearningPeriod learning = new(Need);
    private readonly Regression model;
    private readonly double[] point;
    private readonly double[] terms;
    private readonly double[] mean;
    private readonly double[] deviation;
    private readonly double[] slow;
    private readonly double[] low;
    private readonly double[] high;
    private float[]? rows;
    private int held;
    private double up;
    private double down;
    private double limit = double.NaN;
    private double sigma = double.NaN;
    private long sinceMs;
    private double value;
    private double expected;

    public PerformanceDetector(string subject, Merit merit, Func<double[], bool> runs, IReadOnlyList<Signal> signals)
        : base(merit.Name.Replace(' ', '_'), subject, new HysteresisLimits(1, 0.5, 0, 0), signals)
    {
        (this.merit, this.runs) = (merit, runs);
        clock = new RowClock(signals);
        var n = merit.Point.Count;
        (point, mean, deviation, slow, low, high) = (new double[n], new double[n], new double[n], new double[n], new double[n], new double[n]);
        terms = new double[1 + n + (n * (n + 1) / 2)];
        model = new Regression(terms.Length);
        Array.Fill(slow, double.NaN);
    }

    public override DetectorPhase Phase =>
        !double.IsNaN(limit) ? DetectorPhase.Watching : learning.Samples > 0 ? DetectorPhase.Learning : DetectorPhase.Waiting;

    public override string Baseline => double.IsNaN(limit)
        ? $"learning: {learning}"
        : $"{merit.Name} from a quadratic of {point.Length} quantities, ± {Spell.Number(sigma)} {merit.Unit}, {model.Count} steady rows (from {learning}), limit {Spell.Number(limit)} σ";

    protected override double Judge(in Moment moment)
    {
        if (!clock.Take(moment.NowMs))
        {
            return double.NaN;
        }

        clock.MinPeriodMs = double.IsNaN(limit) && !moment.Training && rows is null ? Need.SpanMs / Capacity : clock.MinPeriodMs;
        if (!IsSteady(out var figure))
        {
            return double.NaN;
        }

        if (double.IsNaN(limit))
        {
            Keep(figure);
            if (learning.Take(moment.NowMs, moment.Training))
            {
                Learn();
            }

            return double.NaN;
        }

        for (var i = 0; i < point.Length; i++)
        {
            var margin = 0.1 * (high[i] - low[i]);
            if (point[i] < low[i] - margin || point[i] > high[i] + margin)
            {
                return double.NaN;
            }
        }

        return Sum(figure, moment.NowMs);
    }

    protected override Finding Explain(long nowMs)
    {
        var away = value - expected;
        return IsAnomalous
            ? new Finding(
                merit.Bad == 0 || Math.Sign(away) == merit.Bad ? merit.Cause : $"{merit.Name} off its model", 0.5,
                $"{merit.Name} is {Spell.Number(value)} {merit.Unit} where this operating point had {Spell.Number(expected)} ± {Spell.Number(sigma)} {merit.Unit} while sound ({Spell.Signed(away)}), since {Spell.At(sinceMs)}; learnt from {model.Count} steady rows")
            : new Finding(merit.Cause, 0.5, $"{merit.Name} is again what its operating point explains");
    }

    public override void EndTraining()
    {
        if (double.IsNaN(limit) && held >= MinRows)
        {
            learning.EndTraining(MinRows);
            Learn();
        }
    }

    protected override void Forget()
    {
        learning.Clear();
        model.Clear();
        (rows, held, limit, sigma, up, down) = (null, 0, double.NaN, double.NaN, 0, 0);
        clock.MinPeriodMs = 0;
    }

    protected override void SaveLearnt(BinaryWriter writer)
    {
        learning.Save(writer);
        model.Save(writer);
        writer.Write(clock.MinPeriodMs);
        foreach (var number in (ReadOnlySpan<double>)[up, down, limit, sigma, .. mean, .. deviation, .. low, .. high])
        {
            writer.Write(number);
        }

        writer.Write(sinceMs);
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
        learning.Load(reader);
        model.Load(reader);
        clock.MinPeriodMs = reader.ReadInt64();
        (up, down, limit, sigma) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        foreach (var part in (double[][])[mean, deviation, low, high])
        {
            for (var i = 0; i < part.Length; i++)
            {
                part[i] = reader.ReadDouble();
            }
        }

        sinceMs = reader.ReadInt64();
        if (double.IsNaN(limit))
        {
            // Half of a baseline is none: what had been gathered is not kept.
            learning.Clear();
        }
    }

    /// <summary>The figure and its operating point, when all of it is there, the machine runs, and the point stands still.</summary>
    private bool IsSteady(out double figure)
    {
        figure = double.NaN;
        if (!runs(clock.Row))
        {
            Array.Fill(slow, double.NaN);
            return false;
        }

        var steady = true;
        var weight = 1 - Math.Exp(-clock.Elapsed / SteadyRows);
        for (var i = 0; i < point.Length; i++)
        {
            point[i] = merit.Point[i](clock.Row);
            if (!double.IsFinite(point[i]))
            {
                return false;
            }

            if (double.IsNaN(slow[i]))
            {
                slow[i] = point[i];
                steady = false;
            }

            slow[i] += weight * (point[i] - slow[i]);
            steady &= Math.Abs(point[i] - slow[i]) < SteadyLimit * Math.Max(Math.Abs(slow[i]), 10);
        }

        figure = merit.Value(clock.Row);
        return steady && double.IsFinite(figure);
    }

    private void Keep(double figure)
    {
        var width = point.Length + 1;
        rows ??= new float[Capacity * width];
        if (held == Capacity)
        {
            // Every second row goes: what is kept spans all of it, and rows become twice as long.
            for (var i = 0; i < Capacity / 2; i++)
            {
                Array.Copy(rows, 2 * i * width, rows, i * width, width);
            }

            held /= 2;
            clock.MinPeriodMs = 2 * clock.PeriodMs;
        }

        for (var i = 0; i < point.Length; i++)
        {
            rows[(held * width) + i] = (float)point[i];
        }

        rows[(held * width) + width - 1] = (float)figure;
        held++;
    }

    private void Learn()
    {
        var width = point.Length + 1;
        for (var i = 0; i < point.Length; i++)
        {
            var column = Enumerable.Range(0, held).Select(row => (double)rows![(row * width) + i]).ToList();
            mean[i] = column.Average();
            deviation[i] = Math.Max(Math.Sqrt(column.Average(one => (one - mean[i]) * (one - mean[i]))), 1e-6);
            (low[i], high[i]) = (column.Min(), column.Max());
        }

        for (var row = 0; row < held; row++)
        {
            Terms(rows.AsSpan(row * width, point.Length));
            model.Learn(terms, rows![(row * width) + width - 1], 0);
        }

        var errors = new double[held];
        for (var row = 0; row < held; row++)
        {
            Terms(rows.AsSpan(row * width, point.Length));
            errors[row] = rows![(row * width) + width - 1] - model.Predict(terms);
        }

        var sorted = errors.Select(Math.Abs).Order().ToList();
        sigma = Math.Max(1.4826 * sorted[sorted.Count / 2], 1e-6);
        (limit, up, down) = (LeastLimit, 0, 0);
        var highest = 0.0;
        for (var row = 0; row < held; row++)
        {
            var (error, value) = (errors[row], rows![(row * width) + width - 1]);
            Accumulate(error / Math.Max(sigma, Resolution * Math.Abs(value)), 0);
            highest = Math.Max(highest, Math.Max(up, down));
        }

        (limit, up, down, rows) = (Math.Max(LeastLimit, 1.5 * highest), 0, 0, null);
    }

    private void Terms(ReadOnlySpan<float> raw)
    {
        var next = 0;
        terms[next++] = 1;
        for (var i = 0; i < raw.Length; i++)
        {
            terms[next++] = (raw[i] - mean[i]) / deviation[i];
        }

        for (var i = 1; i <= raw.Length; i++)
        {
            for (var j = i; j <= raw.Length; j++)
            {
                terms[next++] = terms[i] * terms[j];
            }
        }
    }

    private double Sum(double figure, long nowMs)
    {
        Span<float> raw = stackalloc float[point.Length];
        for (var i = 0; i < raw.Length; i++)
        {
            raw[i] = (float)point[i];
        }

        Terms(raw);
        (value, expected) = (figure, model.Predict(terms));
        Accumulate((value - expected) / Math.Max(sigma, Resolution * Math.Abs(expected)), nowMs);
        var worse = merit.Bad > 0 ? up : merit.Bad < 0 ? down : Math.Max(up, down);
        return worse / limit;
    }

    private void Accumulate(double z, long nowMs)
    {
        z = Math.Clamp(z, -4, 4);
        if (up <= 0 && down <= 0)
        {
            sinceMs = nowMs;
        }

        up = Math.Clamp(up + z - Slack, 0, 1e6);
        down = Math.Clamp(down - z - Slack, 0, 1e6);
        if (!double.IsNaN(limit) && nowMs > 0)
        {
            (up, down) = (Math.Min(up, 2 * limit), Math.Min(down, 2 * limit));
        }
    }
}
