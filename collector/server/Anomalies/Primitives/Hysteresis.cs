namespace EdgeDcim.Collector.Anomalies;

/// <summary>When a score raises and when it clears again: limits apart, and each for a time.</summary>
/// <param name="Raise">A score from here on raises; 1 by the meaning of a score.</param>
/// <param name="Clear">A score below this clears.</param>
/// <param name="OnDelayMs">How long it must stay above; 0 raises at once.</param>
/// <param name="OffDelayMs">How long it must stay below.</param>
internal readonly record struct HysteresisLimits(double Raise, double Clear, long OnDelayMs, long OffDelayMs)
{
    public static HysteresisLimits Default => new(1, 0.6, 0, 0);
}

/// <summary>Turns a wavering score into a state. A score that is not known (NaN) changes nothing and stops no clock.</summary>
internal sealed class Hysteresis
{
    private long crossedMs = -1;

    public bool IsRaised { get; private set; }

    /// <summary>True when the state changed.</summary>
    public bool Take(long nowMs, double score, HysteresisLimits limits)
    {
        if (double.IsNaN(score))
        {
            return false;
        }

        var crosses = IsRaised ? score < limits.Clear : score >= limits.Raise;
        if (!crosses)
        {
            crossedMs = -1;
            return false;
        }

        crossedMs = crossedMs < 0 ? nowMs : crossedMs;
        if (nowMs - crossedMs < (IsRaised ? limits.OffDelayMs : limits.OnDelayMs))
        {
            return false;
        }

        crossedMs = -1;
        IsRaised = !IsRaised;
        return true;
    }

    public void Clear() => (IsRaised, crossedMs) = (false, -1);

    public void Save(BinaryWriter writer)
    {
        writer.Write(IsRaised);
        writer.Write(crossedMs);
    }

    public void Load(BinaryReader reader) => (IsRaised, crossedMs) = (reader.ReadBoolean(), reader.ReadInt64());
}
