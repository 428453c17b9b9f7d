namespace EdgeDcim.Collector.Kpi;

/// <summary>Finds out of a counter's own readings what limits its steps, where nothing better is known.</summary>
internal static class CounterLearning
{
    /// <summary>A declared rating may be exceeded by half for a while.</summary>
    public const double RatedMargin = 1.5;

    /// <summary>A counter may rise this many times faster than the highest power that was ever read from its meter.</summary>
    public const double PowerMargin = 3;

    /// <summary>… or than the median of its own rises.</summary>
    private const double MedianMargin = 20;

    /// <summary>So many rises must be known before their median says anything.</summary>
    private const int EnoughRises = 4;

    /// <summary>A register that counts coarser than this is recognised only after several steps, or it would hide a jump.</summary>
    private const double UsualQuantum = 1;

    /// <summary>A distance of three readings is a gap, and two and a half minutes always is room enough.</summary>
    private const long MinGapMs = 150_000;

    /// <param name="declaredPerHour">Limit from the rating or from the power series; null lets the counter speak for itself.</param>
    /// <param name="historicPerHour">What the counter itself said before; 0 when it is young.</param>
    /// <param name="coarseUntilMs">Readings before were thinned out to one pair in <paramref name="coarseMs"/>: a distance of that order is no gap.</param>
    public static CounterLimits Limits(IReadOnlyList<CounterPoint> points, double? declaredPerHour, double historicPerHour, double? modulus, long coarseUntilMs, long coarseMs)
    {
        var rates = new List<double>();
        var smallest = double.PositiveInfinity;
        var rises = 0;
        for (var i = 1; i < points.Count; i++)
        {
            var rise = points[i].Value - points[i - 1].Value;
            if (rise > 0)
            {
                rises++;
                smallest = Math.Min(smallest, rise);
                if (declaredPerHour is null)
                {
                    rates.Add(rise * 3_600_000 / (points[i].AtMs - points[i - 1].AtMs));
                }
            }
        }

        var quantum = rises == 0 ? 0 : rises < EnoughRises ? Math.Min(smallest, UsualQuantum) : smallest;
        return new CounterLimits(
            declaredPerHour ?? Own(rates, historicPerHour), quantum, modulus,
            Math.Max(3 * IntervalMs(points), MinGapMs), coarseUntilMs, coarseMs + (coarseMs / 3));
    }

    /// <summary>The power of ten that all newest values are multiples of: what the register counts in. 0 when they follow none.</summary>
    public static double Resolution(IReadOnlyList<CounterPoint> points)
    {
        const int enough = 32;
        if (points.Count < 4)
        {
            return 0;
        }

        for (var step = 1000.0; step >= 0.001; step /= 10)
        {
            var fits = true;
            for (var i = Math.Max(0, points.Count - enough); i < points.Count && fits; i++)
            {
                var counts = points[i].Value / step;
                fits = Math.Abs(counts - Math.Round(counts)) < 1e-6 * Math.Max(1, Math.Abs(counts) * 1e-6);
            }

            if (fits)
            {
                return step;
            }
        }

        return 0;
    }

    /// <summary>The usual distance of the newest readings; 0 while there are fewer than two.</summary>
    public static long IntervalMs(IReadOnlyList<CounterPoint> points)
    {
        const int enough = 32;
        var distances = new List<double>(enough);
        for (var i = Math.Max(1, points.Count - enough); i < points.Count; i++)
        {
            distances.Add(points[i].AtMs - points[i - 1].AtMs);
        }

        return distances.Count == 0 ? 0 : (long)Median(distances);
    }

    /// <summary>The larger of what its present and its former readings say; a long silence must not make it forget.</summary>
    private static double? Own(List<double> rates, double historicPerHour)
    {
        var own = Math.Max(rates.Count < EnoughRises ? 0 : Median(rates) * MedianMargin, historicPerHour);
        return own > 0 ? own : null;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[(values.Count - 1) / 2];
    }
}
