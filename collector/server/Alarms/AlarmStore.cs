using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeDcim.Collector.Notification;
using Microsoft.Data.Sqlite;

namespace EdgeDcim.Collector.Alarms;

/// <summary>
/// The alarms on disk: what each is now, the audit trail of what happened, and the notifications that are due, in one small SQLite file. A change,
/// the state after it and the messages about it are one transaction, so none of them is ever without the others. Safe from any thread.
/// </summary>
internal sealed class AlarmStore : IDisposable
{
    /// <summary>"EDAL" as a number: tells it from any other SQLite file.</summary>
    private const int ApplicationId = 0x4544414C;

    /// <summary>Lines of the audit trail at most, however young.</summary>
    public const int MaxChanges = 2_000_000;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS alarm (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS change (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, alarm TEXT NOT NULL, event TEXT NOT NULL, user TEXT NOT NULL, reason TEXT, body TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS change_at ON change (at);
        CREATE INDEX IF NOT EXISTS change_alarm ON change (alarm, seq);
        CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, message TEXT, due INTEGER NOT NULL, created INTEGER NOT NULL, urgent INTEGER NOT NULL, attempts INTEGER NOT NULL, body TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS outbox_channel ON outbox (channel, message, seq);
        CREATE TABLE IF NOT EXISTS told (channel TEXT NOT NULL, route TEXT NOT NULL, alarm TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (channel, route, alarm)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS value (key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteConnection connection;
    private readonly Lock gate = new();

    private AlarmStore(SqliteConnection connection, string? setAside) => (this.connection, SetAside) = (connection, setAside);

    /// <summary>Where a damaged or foreign file was put before this one was begun, or null.</summary>
    public string? SetAside { get; }

    public static AlarmStore Open(string path)
    {
        try
        {
            return new AlarmStore(Connect(path), null);
        }
        catch (Exception damaged) when (damaged is SqliteException or InvalidDataException && File.Exists(path))
        {
            SqliteConnection.ClearAllPools();
            var number = 1;
            while (File.Exists($"{path}.damaged-{number}"))
            {
                number++;
            }

            var aside = $"{path}.damaged-{number.ToString(CultureInfo.InvariantCulture)}";
            File.Move(path, aside);
            File.Delete($"{path}-wal");
            File.Delete($"{path}-shm");
            return new AlarmStore(Connect(path), aside);
        }
    }

    /// <summary>For a look beside a running collector.</summary>
    public static AlarmStore OpenToRead(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = SqliteOpenMode.ReadOnly }.ToString());
        connection.Open();
        return new AlarmStore(connection, null);
    }

    public static AlarmStore InMemory() => new(Connect(":memory:"), null);

    public IReadOnlyList<Alarm> Alarms()
    {
        lock (gate)
        {
            using var command = Command("SELECT body FROM alarm");
            using var reader = command.ExecuteReader();
            var found = new List<Alarm>();
            while (reader.Read())
            {
                if (JsonSerializer.Deserialize(reader.GetString(0), AlarmJson.Default.Alarm) is { } alarm)
                {
                    found.Add(alarm);
                }
            }

            return found;
        }
    }

    /// <summary>Writes what happened and what is so now; alarms that are at rest are forgotten, their past is in the trail.</summary>
    public void Save(IReadOnlyList<AlarmChange> changes, IEnumerable<(string Id, Alarm? Alarm)> states, IReadOnlyList<OutboxRow> outbox)
    {
        lock (gate)
        {
            using var transaction = connection.BeginTransaction();
            foreach (var change in changes)
            {
                Run(
                    "INSERT INTO change (at, alarm, event, user, reason, body) VALUES ($1, $2, $3, $4, $5, $6)",
                    change.AtMs, change.AlarmId, change.Event.ToString(), change.User, (object?)change.Reason ?? DBNull.Value, JsonSerializer.Serialize(change, AlarmJson.Default.AlarmChange));
            }

            foreach (var (id, alarm) in states)
            {
                if (alarm is { IsLive: true })
                {
                    Run("INSERT OR REPLACE INTO alarm VALUES ($1, $2)", id, JsonSerializer.Serialize(alarm, AlarmJson.Default.Alarm));
                }
                else
                {
                    Run("DELETE FROM alarm WHERE id = $1", id);
                }
            }

            foreach (var row in outbox)
            {
                Run(
                    "INSERT INTO outbox (channel, due, created, urgent, attempts, body) VALUES ($1, $2, $3, $4, 0, $5)",
                    row.Channel, row.DueMs, row.CreatedMs, row.IsUrgent ? 1 : 0, JsonSerializer.Serialize(row.Event, AlarmJson.Default.NotifyEvent));
            }

            transaction.Commit();
        }
    }

    /// <summary>The trail, oldest first, of one alarm or of all.</summary>
    public IReadOnlyList<AlarmChange> Changes(long fromMs, long toMs, string? alarm = null, int limit = 100_000)
    {
        lock (gate)
        {
            using var command = Command(
                $"SELECT body FROM (SELECT seq, body FROM change WHERE at >= $1 AND at < $2 {(alarm is null ? "" : "AND alarm = $4")} ORDER BY seq DESC LIMIT $3) ORDER BY seq",
                fromMs, toMs, limit, alarm ?? "");
            using var reader = command.ExecuteReader();
            var found = new List<AlarmChange>();
            while (reader.Read())
            {
                if (JsonSerializer.Deserialize(reader.GetString(0), AlarmJson.Default.AlarmChange) is { } change)
                {
                    found.Add(change);
                }
            }

            return found;
        }
    }

    /// <summary>Drops what is older, and the oldest beyond the bound.</summary>
    public int Trim(long beforeMs)
    {
        lock (gate)
        {
            return Run("DELETE FROM change WHERE at < $1 OR seq <= (SELECT COALESCE(MAX(seq), 0) - $2 FROM change)", beforeMs, MaxChanges);
        }
    }

    public string? Value(string key)
    {
        lock (gate)
        {
            using var command = Command("SELECT text FROM value WHERE key = $1", key);
            return command.ExecuteScalar() as string;
        }
    }

    public void SetValue(string key, string text)
    {
        lock (gate)
        {
            Run("INSERT OR REPLACE INTO value VALUES ($1, $2)", key, text);
        }
    }

    /// <summary>
    /// The oldest message of a channel that is due; when there is none, a new one of all events that wait, so that what belongs together is told together.
    /// A message keeps its events and its name through every attempt.
    /// </summary>
    public OutboxMessage? Next(string channel, long nowMs, int most)
    {
        lock (gate)
        {
            if (Message(channel, nowMs) is { } begun)
            {
                return begun;
            }

            using (var first = Command("SELECT seq FROM outbox WHERE channel = $1 AND message IS NULL AND due <= $2 ORDER BY urgent DESC, seq LIMIT 1", channel, nowMs))
            {
                if (first.ExecuteScalar() is not long)
                {
                    return null;
                }
            }

            var name = Guid.NewGuid().ToString("N");
            Run(
                "UPDATE outbox SET message = $1, due = $3 WHERE seq IN (SELECT seq FROM outbox WHERE channel = $2 AND message IS NULL ORDER BY urgent DESC, seq LIMIT $4)",
                name, channel, nowMs, most);
            return Message(channel, nowMs);
        }
    }

    public void Sent(string message)
    {
        lock (gate)
        {
            Run("DELETE FROM outbox WHERE message = $1", message);
        }
    }

    public void Failed(string message, long dueMs)
    {
        lock (gate)
        {
            Run("UPDATE outbox SET attempts = attempts + 1, due = $2 WHERE message = $1", message, dueMs);
        }
    }

    /// <summary>Drops what waits longer than that, and the oldest beyond the bound; how many.</summary>
    public int TrimOutbox(long beforeMs, int most)
    {
        lock (gate)
        {
            return Run("DELETE FROM outbox WHERE created < $1", beforeMs)
                + Run("DELETE FROM outbox WHERE seq <= (SELECT COALESCE(MAX(seq), 0) - $1 FROM outbox)", most);
        }
    }

    /// <summary>Takes out of a channel's outbox what is known to its receiver already.</summary>
    public void TakeBack(string channel, Func<NotifyEvent, bool> isKnown)
    {
        lock (gate)
        {
            var known = new List<long>();
            using (var command = Command("SELECT seq, body FROM outbox WHERE channel = $1", channel))
            using (var reader = command.ExecuteReader())
            {
                while (reader.Read())
                {
                    if (JsonSerializer.Deserialize(reader.GetString(1), AlarmJson.Default.NotifyEvent) is { } waiting && isKnown(waiting))
                    {
                        known.Add(reader.GetInt64(0));
                    }
                }
            }

            known.ForEach(seq => Run("DELETE FROM outbox WHERE seq = $1", seq));
        }
    }

    public IReadOnlyList<Told> Told()
    {
        lock (gate)
        {
            using var command = Command("SELECT body FROM told");
            using var reader = command.ExecuteReader();
            var found = new List<Told>();
            while (reader.Read())
            {
                if (JsonSerializer.Deserialize(reader.GetString(0), AlarmJson.Default.Told) is { } told)
                {
                    found.Add(told);
                }
            }

            return found;
        }
    }

    public void SaveTold(IReadOnlyCollection<Told> told)
    {
        lock (gate)
        {
            using var transaction = connection.BeginTransaction();
            foreach (var one in told)
            {
                Run("INSERT OR REPLACE INTO told VALUES ($1, $2, $3, $4)", one.Channel, one.Route, one.Alarm, JsonSerializer.Serialize(one, AlarmJson.Default.Told));
            }

            transaction.Commit();
        }
    }

    public void ForgetTold(IReadOnlyCollection<Told> told)
    {
        lock (gate)
        {
            foreach (var one in told)
            {
                Run("DELETE FROM told WHERE channel = $1 AND route = $2 AND alarm = $3", one.Channel, one.Route, one.Alarm);
            }
        }
    }

    public int Waiting(string channel)
    {
        lock (gate)
        {
            using var command = Command("SELECT count(*) FROM outbox WHERE channel = $1", channel);
            return (int)(long)command.ExecuteScalar()!;
        }
    }

    public void Dispose() => connection.Dispose();

    private OutboxMessage? Message(string channel, long nowMs)
    {
        using var command = Command(
            "SELECT message, attempts, body FROM outbox WHERE message = (SELECT message FROM outbox WHERE channel = $1 AND message IS NOT NULL AND due <= $2 ORDER BY seq LIMIT 1) ORDER BY urgent DESC, seq", channel, nowMs);
        using var reader = command.ExecuteReader();
        var events = new List<NotifyEvent>();
        var (name, attempts) = ("", 0);
        while (reader.Read())
        {
            (name, attempts) = (reader.GetString(0), reader.GetInt32(1));
            if (JsonSerializer.Deserialize(reader.GetString(2), AlarmJson.Default.NotifyEvent) is { } told)
            {
                events.Add(told);
            }
        }

        return events.Count == 0 ? null : new OutboxMessage(name, attempts, events);
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Run(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=2000");
            var (id, tables) = (Scalar(connection, "PRAGMA application_id"), Scalar(connection, "SELECT count(*) FROM sqlite_master"));
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            if ((tables > 0 && id != ApplicationId) || check.ExecuteScalar() is not "ok")
            {
                throw new InvalidDataException("no alarms, or damaged");
            }

            Run(connection, $"PRAGMA application_id={ApplicationId.ToString(CultureInfo.InvariantCulture)}; {Schema}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)(command.ExecuteScalar() ?? 0L);
    }

    private int Run(string sql, params ReadOnlySpan<object> values)
    {
        using var command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${(i + 1).ToString(CultureInfo.InvariantCulture)}", values[i]);
        }

        return command;
    }
}

/// <summary>One event that a channel is to be told.</summary>
/// <param name="DueMs">Not before: leaves time for others to come and be told together.</param>
/// <param name="IsUrgent">Safety and high priority go first.</param>
internal sealed record OutboxRow(string Channel, long CreatedMs, long DueMs, bool IsUrgent, NotifyEvent Event);

/// <summary>Events that go out as one.</summary>
/// <param name="Key">The same at every attempt: the receiver can tell that it has it already.</param>
internal sealed record OutboxMessage(string Key, int Attempts, IReadOnlyList<NotifyEvent> Events);

[JsonSerializable(typeof(Alarm))]
[JsonSerializable(typeof(AlarmChange))]
[JsonSerializable(typeof(NotifyEvent))]
[JsonSerializable(typeof(Told))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
internal sealed partial class AlarmJson : JsonSerializerContext;
