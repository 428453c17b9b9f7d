namespace EdgeDcim.Core.Durability;

/// <summary>
/// What went in and out of a journal since it was opened, and what it holds now:
/// held at open + appended = held + forgotten + dropped + damaged, in batches and in readings.
/// </summary>
public sealed record JournalCounters
{
    public long HeldBatches { get; init; }

    public long HeldReadings { get; init; }

    /// <summary>Bytes of the file that hold data.</summary>
    public long HeldBytes { get; init; }

    public long AppendedBatches { get; init; }

    public long AppendedReadings { get; init; }

    /// <summary>Removed because the owner no longer needs them.</summary>
    public long ForgottenBatches { get; init; }

    public long ForgottenReadings { get; init; }

    /// <summary>Lost to a bound.</summary>
    public long DroppedBatches { get; init; }

    public long DroppedReadings { get; init; }

    /// <summary>Lost because their bytes no longer matched their checksum.</summary>
    public long DamagedBatches { get; init; }

    public long DamagedReadings { get; init; }
}

/// <summary>A gap: batches that are gone without having been forgotten.</summary>
/// <param name="Offsets">From the first to the last lost offset.</param>
/// <param name="Reason"><c>size</c>, <c>age</c> or <c>damage</c>.</param>
public sealed record DroppedRange(OffsetRange Offsets, long Batches, long Readings, long AtMs, string Reason);

/// <summary>A file that was found unusable and renamed, so that a person can look at it.</summary>
public sealed record SetAside(string Path, string Reason);
