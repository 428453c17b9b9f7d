namespace EdgeDcim.Collector.Anomalies;

/// <summary>
/// Two-sided cumulative sum of a standardised residual: finds a small lasting shift soonest. S⁺ = max(0, S⁺ + z − k), S⁻ likewise.
/// With whitened z, k = 0.5 and h = 5 the mean distance of false alarms is 465 samples; h = 9 gives about 80 000.
/// </summary>
/// <param name="k">Slack in σ: half the shift that is to be found.</param>
/// <param name="h">Limit in σ.</param>
/// <param name="clip">One sample counts at most this many σ, so that a single spike is no shift.</param>
internal sealed class Cusum(double k, double h, double clip = 4)
{
    private long upSinceMs;
    private long downSinceMs;

    public double Up { get; private set; }

    public double Down { get; private set; }

    /// <summary>1 at the limit.</summary>
    public double Score => Math.Max(Up, Down) / h;

    public bool IsUp => Up >= Down;

    /// <summary>When the larger sum last left zero: the estimate of when the shift began.</summary>
    public long OnsetMs => IsUp ? upSinceMs : downSinceMs;

    public double Take(double z, long atMs)
    {
        if (double.IsNaN(z))
        {
            return Score;
        }

        z = Math.Clamp(z, -clip, clip);
        if (Up <= 0)
        {
            upSinceMs = atMs;
        }

        if (Down <= 0)
        {
            downSinceMs = atMs;
        }

        // Bounded, so that a shift of months is not repaid for months.
        Up = Math.Clamp(Up + z - k, 0, 2 * h);
        Down = Math.Clamp(Down - z - k, 0, 2 * h);
        return Score;
    }

    public void Clear() => (Up, Down, upSinceMs, downSinceMs) = (0, 0, 0, 0);

    public void Save(BinaryWriter writer)
    {
        writer.Write(Up);
        writer.Write(Down);
        writer.Write(upSinceMs);
        writer.Write(downSinceMs);
    }

    public void Load(BinaryReader reader) =>
        (Up, Down, upSinceMs, downSinceMs) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt64(), reader.ReadInt64());
}
