namespace EdgeDcim.Core.Durability;

/// <summary>What a journal may grow to. Beyond either bound the oldest whole batches are dropped and counted.</summary>
/// <param name="MaxBytes">Bytes of the file that hold data; the write-ahead log comes on top with up to 16 MiB.</param>
/// <param name="Keep">How long a batch may wait, by the clock that stamped it when it was appended.</param>
public sealed record JournalBounds(long MaxBytes, TimeSpan Keep)
{
    /// <summary>512 MiB and seven days.</summary>
    public static JournalBounds Default { get; } = new(512L << 20, TimeSpan.FromDays(7));
}
