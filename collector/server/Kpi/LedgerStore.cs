using Microsoft.Data.Sqlite;

namespace EdgeDcim.Collector.Kpi;

/// <summary>
/// The ledger on disk: one small SQLite file with the points and day sums of every track, so that a restart keeps all windows.
/// Only what changed is written. It holds nothing that the counters could not tell again but the past itself.
/// </summary>
internal sealed class LedgerStore : IDisposable
{
    /// <summary>"EDCL" as a number: tells a ledger from any other SQLite file.</summary>
    private const int ApplicationId = 0x4544434C;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS track (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL, learned REAL NOT NULL, historic REAL NOT NULL);
        CREATE TABLE IF NOT EXISTS point (track INTEGER NOT NULL, at INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (track, at)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS day (track INTEGER NOT NULL, day INTEGER NOT NULL, amount REAL NOT NULL, covered INTEGER NOT NULL, estimated REAL NOT NULL, PRIMARY KEY (track, day)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS revision (at INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL);
        """;

    private readonly SqliteConnection connection;

    private LedgerStore(SqliteConnection connection, string? setAside)
    {
        this.connection = connection;
        SetAside = setAside;
    }

    /// <summary>Where a damaged or foreign file was put before this one was begun, or null.</summary>
    public string? SetAside { get; }

    public static LedgerStore Open(string path)
    {
        try
        {
            return new LedgerStore(Connect(path), null);
        }
        catch (Exception damaged) when (damaged is SqliteException or InvalidDataException && File.Exists(path))
        {
            SqliteConnection.ClearAllPools();
            var number = 1;
            while (File.Exists($"{path}.damaged-{number}"))
            {
                number++;
            }

            var aside = $"{path}.damaged-{number}";
            File.Move(path, aside);
            File.Delete($"{path}-wal");
            File.Delete($"{path}-shm");
            return new LedgerStore(Connect(path), aside);
        }
    }

    public IReadOnlyList<LedgerRevision> Revisions()
    {
        using var command = Command("SELECT from_ms, to_ms, at FROM revision ORDER BY at");
        using var reader = command.ExecuteReader();
        var found = new List<LedgerRevision>();
        while (reader.Read())
        {
            found.Add(new LedgerRevision(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return found;
    }

    /// <summary>Puts back what was saved under a name; a track that changed from counter to integrated begins anew.</summary>
    public void Load(string name, CounterTrack track)
    {
        long id;
        double learned;
        double historic;
        using (var find = Command("SELECT id, kind, learned, historic FROM track WHERE name = $name", ("$name", name)))
        using (var reader = find.ExecuteReader())
        {
            if (!reader.Read())
            {
                return;
            }

            id = reader.GetInt64(0);
            learned = reader.GetDouble(2);
            historic = reader.GetDouble(3);
            if (reader.GetInt32(1) != (int)track.Kind)
            {
                id = -1;
            }
        }

        if (id < 0)
        {
            Forget(name);
            return;
        }

        var points = new List<CounterPoint>();
        using (var read = Command("SELECT at, value FROM point WHERE track = $id ORDER BY at", ("$id", id)))
        using (var reader = read.ExecuteReader())
        {
            while (reader.Read())
            {
                points.Add(new CounterPoint(reader.GetInt64(0), reader.GetDouble(1)));
            }
        }

        var days = new List<KeyValuePair<long, EnergySpan>>();
        using (var read = Command("SELECT day, amount, covered, estimated FROM day WHERE track = $id ORDER BY day", ("$id", id)))
        using (var reader = read.ExecuteReader())
        {
            while (reader.Read())
            {
                days.Add(new(reader.GetInt64(0), new EnergySpan(reader.GetDouble(1), reader.GetInt64(2), reader.GetDouble(3))));
            }
        }

        track.Restore(points, days, learned, historic);
    }

    /// <summary>Writes what changed since the last call, all or nothing.</summary>
    public void Save(IEnumerable<(string Name, CounterTrack Track)> tracks, IReadOnlyList<LedgerRevision> revisions)
    {
        using var transaction = connection.BeginTransaction();
        using var put = Command("INSERT OR REPLACE INTO point VALUES ($track, $at, $value)", ("$track", 0L), ("$at", 0L), ("$value", 0.0));
        using var delete = Command("DELETE FROM point WHERE track = $track AND at = $at", ("$track", 0L), ("$at", 0L));
        using var putDay = Command("INSERT OR REPLACE INTO day VALUES ($track, $day, $amount, $covered, $estimated)", ("$track", 0L), ("$day", 0L), ("$amount", 0.0), ("$covered", 0L), ("$estimated", 0.0));
        foreach (var command in new[] { put, delete, putDay })
        {
            command.Transaction = transaction;
        }

        foreach (var (name, track) in tracks)
        {
            var (points, days) = track.TakeChanges();
            if (points.Count == 0 && days.Count == 0)
            {
                continue;
            }

            var id = Identify(name, track, transaction);
            foreach (var (at, value) in points)
            {
                if (value is { } kept)
                {
                    Run(put, id, at, kept);
                }
                else
                {
                    Run(delete, id, at);
                }
            }

            foreach (var (day, span) in days)
            {
                Run(putDay, id, day, span.Amount, span.CoveredMs, span.Estimated);
            }
        }

        using var clear = Command("DELETE FROM revision");
        clear.Transaction = transaction;
        clear.ExecuteNonQuery();
        foreach (var revision in revisions)
        {
            using var add = Command("INSERT INTO revision VALUES ($at, $from, $to)", ("$at", revision.TouchedMs), ("$from", revision.FromMs), ("$to", revision.ToMs));
            add.Transaction = transaction;
            add.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public void Dispose() => connection.Dispose();

    private static SqliteConnection Connect(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
            var id = Scalar(connection, "PRAGMA application_id");
            var tables = Scalar(connection, "SELECT count(*) FROM sqlite_master");
            if ((tables > 0 && id != ApplicationId) || !IsSound(connection))
            {
                throw new InvalidDataException("not a ledger, or damaged");
            }

            Execute(connection, $"PRAGMA application_id={ApplicationId}; {Schema}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static bool IsSound(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        return command.ExecuteScalar() is "ok";
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)(command.ExecuteScalar() ?? 0L);
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }

    private long Identify(string name, CounterTrack track, SqliteTransaction transaction)
    {
        using var command = Command(
            "INSERT INTO track (name, kind, learned, historic) VALUES ($name, $kind, $learned, $historic) ON CONFLICT (name) DO UPDATE SET learned = $learned, historic = $historic RETURNING id",
            ("$name", name), ("$kind", (int)track.Kind), ("$learned", track.LearnedPerHour), ("$historic", track.HistoricPerHour));
        command.Transaction = transaction;
        return (long)command.ExecuteScalar()!;
    }

    private void Forget(string name)
    {
        foreach (var sql in new[]
        {
            "DELETE FROM point WHERE track = (SELECT id FROM track WHERE name = $name)",
            "DELETE FROM day WHERE track = (SELECT id FROM track WHERE name = $name)",
            "DELETE FROM track WHERE name = $name",
        })
        {
            using var command = Command(sql, ("$name", name));
            command.ExecuteNonQuery();
        }
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
