namespace EdgeDcim.Core.Durability;

/// <summary>
/// A group of writes that is committed together, with one sync of the disk. Holds the journal's write lock from
/// <see cref="Journal.BeginGroup"/> to <see cref="Dispose"/>, so it lives in one method; without <see cref="Commit"/> nothing of it stays.
/// </summary>
public readonly ref struct JournalGroup
{
    private readonly Journal journal;

    internal JournalGroup(Journal journal) => this.journal = journal;

    /// <summary>Adds a batch and returns its offset.</summary>
    public long Append(byte kind, int count, ReadOnlySpan<byte> payload) => journal.AppendInGroup(kind, count, payload);

    public long Append(ReadingBatchWriter batch) => Append(JournalBatch.Readings, batch.Count, batch.Payload);

    /// <summary>Notes that the batch at <paramref name="offset"/> of another journal was taken in; false when it already had been.</summary>
    public bool MarkReceived(Guid stream, long offset) => journal.MarkReceivedInGroup(stream, offset);

    public void SetCursor(string name, long offset) => journal.SetCursorInGroup(name, offset);

    /// <summary>On return everything of the group is on the disk.</summary>
    /// <exception cref="JournalException">Nothing of it is; the fault tells what to do.</exception>
    public void Commit() => journal.CommitGroup();

    public void Dispose() => journal.EndGroup();
}
