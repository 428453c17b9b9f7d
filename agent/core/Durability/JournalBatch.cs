namespace EdgeDcim.Core.Durability;

/// <summary>One batch as it lies in the journal.</summary>
/// <param name="Offset">Its place: grows by at least one from batch to batch, never used twice within a stream.</param>
/// <param name="AtMs">When it was appended: milliseconds since 1970-01-01 UTC.</param>
/// <param name="Kind">What the payload is; <see cref="Readings"/> or a number of the journal's owner.</param>
/// <param name="Count">How many readings the payload holds.</param>
public sealed record JournalBatch(long Offset, long AtMs, byte Kind, int Count, byte[] Payload)
{
    /// <summary>The kind whose payload <see cref="ReadingBatchReader"/> reads.</summary>
    public const byte Readings = 1;
}
