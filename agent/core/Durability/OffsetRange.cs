namespace EdgeDcim.Core.Durability;

/// <summary>Offsets of a journal from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct OffsetRange(long First, long Last);
