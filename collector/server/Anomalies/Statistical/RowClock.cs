namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>
/// Makes rows of one period out of signals that come when they like: within a period the values of a signal are averaged. The period is the
/// typical rhythm of the signals, or longer where it is asked to be.
/// </summary>
internal sealed class RowClock(IReadOnlyList<Signal> signals)
{
    /// <summary>A gap counts as this many periods at most: nothing is known of what lies in it.</summary>
    private const double MaxGap = 5;

    private readonly double[] sums = new double[signals.Count];
    private readonly int[] counts = new int[signals.Count];
    private readonly long[] seen = new long[signals.Count];
    private long rowMs;

    /// <summary>The last finished row; NaN for a signal that had no usable value in it.</summary>
    public double[] Row { get; } = new double[signals.Count];

    /// <summary>Time from the row before, in periods.</summary>
    public double Elapsed { get; private set; }

    public long PeriodMs { get; private set; }

    /// <summary>No row is shorter than this.</summary>
    public long MinPeriodMs { get; set; }

    /// <summary>Gathers what is new; true when a row is finished.</summary>
    public bool Take(long nowMs)
    {
        var any = false;
        for (var i = 0; i < seen.Length; i++)
        {
            var signal = signals[i];
            if (signal.Count != seen[i])
            {
                seen[i] = signal.Count;
                sums[i] += signal.Value;
                counts[i]++;
            }

            any |= counts[i] > 0;
        }

        if (!any)
        {
            return false;
        }

        if (rowMs == 0)
        {
            rowMs = nowMs;
            Finish(1);
            return true;
        }

        PeriodMs = Math.Max(Rhythm(), MinPeriodMs);
        var elapsed = nowMs - rowMs;

        // A little early is on time: rows are due by clocks that jitter.
        if (PeriodMs <= 0 || elapsed < PeriodMs * 0.75)
        {
            return false;
        }

        rowMs = nowMs;
        Finish(Math.Min(MaxGap, (double)elapsed / PeriodMs));
        return true;
    }

    /// <summary>The middle rhythm of the signals that have one.</summary>
    private long Rhythm()
    {
        Span<int> rhythms = stackalloc int[Math.Min(seen.Length, 64)];
        var count = 0;
        foreach (var signal in signals)
        {
            if (signal.IntervalMs > 0 && count < rhythms.Length)
            {
                rhythms[count++] = signal.IntervalMs;
            }
        }

        if (count == 0)
        {
            return 0;
        }

        rhythms[..count].Sort();
        return rhythms[count / 2];
    }

    private void Finish(double elapsed)
    {
        Elapsed = elapsed;
        for (var i = 0; i < Row.Length; i++)
        {
            Row[i] = counts[i] > 0 ? sums[i] / counts[i] : double.NaN;
            (sums[i], counts[i]) = (0, 0);
        }
    }
}
