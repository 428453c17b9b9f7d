namespace EdgeDcim.Collector.Anomalies;

/// <summary>
/// Recursive least squares y = b·x with forgetting over time: what lies <c>memory</c> back weighs 1/e; infinite memory never forgets.
/// A weak prior at zero keeps it solvable while the inputs have not moved. Give x₀ = 1 for an offset. Scale the inputs to about 1.
/// </summary>
/// <param name="inputs">Length of x.</param>
/// <param name="memorySeconds">Time constant of forgetting.</param>
internal sealed class Regression(int inputs, double memorySeconds = double.PositiveInfinity)
{
    /// <summary>Variance of the prior: with inputs of about 1 a handful of samples outweighs it.</summary>
    private const double Prior = 1e4;

    private readonly double[] weights = new double[inputs];
    private readonly double[] covariance = Identity(inputs);
    private readonly double[] gain = new double[inputs];
    private long atMs;

    public long Count { get; private set; }

    /// <summary>Standard deviation of what it could not explain, over the samples learnt.</summary>
    public double Sigma { get; private set; } = double.NaN;

    public ReadOnlySpan<double> Weights => weights;

    public double Predict(ReadOnlySpan<double> x)
    {
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * x[i];
        }

        return sum;
    }

    /// <summary>How far <paramref name="x"/> is from what was learnt: x'Px, the variance of the prediction in terms of the noise. Large = extrapolated.</summary>
    public double Leverage(ReadOnlySpan<double> x)
    {
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            var row = 0.0;
            for (var j = 0; j < weights.Length; j++)
            {
                row += covariance[(i * weights.Length) + j] * x[j];
            }

            sum += x[i] * row;
        }

        return sum;
    }

    /// <summary>Learns one sample; gives the error of the prediction made before.</summary>
    public double Learn(ReadOnlySpan<double> x, double y, long nowMs)
    {
        var error = y - Predict(x);
        var elapsed = Count == 0 ? 0 : Math.Max(0, nowMs - atMs) / 1000.0;
        atMs = nowMs;
        var keep = double.IsInfinity(memorySeconds) ? 1 : Math.Exp(-elapsed / memorySeconds);
        var n = weights.Length;
        var denominator = keep;
        for (var i = 0; i < n; i++)
        {
            gain[i] = 0;
            for (var j = 0; j < n; j++)
            {
                gain[i] += covariance[(i * n) + j] * x[j];
            }

            denominator += gain[i] * x[i];
        }

        for (var i = 0; i < n; i++)
        {
            weights[i] += gain[i] / denominator * error;
        }

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                // Forgetting without news must not let the covariance grow without bound.
                var element = (covariance[(i * n) + j] - (gain[i] * gain[j] / denominator)) / keep;
                covariance[(i * n) + j] = i == j ? Math.Min(element, Prior) : element;
            }
        }

        Count++;
        if (Count > n)
        {
            // The error before learning, divided by its own spread, is what the noise alone would give.
            var squared = error * error * keep / denominator;
            var known = double.IsNaN(Sigma) ? squared : Sigma * Sigma;
            Sigma = Math.Sqrt(known + ((squared - known) / Math.Min(Count - n, 1000)));
        }

        return error;
    }

    public void Clear()
    {
        Array.Clear(weights);
        Identity(inputs).CopyTo(covariance, 0);
        (Count, atMs, Sigma) = (0, 0, double.NaN);
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(Count);
        writer.Write(atMs);
        writer.Write(Sigma);
        foreach (var value in weights)
        {
            writer.Write(value);
        }

        foreach (var value in covariance)
        {
            writer.Write(value);
        }
    }

    public void Load(BinaryReader reader)
    {
        (Count, atMs, Sigma) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble());
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = reader.ReadDouble();
        }

        for (var i = 0; i < covariance.Length; i++)
        {
            covariance[i] = reader.ReadDouble();
        }
    }

    private static double[] Identity(int n)
    {
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            matrix[(i * n) + i] = Prior;
        }

        return matrix;
    }
}
