using Microsoft.Data.Sqlite;

namespace EdgeDcim.Collector.Anomalies;

/// <summary>
/// What detectors have learnt, on disk, so that a restart does not learn for days. A share of them is written every minute, all of them in a
/// quarter of an hour; what the last minutes added is lost in a crash and learnt again. A damaged file is begun anew.
/// </summary>
internal sealed class AnomalyStore : IDisposable
{
    private const long EveryMs = 60_000;
    private const int Shares = 15;

    /// <summary>Raised with every change of what detectors write.</summary>
    private const int Version = 1;

    /// <summary>Detectors that were not written for so long are gone.</summary>
    private const long KeepMs = 90 * 86_400_000L;

    private readonly SqliteConnection connection;
    private long savedMs;
    private int share;

    private AnomalyStore(SqliteConnection connection) => this.connection = connection;

    public static AnomalyStore Open(string path)
    {
        try
        {
            return new AnomalyStore(Connect(path));
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is 11 or 26)
        {
            // SQLITE_CORRUPT, SQLITE_NOTADB: nothing in it cannot be learnt again.
            File.Delete(path);
            return new AnomalyStore(Connect(path));
        }
    }

    public void Load(AnomalyEngine engine)
    {
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT detector, subject, state FROM learnt";
        using var rows = read.ExecuteReader();
        while (rows.Read())
        {
            engine.Restore(rows.GetString(0), rows.GetString(1), rows.GetFieldValue<byte[]>(2));
        }
    }

    /// <summary>Writes the next share when a minute has passed.</summary>
    public void Save(AnomalyEngine engine, long nowMs)
    {
        if (nowMs - savedMs < EveryMs)
        {
            return;
        }

        savedMs = nowMs;
        share = (share + 1) % Shares;
        Write(engine, index => index % Shares == share, nowMs);
    }

    public void SaveAll(AnomalyEngine engine) => Write(engine, _ => true, savedMs);

    public void Dispose() => connection.Dispose();

    private void Write(AnomalyEngine engine, Func<int, bool> chosen, long nowMs)
    {
        using var transaction = connection.BeginTransaction();
        using var put = connection.CreateCommand();
        put.Transaction = transaction;
        put.CommandText = "INSERT OR REPLACE INTO learnt VALUES ($detector, $subject, $state, $at)";
        var (detector, subject, state) = (put.Parameters.Add("$detector", SqliteType.Text), put.Parameters.Add("$subject", SqliteType.Text), put.Parameters.Add("$state", SqliteType.Blob));
        put.Parameters.AddWithValue("$at", nowMs);
        for (var i = 0; i < engine.Detectors.Count; i++)
        {
            if (chosen(i))
            {
                (detector.Value, subject.Value, state.Value) = (engine.Detectors[i].Name, engine.Detectors[i].Subject, AnomalyEngine.StateOf(engine.Detectors[i]));
                put.ExecuteNonQuery();
            }
        }

        using var forget = connection.CreateCommand();
        forget.Transaction = transaction;
        forget.CommandText = "DELETE FROM learnt WHERE at < $oldest";
        forget.Parameters.AddWithValue("$oldest", nowMs - KeepMs);
        forget.ExecuteNonQuery();
        transaction.Commit();
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
                CREATE TABLE IF NOT EXISTS version (number INTEGER NOT NULL);
                CREATE TABLE IF NOT EXISTS learnt (detector TEXT NOT NULL, subject TEXT NOT NULL, state BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (detector, subject)) WITHOUT ROWID;
                DELETE FROM learnt WHERE NOT EXISTS (SELECT 1 FROM version WHERE number = {Version});
                DELETE FROM version; INSERT INTO version VALUES ({Version});
                """;
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
