namespace EdgeDcim.Collector.Anomalies;

/// <summary>
/// Exponentially weighted mean of a standardised residual with its own limit: z = λx + (1 − λ)z, σ_z = σ√(λ/(2 − λ)). Finds drift.
/// λ follows from the time since the last sample, so irregular periods and gaps weigh right.
/// </summary>
/// <param name="tauSeconds">Time constant of the memory.</param>
/// <param name="limit">Limit in σ of the mean; 3 is usual.</param>
internal sealed class Ewma(double tauSeconds, double limit = 3)
{
    private double variance;
    private long atMs;

    public double Value { get; private set; }

    /// <summary>1 at the limit; signless.</summary>
    public double Score => variance > 0 ? Math.Abs(Value) / (limit * Math.Sqrt(variance)) : 0;

    public double Take(double z, long nowMs)
    {
        if (!double.IsFinite(z))
        {
            return Score;
        }

        var first = atMs == 0;
        var elapsed = Math.Max(0, nowMs - atMs) / 1000.0;
        atMs = nowMs;

        // The first sample has no past: it enters with the weight that a distance of a tenth of the memory would give it.
        var weight = 1 - Math.Exp(-(first ? 0.1 : elapsed / tauSeconds));
        Value += weight * (z - Value);
        variance = ((1 - weight) * (1 - weight) * variance) + (weight * weight);
        return Score;
    }

    public void Clear() => (Value, variance, atMs) = (0, 0, 0);

    public void Save(BinaryWriter writer)
    {
        writer.Write(Value);
        writer.Write(variance);
        writer.Write(atMs);
    }

    public void Load(BinaryReader reader) => (Value, variance, atMs) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt64());
}
