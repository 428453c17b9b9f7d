namespace EdgeDcim.Core.Telemetry;

/// <summary>How far a value may be trusted. Ordered: a sum is worth as much as its worst part.</summary>
public enum Quality : byte
{
    /// <summary>Asked for and not obtained. The value is NaN and is never summed. It is the default, so forgetting is safe.</summary>
    Missing,

    /// <summary>Computed across a gap.</summary>
    Estimated,

    /// <summary>Outside its plausible range, or its scale is not yet accepted. Shown, stored, and kept out of every KPI.</summary>
    Suspect,

    /// <summary>Measured and plausible.</summary>
    Good,
}
