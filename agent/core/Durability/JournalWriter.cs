using EdgeDcim.Core.Telemetry;
using Microsoft.Data.Sqlite;

namespace EdgeDcim.Core.Durability;

/// <summary>The writing connection of a journal with its statements and counts. Its owner holds the write lock around every call.</summary>
internal sealed class JournalWriter : IDisposable
{
    private const long SkipAfterUncleanClose = 1_000_000;

    /// <summary>2020-01-01: a batch stamped earlier comes from a clock that had not been set yet, so its age is not known.</summary>
    private const long FirstSaneMs = 1_577_836_800_000;
    private const int MaxDroppedRows = 1_000;
    private const string CleanMark = "clean";

    private readonly TimeProvider time;
    private readonly SeriesIds series;
    private readonly SqliteConnection connection;
    private readonly List<Statement> all = [];
    private readonly Statement begin, commit, rollback, syncFull, syncLater;
    private readonly Statement insert, addSeries, oldest, each, sum, delete, addDropped, growDropped, lastDropped, trimDropped;
    private readonly Statement pageCount, freePages, pageSize;
    private readonly ReceivedOffsets received;
    private readonly NamedEntries names;
    private int savedSeries;
    private bool open;
    private long nextOffset;
    private long lastAppended;
    private long committedOffset;
    private JournalCounters counters;
    private JournalCounters pending;

    public JournalWriter(SqliteConnection connection, SeriesIds series, TimeProvider time, JournalCounters? before = null)
    {
        this.connection = connection;
        this.series = series;
        this.time = time;
        begin = Prepare("BEGIN IMMEDIATE");
        commit = Prepare("COMMIT");
        rollback = Prepare("ROLLBACK");
        syncFull = Prepare("PRAGMA synchronous=FULL");
        syncLater = Prepare("PRAGMA synchronous=NORMAL");
        insert = Prepare("INSERT INTO batch VALUES($1, $2, $3, $4, $5, $6)");
        addSeries = Prepare("INSERT INTO series VALUES($1, $2, $3, $4)");
        oldest = Prepare("SELECT offset, at_ms, count FROM batch ORDER BY offset LIMIT $1");
        each = Prepare("SELECT offset, count FROM batch WHERE offset BETWEEN $1 AND $2");
        sum = Prepare("SELECT count(*), coalesce(sum(count), 0) FROM batch WHERE offset BETWEEN $1 AND $2");
        delete = Prepare("DELETE FROM batch WHERE offset BETWEEN $1 AND $2");
        addDropped = Prepare("INSERT OR REPLACE INTO dropped VALUES($1, $2, $3, $4, $5, $6)");
        growDropped = Prepare("UPDATE dropped SET last = $2, batches = batches + $3, readings = readings + $4, at_ms = $5 WHERE first = $1");
        lastDropped = Prepare("SELECT first, last, reason FROM dropped ORDER BY first DESC LIMIT 1");
        trimDropped = Prepare("DELETE FROM dropped WHERE first <= (SELECT first FROM dropped ORDER BY first DESC LIMIT 1 OFFSET $1)");
        pageCount = Prepare("PRAGMA page_count");
        freePages = Prepare("PRAGMA freelist_count");
        pageSize = Prepare("PRAGMA page_size");
        received = new ReceivedOffsets(Prepare);
        names = new NamedEntries(Prepare);
        (counters, committedOffset) = LoadState(before ?? new JournalCounters());
        pending = counters;
        lastAppended = committedOffset;
        nextOffset = committedOffset + (names.GetValue(CleanMark) == "1" || committedOffset == 0 ? 1 : SkipAfterUncleanClose);
        names.SetValue(CleanMark, "0");
        StreamId = Guid.Parse(names.GetValue("stream")!);
    }

    public Guid StreamId { get; }

    public long LastOffset => Volatile.Read(ref committedOffset);

    public JournalCounters Counters => Volatile.Read(ref counters);

    /// <summary>What bounds and damage took since the list was last cleared.</summary>
    public List<LostBatch> Lost { get; } = [];

