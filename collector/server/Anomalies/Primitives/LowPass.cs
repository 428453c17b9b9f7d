namespace EdgeDcim.Collector.Anomalies;

/// <summary>One-pole low-pass over time, not over rows: a value of <c>tau</c> ago weighs 1/e, however many came since.</summary>
internal sealed class LowPass(double tauSeconds)
{
    private long atMs;

    /// <summary>NaN before the first value.</summary>
    public double Value { get; private set; } = double.NaN;

    public double Take(double value, long nowMs)
    {
        if (!double.IsFinite(value))
        {
            return Value;
        }

        var elapsed = (nowMs - atMs) / 1000.0;
        if (double.IsNaN(Value) || elapsed < 0)
        {
            Value = value;
        }
        else
        {
            Value += (value - Value) * (1 - Math.Exp(-elapsed / tauSeconds));
        }

        atMs = nowMs;
        return Value;
    }

    public void Clear() => (Value, atMs) = (double.NaN, 0);

    public void Save(BinaryWriter writer)
    {
        writer.Write(Value);
        writer.Write(atMs);
    }

    public void Load(BinaryReader reader) => (Value, atMs) = (reader.ReadDouble(), reader.ReadInt64());
}
