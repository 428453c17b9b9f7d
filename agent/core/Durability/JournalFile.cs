using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EdgeDcim.Core.Durability;

// The journal is one SQLite database in WAL mode, so that a process may be killed and power may go at any instant: what was committed is
// there, what was not is not. `sqlite3 journal.db` shows it to a person.
//
//   application_id 0x45444A31 ("EDJ1"), user_version 1, page size 8192
//   batch     offset (AUTOINCREMENT) | at_ms | kind | count | crc | payload      one row a batch; crc = CRC-32C over the others
//   series    id | device | metric | part                                       ids 1, 2, 3 …; rows are never removed
//   cursor    name | offset                                                     how far a consumer has come
//   value     name | text                                                       `stream` (the id of this file), and the owner's own
//   received  stream | first | last                                             offsets of other journals that were taken in, as ranges
//   dropped   first | last | batches | readings | at_ms | reason                what a bound or damage took, newest 1 000
//
// Invariants
//   An offset is never given twice within a stream. After a close that was not clean the next offset skips a million, because a torn
//   write-ahead log may have swallowed the last commits together with their offsets, and a receiver would take a reused one for a repeat.
//   A batch, the series it names and the mark that it was received are committed together or not at all.
//   Every commit that holds a batch is synced to the disk before it returns; forgetting and cursors are not, since doing them again is harmless.
//   A batch whose crc is wrong is never handed out. A file that fails SQLite's check, or is not ours, is renamed and a new one begun.

/// <summary>Opens the SQLite file of a journal and decides whether it can be used.</summary>
internal sealed class JournalFile : IDisposable
{
    private const long ApplicationId = 0x45444A31;
    private const long Version = 1;

    private const string Schema = """
        CREATE TABLE batch(offset INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind INTEGER NOT NULL, count INTEGER NOT NULL, crc INTEGER NOT NULL, payload BLOB NOT NULL);
        CREATE TABLE series(id INTEGER PRIMARY KEY, device TEXT NOT NULL, metric TEXT NOT NULL, part TEXT);
        CREATE TABLE cursor(name TEXT PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE value(name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE received(stream BLOB NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(stream, first)) WITHOUT ROWID;
        CREATE TABLE dropped(first INTEGER PRIMARY KEY, last INTEGER NOT NULL, batches INTEGER NOT NULL, readings INTEGER NOT NULL, at_ms INTEGER NOT NULL, reason TEXT NOT NULL);
        """;

    private readonly string path;
    private readonly FileStream claim;

    private JournalFile(string path, FileStream claim)
    {
        this.path = path;
        this.claim = claim;
        Writer = null!;
        Reader = null!;
    }

    public SqliteConnection Writer { get; private set; }

    public SqliteConnection Reader { get; private set; }

    /// <summary>The last file that was renamed because it could not be used.</summary>
    public SetAside? SetAside { get; private set; }

    /// <exception cref="JournalException">In use by another process, or the disk cannot be written.</exception>
    public static JournalFile Open(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(path, refused);
        }

        var file = new JournalFile(path, Claim(path));
        try
        {
            file.OpenOrReplace();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>SQLite found the file broken: rename it and begin a new one.</summary>
    public void Replace(string reason)
    {
        Close();
        MoveAside(reason);
        OpenConnections();
    }

    public void Dispose()
    {
        Close();
        claim.Dispose();
    }

    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase;

    public static JournalException Unavailable(string path, Exception cause) =>
        new(JournalFault.Unavailable, $"the journal {path} cannot be written: {cause.Message.ReplaceLineEndings(" ").TrimEnd('.')}", cause);

    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    private static FileStream Claim(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException taken) when (File.Exists(path + ".lock"))
        {
            throw new JournalException(JournalFault.InUse, $"the journal {path} is open in another process; give each process a journal of its own", taken);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(path, refused);
        }
    }

    private void OpenOrReplace()
    {
        try
        {
            OpenConnections();
            if (FindFault() is { } fault)
            {
                Replace(fault);
            }
        }
        catch (SqliteException broken) when (IsDamage(broken))
        {
            Replace(broken.Message);
        }
        catch (SqliteException refused)
        {
            throw Unavailable(path, refused);
        }
    }

    private void OpenConnections()
    {
        var source = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
        Writer = new SqliteConnection(source.ToString());
        Writer.Open();
        Execute(Writer, "PRAGMA page_size=8192; PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=16777216; PRAGMA cache_size=-4000");
        if (Number("PRAGMA user_version") == 0 && Number("SELECT count(*) FROM sqlite_schema") == 0)
        {
            Execute(Writer, $"BEGIN IMMEDIATE; {Schema} PRAGMA application_id={ApplicationId}; PRAGMA user_version={Version}; INSERT INTO value VALUES('stream','{Guid.NewGuid():D}'); COMMIT");
        }

        Reader = new SqliteConnection(source.ToString());
        Reader.Open();
        Execute(Reader, "PRAGMA busy_timeout=5000; PRAGMA query_only=1; PRAGMA cache_size=-1000");
    }

    private string? FindFault()
    {
        if (Number("PRAGMA application_id") != ApplicationId)
        {
            return "it is a SQLite database of another program";
        }

        if (Number("PRAGMA user_version") is var version and not Version)
        {
            return $"it was written by another version (format {version}, this one reads {Version})";
        }

        using var check = Writer.CreateCommand();
        check.CommandText = "PRAGMA quick_check(1)";
        var verdict = check.ExecuteScalar() as string;
        return verdict == "ok" ? null : verdict ?? "SQLite's check gave no answer";
    }

    private void MoveAside(string reason)
    {
        var number = 1;
        while (File.Exists($"{path}.damaged-{number}"))
        {
            number++;
        }

        var target = $"{path}.damaged-{number}";
        File.Move(path, target);
        foreach (var suffix in new[] { "-wal", "-shm" })
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, target + suffix);
            }
        }

        SetAside = new SetAside(target, reason.ReplaceLineEndings(" "));
    }

    private void Close()
    {
        Reader?.Dispose();
        Writer?.Dispose();
    }

    private long Number(string sql)
    {
        using var command = Writer.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
