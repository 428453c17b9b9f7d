namespace EdgeDcim.Collector.Anomalies;

/// <summary>The normal distribution, as far as limits need it.</summary>
internal static class Normal
{
    /// <summary>The deviation in σ that is passed, on either side, with the probability <paramref name="p"/>; solved within 1e-6 by halving.</summary>
    public static double TwoSided(double p)
    {
        var (low, high) = (0.0, 9.0);
        while (high - low > 1e-6)
        {
            var middle = (low + high) / 2;
            (low, high) = Complement(middle / Math.Sqrt(2)) > p ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>erfc for x ≥ 0, relative error below 1.2e-7 (Chebyshev fit of Numerical Recipes 6.2).</summary>
    private static double Complement(double x)
    {
        var t = 1 / (1 + (0.5 * x));
        return t * Math.Exp((-x * x) - 1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806
            + (t * (0.27886807 + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277))))))))))))))))));
    }
}
