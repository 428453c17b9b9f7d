using EdgeDcim.Core.Telemetry;
using Microsoft.Data.Sqlite;

namespace EdgeDcim.Core.Durability;

/// <summary>
/// Durable, bounded queue of batches with an offset that only grows: the agent's outbox, and the collector's inbox and outbox.
/// Any thread may call; writers wait for each other, a reader waits for no writer. Calls block while the disk works.
/// Format and invariants stand at the head of <c>JournalFile.cs</c>.
/// </summary>
public sealed class Journal : IDisposable
{
    private readonly string path;
    private readonly TimeProvider time;
    private readonly JournalFile file;
    private readonly SeriesIds series = new();
    private readonly Lock writing = new();
    private readonly Lock reading = new();
    private volatile JournalWriter writer;
    private JournalReader reader;
    private TaskCompletionSource appended = NewSignal();
    private bool disposed;

    private Journal(string path, JournalBounds bounds, TimeProvider time, JournalFile file)
    {
        this.path = path;
        this.time = time;
        this.file = file;
        Bounds = bounds;
        writer = new JournalWriter(file.Writer, series, time);
        reader = new JournalReader(file.Reader);
    }

    public JournalBounds Bounds { get; }

    /// <summary>Identity of the file: offsets of different streams have nothing to do with each other. Changes when a damaged file is replaced.</summary>
    public Guid StreamId => writer.StreamId;

    /// <summary>The file that was last found unusable and renamed; null when that has not happened since opening.</summary>
    public SetAside? SetAside => file.SetAside;

    /// <summary>The newest offset that is committed, 0 in a new journal.</summary>
    public long LastOffset => writer.LastOffset;

    public JournalCounters Counters => writer.Counters;

    /// <summary>Hears which batches a bound or damage took, when they are gone. Called under the write lock: it must not call the journal.</summary>
    public Action<IReadOnlyList<LostBatch>>? Lost { get; set; }

    /// <summary>Opens or creates. A file that is damaged or foreign is renamed to <c>name.damaged-N</c> and a new one begun.</summary>
    /// <exception cref="JournalException">In use by another process, or the disk cannot be written.</exception>
    public static Journal Open(string path, JournalBounds bounds, TimeProvider time)
    {
        var file = JournalFile.Open(path);
        try
        {
            return new Journal(path, bounds, time, file);
        }
        catch (SqliteException broken) when (JournalFile.IsDamage(broken))
        {
            file.Replace(broken.Message);
            return new Journal(path, bounds, time, file);
        }
        catch (SqliteException refused)
        {
            file.Dispose();
            throw JournalFile.Unavailable(path, refused);
        }
    }

    /// <summary>The number of a series in this journal, given out when first asked for. Stays the same for the life of the file.</summary>
    public int SeriesId(Series wanted) => series.IdOf(wanted);

    /// <summary>The series of a number; always the same object for the same series.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The journal has not given out that number.</exception>
    public Series SeriesOf(int id) => series.Find(id) ?? throw new ArgumentOutOfRangeException(nameof(id), id, "no series has this number");

    /// <summary>Writes one batch and returns its offset; it is on the disk on return.</summary>
    public long Append(byte kind, int count, ReadOnlySpan<byte> payload)
    {
        using var group = BeginGroup();
        var offset = group.Append(kind, count, payload);
        group.Commit();
        return offset;
    }

    public long Append(ReadingBatchWriter batch) => Append(JournalBatch.Readings, batch.Count, batch.Payload);

