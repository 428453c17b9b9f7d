namespace EdgeDcim.Collector.Anomalies;

/// <summary>
/// Takes the memory of one step out of a residual (AR(1)), so that limits which assume independent samples hold: z = (x − φ·x₁)/√(1 − φ²).
/// φ is learnt; over a distance other than the usual one it is φ^(Δt/Δt₀), and over a long gap nothing is known of the past.
/// </summary>
internal sealed class Whitener
{
    /// <summary>A residual that is nearly a random walk cannot be whitened; the rest of its memory stays.</summary>
    private const double MaxPhi = 0.98;

    private double products;
    private double squares;
    private double stepSeconds;
    private double last = double.NaN;
    private long lastMs;
    private int learnt;

    public double Phi { get; private set; }

    /// <summary>Learns φ from one more residual with zero mean.</summary>
    public void Learn(double residual, long atMs)
    {
        var elapsed = (atMs - lastMs) / 1000.0;
        if (double.IsFinite(residual) && double.IsFinite(last) && elapsed > 0)
        {
            learnt++;
            stepSeconds += (elapsed - stepSeconds) / learnt;
            if (elapsed <= 3 * stepSeconds)
            {
                products += residual * last;
                squares += last * last;
                Phi = squares > 0 ? Math.Clamp(products / squares, 0, MaxPhi) : 0;
            }
        }

        (last, lastMs) = (residual, atMs);
    }

    /// <summary>The innovation, in the unit of the residual and with its variance.</summary>
    public double Take(double residual, long atMs)
    {
        var elapsed = (atMs - lastMs) / 1000.0;
        var phi = double.IsFinite(last) && elapsed > 0 && stepSeconds > 0 ? Math.Pow(Phi, elapsed / stepSeconds) : 0;
        var innovation = (residual - (phi > 0 ? phi * last : 0)) / Math.Sqrt(1 - (phi * phi));
        (last, lastMs) = (residual, atMs);
        return innovation;
    }

    public void Clear() => (products, squares, stepSeconds, last, lastMs, learnt, Phi) = (0, 0, 0, double.NaN, 0, 0, 0);

    public void Save(BinaryWriter writer)
    {
        writer.Write(products);
        writer.Write(squares);
        writer.Write(stepSeconds);
        writer.Write(last);
        writer.Write(lastMs);
        writer.Write(learnt);
        writer.Write(Phi);
    }

    public void Load(BinaryReader reader)
    {
        (products, squares, stepSeconds) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        (last, lastMs, learnt, Phi) = (reader.ReadDouble(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadDouble());
    }
}