    public void Begin()
    {
        begin.Run();
        open = true;
        pending = counters;
        Lost.Clear();
    }

    public long Append(byte kind, int count, byte[] payload)
    {
        var atMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var offset = nextOffset;
        insert.Run(offset, atMs, (long)kind, (long)count, (long)Checksum.Of(offset, atMs, kind, count, payload), payload);
        lastAppended = nextOffset++;
        pending = pending with
        {
            AppendedBatches = pending.AppendedBatches + 1,
            AppendedReadings = pending.AppendedReadings + count,
            HeldBatches = pending.HeldBatches + 1,
            HeldReadings = pending.HeldReadings + count,
        };
        return offset;
    }

    public bool MarkReceived(Guid stream, long offset) => received.Mark(stream, offset);

    /// <summary>Enforces the bounds, saves new series, and makes the group durable.</summary>
    public void Commit(JournalBounds bounds)
    {
        var known = SaveSeries();
        DropOld(bounds);
        DropBeyondSize(bounds);
        pending = pending with { HeldBytes = UsedBytes() };
        commit.Run();
        open = false;
        savedSeries = known;
        Publish(lastAppended);
    }

    /// <summary>Undoes a group that was not committed; does nothing after a commit.</summary>
    public void Rollback()
    {
        if (!open)
        {
            return;
        }

        open = false;
        lastAppended = committedOffset;
        try
        {
            rollback.Run();
        }
        catch (SqliteException)
        {
            // A full disk makes SQLite roll back by itself; there is then nothing left to undo.
        }
    }

    /// <summary>Runs a small write in its own transaction, ordered with the others but not synced.</summary>
    public void Alone<T>(Action<JournalWriter, T> work, T argument)
    {
        if (open)
        {
            work(this, argument);
            return;
        }

        syncLater.Run();
        try
        {
            Begin();
            work(this, argument);
            pending = pending with { HeldBytes = UsedBytes() };
            commit.Run();
            open = false;
            Publish(committedOffset);
        }
        finally
        {
            Rollback();
            syncFull.Run();
        }
    }

    public void Forget(IReadOnlyList<OffsetRange> ranges)
    {
        foreach (var (first, last) in ranges)
        {
            var (batches, readings) = Remove(first, last);
            pending = pending with
            {
                ForgottenBatches = pending.ForgottenBatches + batches,
                ForgottenReadings = pending.ForgottenReadings + readings,
            };
        }
    }

    public void DropDamaged(long offset)
    {
        NoteLost(offset, offset);
        var (batches, readings) = Remove(offset, offset);
        pending = pending with
        {
            DamagedBatches = pending.DamagedBatches + batches,
            DamagedReadings = pending.DamagedReadings + readings,
        };
        NoteGap(offset, offset, batches, readings, "damage");
    }

    public long GetCursor(string name) => names.GetCursor(name);

    public void SetCursor(string name, long offset) => names.SetCursor(name, offset);

    public string? GetValue(string name) => names.GetValue("own." + name);

    public void SetValue(string name, string text) => names.SetValue("own." + name, text);

    public void MarkClean() => names.SetValue(CleanMark, "1");

    public long? OldestAtMs()
    {
        using var rows = oldest.Query(1L);
        return rows.Read() ? rows.GetInt64(1) : null;
    }

    public IReadOnlyList<DroppedRange> Dropped()
    {
        using var all = new Statement(connection, "SELECT first, last, batches, readings, at_ms, reason FROM dropped ORDER BY first");
        using var rows = all.Query();
        var found = new List<DroppedRange>();
        while (rows.Read())
        {
            found.Add(new DroppedRange(new OffsetRange(rows.GetInt64(0), rows.GetInt64(1)), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4), rows.GetString(5)));
        }

