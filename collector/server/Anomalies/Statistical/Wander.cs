namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>
/// How a level moves of itself: noise of a block mean and random walk from block to block. The spread of two block means k blocks apart
/// is 2r + q·k; the line through the spreads of several distances gives both.
/// </summary>
/// <param name="Noise">r: variance of a block mean about its level.</param>
/// <param name="Walk">q: variance that the level gains a block.</param>
internal readonly record struct Wander(double Noise, double Walk)
{
    /// <summary>Median of χ² with one degree of freedom: turns a median of squares into a variance.</summary>
    private const double MedianOfSquares = 0.455;

    public static Wander Of(ReadOnlySpan<double> blocks)
    {
        var distances = Math.Max(2, blocks.Length / 4);
        if (blocks.Length < 4)
        {
            return new Wander(1, 1);
        }

        Span<double> squares = stackalloc double[Math.Min(blocks.Length, 512)];
        double sumW = 0, sumX = 0, sumY = 0, sumXx = 0, sumXy = 0, least = double.PositiveInfinity;
        for (var k = 1; k <= distances && k < blocks.Length; k++)
        {
            var count = Math.Min(blocks.Length - k, squares.Length);
            for (var i = 0; i < count; i++)
            {
                var step = blocks[i + k] - blocks[i];
                squares[i] = step * step;
            }

            var spread = Median(squares[..count]) / MedianOfSquares;
            var weight = 1.0 / k;
            (sumW, sumX, sumY) = (sumW + weight, sumX + (weight * k), sumY + (weight * spread));
            (sumXx, sumXy, least) = (sumXx + (weight * k * k), sumXy + (weight * k * spread), Math.Min(least, spread));
        }

        var spanned = (sumW * sumXx) - (sumX * sumX);
        var walk = spanned > 0 ? Math.Max(0, ((sumW * sumXy) - (sumX * sumY)) / spanned) : 0;
        var noise = Math.Max(((sumY - (walk * sumX)) / sumW) / 2, least / 8);

        // A level that stood still over so many blocks may still move by its own noise over as many again.
        return new Wander(noise, Math.Max(walk, noise / blocks.Length));
    }

    /// <summary>Share of a new block mean that a tracker of the level takes: the steady gain of the Kalman filter.</summary>
    public double Gain
    {
        get
        {
            var ratio = Noise > 0 ? Walk / Noise : 1;
            return Math.Clamp((Math.Sqrt((ratio * ratio) + (4 * ratio)) - ratio) / 2, 1e-6, 1);
        }
    }

    private static double Median(Span<double> values)
    {
        values.Sort();
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
