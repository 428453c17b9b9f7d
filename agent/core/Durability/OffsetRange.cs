namespace EdgeDcim.Core.Durability;

/// <summary>Offsets of a journal from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct OffsetRange(long First, long Last);

/// <summary>A batch that a bound or damage took, with its number of readings.</summary>
public readonly record struct LostBatch(long Offset, long Readings);