        return found;
    }

    public void Dispose()
    {
        foreach (var statement in all)
        {
            statement.Dispose();
        }
    }

    private Statement Prepare(string sql)
    {
        var statement = new Statement(connection, sql);
        all.Add(statement);
        return statement;
    }

    private (JournalCounters Held, long LastOffset) LoadState(JournalCounters before)
    {
        using var held = new Statement(connection, "SELECT count(*), coalesce(sum(count), 0), (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'batch') FROM batch");
        using var stored = new Statement(connection, "SELECT id, device, metric, part FROM series ORDER BY id");
        using (var rows = stored.Query())
        {
            while (rows.Read())
            {
                if (rows.GetInt64(0) > series.Count)
                {
                    series.Load(new Series(rows.GetString(1), rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetString(3)));
                }

                savedSeries = (int)rows.GetInt64(0);
            }
        }

        using var row = held.Query();
        row.Read();
        return (before with { HeldBatches = row.GetInt64(0), HeldReadings = row.GetInt64(1), HeldBytes = UsedBytes() }, row.GetInt64(2));
    }

    private int SaveSeries()
    {
        var known = series.Count;
        for (var id = savedSeries + 1; id <= known; id++)
        {
            var added = series.Find(id)!;
            addSeries.Run((long)id, added.Device, added.Metric, added.Part);
        }

        return known;
    }

    private void DropOld(JournalBounds bounds)
    {
        var cutoff = time.GetUtcNow().Subtract(bounds.Keep).ToUnixTimeMilliseconds();
        long last = 0;
        using (var rows = oldest.Query(256L))
        {
            while (rows.Read() && rows.GetInt64(1) is var atMs && atMs < cutoff && atMs >= FirstSaneMs)
            {
                last = rows.GetInt64(0);
            }
        }

        if (last > 0)
        {
            Drop(last, "age");
        }
    }

    private void DropBeyondSize(JournalBounds bounds)
    {
        while (UsedBytes() > bounds.MaxBytes && pending.HeldBatches > 1)
        {
            long last = 0;
            using (var rows = oldest.Query(8L))
            {
                // Eight at a time keeps the cost a batch low; the newest is never dropped.
                while (rows.Read() && rows.GetInt64(0) < lastAppended)
                {
                    last = rows.GetInt64(0);
                }
            }

            if (last == 0)
            {
                return;
            }

            Drop(last, "size");
        }
    }

    private void Drop(long upTo, string reason)
    {
        long first;
        using (var rows = oldest.Query(1L))
        {
            rows.Read();
            first = rows.GetInt64(0);
        }

        NoteLost(first, upTo);
        var (batches, readings) = Remove(first, upTo);
        pending = pending with
        {
            DroppedBatches = pending.DroppedBatches + batches,
            DroppedReadings = pending.DroppedReadings + readings,
        };
        NoteGap(first, upTo, batches, readings, reason);
    }

    private void NoteLost(long first, long last)
    {
        using var rows = each.Query(first, last);
        while (rows.Read())
        {
            Lost.Add(new LostBatch(rows.GetInt64(0), rows.GetInt64(1)));
        }
    }

    private (long Batches, long Readings) Remove(long first, long last)
    {
        long batches, readings;
        using (var row = sum.Query(first, last))
        {
            row.Read();
            (batches, readings) = (row.GetInt64(0), row.GetInt64(1));
        }

        if (batches > 0)
        {
            delete.Run(first, last);
            pending = pending with { HeldBatches = pending.HeldBatches - batches, HeldReadings = pending.HeldReadings - readings };
        }

        return (batches, readings);
    }

    private void NoteGap(long first, long last, long batches, long readings, string reason)
    {
        var atMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        using (var row = lastDropped.Query())
        {
            if (row.Read() && row.GetInt64(1) == first - 1 && row.GetString(2) == reason)
            {
                growDropped.Run(row.GetInt64(0), last, batches, readings, atMs);
                return;
            }
        }

        addDropped.Run(first, last, batches, readings, atMs, reason);
        trimDropped.Run((long)MaxDroppedRows);
    }

    private long UsedBytes() => ((long)pageCount.Scalar()! - (long)freePages.Scalar()!) * (long)pageSize.Scalar()!;

    private void Publish(long lastOffset)
    {
        Volatile.Write(ref counters, pending);
        Volatile.Write(ref committedOffset, lastOffset);
    }
}
