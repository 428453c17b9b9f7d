namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>
/// Where the start of a machine ends in a series: the cut that leaves the mean of the rest known best (marginal standard error rule, MSER-5 of
/// White, "An effective truncation heuristic for bias reduction in simulation output", Simulation 69, 1997). Cutting away a start lowers the
/// variance of the rest by more than the lost values cost; cutting away sound values only costs.
/// </summary>
internal static class SettlingTime
{
    private const int Batch = 5;

    /// <summary>Index of the first value after the start, from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static int Of(List<double> values, int least, int most)
    {
        double sum = 0, squares = 0, best = double.PositiveInfinity;
        var (count, cut) = (0, least);
        var origin = values.Count > 0 ? values[^1] : 0;
        for (var i = (values.Count / Batch * Batch) - Batch; i >= least; i -= Batch)
        {
            var mean = -origin;
            for (var j = i; j < i + Batch; j++)
            {
                mean += values[j] / Batch;
            }

            (sum, squares, count) = (sum + mean, squares + (mean * mean), count + 1);
            var error = (squares - (sum * sum / count)) / ((double)count * count);

            // Of equal cuts the earlier one keeps more.
            if (i <= most && error <= best)
            {
                (best, cut) = (error, i);
            }
        }

        return cut;
    }
}