    /// <summary>Starts a group of writes with one sync at its end. Dispose it in the same method.</summary>
    public JournalGroup BeginGroup()
    {
        writing.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            Write(static (to, _) => to.Begin(), 0);
            return new JournalGroup(this);
        }
        catch
        {
            writing.Exit();
            throw;
        }
    }

    /// <summary>
    /// Adds to <paramref name="into"/> the batches after <paramref name="after"/> up to and including <paramref name="upTo"/>, oldest first, until
    /// their readings reach <paramref name="maxReadings"/>; at least one when there is any. Returns the last offset looked at, from which to go on.
    /// </summary>
    public long Read(long after, long upTo, int maxReadings, ICollection<JournalBatch> into)
    {
        IReadOnlyList<long> damaged;
        long end;
        try
        {
            lock (reading)
            {
                ObjectDisposedException.ThrowIf(disposed, this);
                (end, damaged) = reader.Read(after, upTo, maxReadings, into);
            }
        }
        catch (SqliteException error)
        {
            throw Translate(error);
        }

        foreach (var offset in damaged)
        {
            RunAlone(static (to, at) => to.DropDamaged(at), offset);
        }

        return end;
    }

    /// <summary>Removes the batches from <paramref name="first"/> to <paramref name="last"/>, both included: their owner no longer needs them.</summary>
    public void Forget(long first, long last) => Forget([new OffsetRange(first, last)]);

    public void Forget(IReadOnlyList<OffsetRange> ranges) => RunAlone(static (to, list) => to.Forget(list), ranges);

    /// <summary>Where a consumer stands: the last offset it is done with, 0 when it has not begun.</summary>
    public long GetCursor(string name)
    {
        lock (writing)
        {
            return Write(static (to, key) => to.GetCursor(key), name);
        }
    }

    public void SetCursor(string name, long offset) => RunAlone(static (to, pair) => to.SetCursor(pair.name, pair.offset), (name, offset));

    public string? GetValue(string name)
    {
        lock (writing)
        {
            return Write(static (to, key) => to.GetValue(key), name);
        }
    }

    /// <summary>Keeps a text under a name of the owner's; on the disk on return.</summary>
    public void SetValue(string name, string text)
    {
        using var group = BeginGroup();
        Write(static (to, pair) => to.SetValue(pair.name, pair.text), (name, text));
        group.Commit();
    }

    /// <summary>Like <see cref="SetValue"/>, without waiting for the disk: a loss of power may bring the text before it back.</summary>
    public void NoteValue(string name, string text) => RunAlone(static (to, pair) => to.SetValue(pair.name, pair.text), (name, text));

    /// <summary>The gaps that bounds and damage have torn, oldest first, at most the newest 1 000.</summary>
    public IReadOnlyList<DroppedRange> Dropped()
    {
        lock (writing)
        {
            return Write(static (to, _) => to.Dropped(), 0);
        }
    }

    /// <summary>When the oldest batch held was appended, in Unix ms; null when none is held.</summary>
    public long? OldestAtMs()
    {
        lock (writing)
        {
            return Write(static (to, _) => to.OldestAtMs(), 0);
        }
    }

    /// <summary>Completes when <see cref="LastOffset"/> is beyond <paramref name="after"/>, or when a new stream has begun.</summary>
    public async Task WaitForAppendAsync(long after, CancellationToken cancel)
    {
        var stream = StreamId;
        while (true)
        {
            var signal = Volatile.Read(ref appended);
            if (LastOffset > after || StreamId != stream)
            {
                return;
            }

            await signal.Task.WaitAsync(cancel);
        }
    }

    public void Dispose()
    {
        lock (writing)
        {
            lock (reading)
            {
                if (disposed)
                {
                    return;
                }

                disposed = true;
                try
                {
                    writer.MarkClean();
                }
                catch (SqliteException)
                {
                    // A disk that refuses the mark only costs the next opening a skip of offsets.
                }

                writer.Dispose();
                reader.Dispose();
                file.Dispose();
            }
        }
    }

    internal long AppendInGroup(byte kind, int count, ReadOnlySpan<byte> payload) =>
        Write(static (to, batch) => to.Append(batch.kind, batch.count, batch.payload), (kind, count, payload: payload.ToArray()));

    internal bool MarkReceivedInGroup(Guid stream, long offset) =>
        Write(static (to, mark) => to.MarkReceived(mark.stream, mark.offset), (stream, offset));

    internal void SetCursorInGroup(string name, long offset) =>
        Write(static (to, pair) => to.SetCursor(pair.name, pair.offset), (name, offset));

    internal void CommitGroup()
    {
        Write(static (to, bounds) => to.Commit(bounds), Bounds);
        TellLost();
        Interlocked.Exchange(ref appended, NewSignal()).SetResult();
    }

    internal void EndGroup()
    {
        try
        {
            writer.Rollback();
        }
        finally
        {
            writing.Exit();
        }
    }

    /// <summary>A write in a transaction of its own that is not synced: after a loss of power it is simply done again.</summary>
    private void RunAlone<T>(Action<JournalWriter, T> work, T argument)
    {
        lock (writing)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            Write(static (to, job) => to.Alone(job.work, job.argument), (work, argument));
            TellLost();
        }
    }

    private void TellLost()
    {
        if (writer.Lost.Count > 0)
        {
            Lost?.Invoke([.. writer.Lost]);
            writer.Lost.Clear();
        }
    }

    private void Write<T>(Action<JournalWriter, T> work, T argument) =>
        Write(
            static (to, job) =>
            {
                job.work(to, job.argument);
                return 0;
            },
            (work, argument));

    private TResult Write<T, TResult>(Func<JournalWriter, T, TResult> work, T argument)
    {
        try
        {
            return work(writer, argument);
        }
        catch (SqliteException error)
        {
            throw Translate(error);
        }
    }

    private JournalException Translate(SqliteException error)
    {
        if (!JournalFile.IsDamage(error))
        {
            return JournalFile.Unavailable(path, error);
        }

        lock (writing)
        {
            lock (reading)
            {
                writer.Dispose();
                reader.Dispose();
                var counters = writer.Counters;
                file.Replace(error.Message);
                writer = new JournalWriter(file.Writer, series, time, counters);
                reader = new JournalReader(file.Reader);
            }
        }

        Interlocked.Exchange(ref appended, NewSignal()).SetResult();
        return new JournalException(JournalFault.Damaged, $"the journal {path} is damaged ({error.Message}); it is now {SetAside?.Path} and a new one has begun", error);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
