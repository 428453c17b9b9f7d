namespace EdgeDcim.Collector.Anomalies;

/// <summary>
/// Middle and spread of known-good values that a few outliers cannot move: median and 1.4826·MAD. Holds a bounded, evenly thinned set:
/// when it is full every second value goes and from then on every second one is taken, so that it always spans the whole time learnt.
/// </summary>
internal sealed class RobustBaseline(int capacity = 256)
{
    private const double MadToSigma = 1.4826;

    private readonly double[] values = new double[capacity];
    private readonly double[] scratch = new double[capacity];
    private int held;
    private int stride = 1;
    private bool stale = true;
    private double center = double.NaN;
    private double scale = double.NaN;

    /// <summary>Values learnt.</summary>
    public long Count { get; private set; }

    /// <summary>The median; NaN before the first value.</summary>
    public double Center
    {
        get
        {
            Compute();
            return center;
        }
    }

    /// <summary>1.4826 × median absolute deviation: σ of a normal distribution. 0 when more than half of the values are equal.</summary>
    public double Scale
    {
        get
        {
            Compute();
            return scale;
        }
    }

    public void Learn(double value)
    {
        if (!double.IsFinite(value))
        {
            return;
        }

        if (Count++ % stride != 0)
        {
            return;
        }

        if (held == values.Length)
        {
            held = 0;
            for (var i = 0; i < values.Length; i += 2)
            {
                values[held++] = values[i];
            }

            stride *= 2;
        }

        values[held++] = value;
        stale = true;
    }

    /// <summary>The value below which the share <paramref name="share"/> of what was learnt lies.</summary>
    public double Quantile(double share)
    {
        if (held == 0)
        {
            return double.NaN;
        }

        Array.Copy(values, scratch, held);
        Array.Sort(scratch, 0, held);
        return scratch[(int)Math.Clamp(Math.Round(share * (held - 1)), 0, held - 1)];
    }

    public void Clear() => (held, stride, stale, center, scale, Count) = (0, 1, true, double.NaN, double.NaN, 0);

    public void Save(BinaryWriter writer)
    {
        writer.Write(Count);
        writer.Write(stride);
        writer.Write(held);
        for (var i = 0; i < held; i++)
        {
            writer.Write(values[i]);
        }
    }

    public void Load(BinaryReader reader)
    {
        (Count, stride, held) = (reader.ReadInt64(), Math.Max(1, reader.ReadInt32()), 0);
        var count = reader.ReadInt32();
        for (var i = 0; i < count; i++)
        {
            var value = reader.ReadDouble();
            if (held < values.Length)
            {
                values[held++] = value;
            }
        }

        stale = true;
    }

    private void Compute()
    {
        if (!stale)
        {
            return;
        }

        stale = false;
        Array.Copy(values, scratch, held);
        center = Median(scratch.AsSpan(0, held));
        for (var i = 0; i < held; i++)
        {
            scratch[i] = Math.Abs(values[i] - center);
        }

        scale = MadToSigma * Median(scratch.AsSpan(0, held));
    }

    /// <summary>Sorts <paramref name="span"/>.</summary>
    private static double Median(Span<double> span)
    {
        if (span.IsEmpty)
        {
            return double.NaN;
        }

        span.Sort();
        var middle = span.Length / 2;
        return span.Length % 2 == 1 ? span[middle] : (span[middle - 1] + span[middle]) / 2;
    }
}
