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
    private double low = double.NaN;
    private double high = double.NaN;

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

    /// <summary>The 5th percentile.</summary>
    public double Low
    {
        get
        {
            Compute();
            return low;
        }
    }

    /// <summary>The 95th percentile.</summary>
    public double High
    {
        get
        {
            Compute();
            return high;
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

    public void Clear() => (held, stride, stale, Count) = (0, 1, true, 0);

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
        (low, high) = held > 0 ? (scratch[(held - 1) / 20], scratch[held - 1 - ((held - 1) / 20)]) : (double.NaN, double.NaN);
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
