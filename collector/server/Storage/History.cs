using System.Globalization;
using DuckDB.NET.Data;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Hosting;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Storage;

// One DuckDB file:
//
//   series    id | device | metric | part          every series once; readings carry the number
//   readings  series_id | at_ms | value | quality  value is null when quality is missing; no index: columns are scanned by time
//   kpi       name | scope | window | at_ms | value | coverage | uncertainty | category | quality | revision
//   progress  stream | position                    the last journal offset that is in here, written in the same transaction as its rows
//   format    version
//
// A batch of the journal is therefore in here once or not at all, whatever kills the process.

/// <summary>The collector's own memory of readings and KPIs: enough for the page's trends without any database beside it.</summary>
internal sealed class History : IDisposable
{
    private const int Version = 1;
    private const int MaxRows = 50_000;
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS format(version INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS series(id INTEGER NOT NULL, device VARCHAR NOT NULL, metric VARCHAR NOT NULL, part VARCHAR);
        CREATE TABLE IF NOT EXISTS readings(series_id INTEGER NOT NULL, at_ms BIGINT NOT NULL, value DOUBLE, quality UTINYINT NOT NULL);
        CREATE TABLE IF NOT EXISTS kpi(name VARCHAR NOT NULL, scope VARCHAR NOT NULL, "window" VARCHAR NOT NULL, at_ms BIGINT NOT NULL, value DOUBLE,
            coverage DOUBLE, uncertainty DOUBLE, category INTEGER, quality UTINYINT NOT NULL, revision INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS progress(stream VARCHAR NOT NULL, position BIGINT NOT NULL);
        """;

    private readonly DuckDBConnection connection;
    private readonly Dictionary<Series, int> ids = [];
    private readonly Lock gate = new();
    private readonly SemaphoreSlim queries = new(2); // more at once only fight for the same two cores
    private bool disposed;

    private History(string path, DuckDBConnection connection, string? setAside)
    {
        (Path, this.connection, SetAside) = (path, connection, setAside);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, device, metric, part FROM series ORDER BY id";
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            ids.TryAdd(new Series(rows.GetString(1), rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetString(3)), rows.GetInt32(0));
        }
    }

    public string Path { get; }

    /// <summary>Where a damaged file was moved when this one was begun; null when that was not needed.</summary>
    public string? SetAside { get; }

    public long FileBytes => new FileInfo(Path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Opens or creates. A file that DuckDB cannot read is renamed to <c>name.damaged-N</c> and a new one begun.</summary>
    /// <exception cref="StartupException">Another process has it open, or the disk refuses.</exception>
    public static History Open(string path, HistoryConfig config)
    {
        try
        {
            return new History(path, Connect(path, config), null);
        }
        catch (DuckDBException failed) when (failed.Message.Contains("Could not set lock", StringComparison.Ordinal))
        {
            throw new StartupException($"the history {path} is in use by another process; stop the other collector, or give this one its own 'data' folder", failed);
        }
        catch (DuckDBException failed) when (failed.Message.Contains("Permission denied", StringComparison.Ordinal) || failed.Message.Contains("No space", StringComparison.Ordinal))
        {
            throw new StartupException($"the history {path} cannot be opened: {FirstLine(failed)}", failed);
        }
        catch (DuckDBException damaged) when (File.Exists(path))
        {
            var aside = Enumerable.Range(1, 1000).Select(number => $"{path}.damaged-{number}").First(name => !File.Exists(name));
            File.Move(path, aside);
            if (File.Exists($"{path}.wal"))
            {
                File.Move($"{path}.wal", $"{aside}.wal");
            }

            return new History(path, Connect(path, config), $"{aside} ({FirstLine(damaged)})");
        }
    }

    /// <summary>The last offset of that journal whose rows are in here; 0 when there are none.</summary>
    public long Position(Guid stream)
    {
        lock (gate)
        {
            using var command = Command("SELECT position FROM progress WHERE stream = $1", stream.ToString("D"));
            return command.ExecuteScalar() is long position ? position : 0;
        }
    }

    /// <summary>Writes rows and the position they reach to in one transaction.</summary>
    public void Write(Guid stream, long position, IReadOnlyList<Reading> readings, IReadOnlyList<KpiRecord> kpis)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var known = ids.Count;
            using var transaction = connection.BeginTransaction();
            try
            {
                WriteReadings(readings);
                WriteKpis(kpis);
                Run("DELETE FROM progress");
                Run("INSERT INTO progress VALUES($1, $2)", stream.ToString("D"), position);
                transaction.Commit();
            }
            catch
            {
                transaction.Rollback();
                foreach (var (series, _) in ids.Where(entry => entry.Value > known).ToList())
                {
                    ids.Remove(series);
                }

                throw;
            }
        }
    }

    /// <summary>True when the history holds, or once held, a reading of the series.</summary>
    public bool Knows(Series series)
    {
        lock (gate)
        {
            return ids.ContainsKey(series);
        }
    }

    /// <summary>
    /// A curve from <paramref name="fromMs"/> (included) to <paramref name="toMs"/> (excluded). With a step: the mean of the trustworthy values of each step
    /// at its beginning, null where there is none. Without: every reading, null where it is missing, the first 50 000 of them.
    /// </summary>
    public Task<IReadOnlyList<HistoryPoint>> QueryAsync(Series series, long fromMs, long toMs, long? stepMs, CancellationToken cancel)
    {
        int id;
        lock (gate)
        {
            if (!ids.TryGetValue(series, out id))
            {
                return Task.FromResult<IReadOnlyList<HistoryPoint>>([]);
            }
        }

        // A suspect value spoils a mean, so it counts only where nothing better is known; a reading that came twice counts once.
        const string source = """
            (SELECT at_ms, any_value(value) AS value, max(quality) AS quality FROM readings
             WHERE series_id = $1 AND at_ms >= $2 AND at_ms < $3 GROUP BY at_ms)
            """;
        return CurveAsync(source, "coalesce(avg(value) FILTER (quality IN (1, 3)), avg(value))", fromMs, toMs, stepMs, cancel, id, fromMs, toMs);
    }

    /// <summary>As <see cref="QueryAsync"/> for a KPI; of a value that was revised, the last revision counts.</summary>
    public Task<IReadOnlyList<HistoryPoint>> QueryKpiAsync(string name, string scope, string window, long fromMs, long toMs, long? stepMs, CancellationToken cancel)
    {
        const string source = """
            (SELECT at_ms, arg_max_null(value, revision) AS value, 3 AS quality FROM kpi
             WHERE at_ms >= $1 AND at_ms < $2 AND name = $3 AND scope = $4 AND "window" = $5 GROUP BY at_ms)
            """;
        return CurveAsync(source, "avg(value)", fromMs, toMs, stepMs, cancel, fromMs, toMs, name, scope, window);
    }

    /// <summary>The last readings of some series before the newest of all, oldest first: what a crash may have taken from memory.</summary>
    public IReadOnlyList<Reading> Recent(IReadOnlyCollection<Series> wanted, long spanMs)
    {
        lock (gate)
        {
            var byId = wanted.Where(ids.ContainsKey).ToDictionary(series => ids[series]);
            if (byId.Count == 0)
            {
                return [];
            }

            using var command = Command(
                $"SELECT series_id, at_ms, value, quality FROM readings WHERE at_ms > (SELECT max(at_ms) FROM readings) - $1 AND series_id IN ({string.Join(',', byId.Keys)}) ORDER BY at_ms",
                spanMs);
            var readings = new List<Reading>();
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                readings.Add(new Reading(byId[rows.GetInt32(0)], rows.GetInt64(1), rows.IsDBNull(2) ? double.NaN : rows.GetDouble(2), (Quality)rows.GetByte(3)));
            }

            return readings;
        }
    }

    /// <summary>Removes what is older and gives its disk space back.</summary>
    public long Trim(long beforeMs)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var removed = Run("DELETE FROM readings WHERE at_ms < $1", beforeMs) + Run("DELETE FROM kpi WHERE at_ms < $1", beforeMs);
            if (removed > 0)
            {
                Run("CHECKPOINT");
            }

            return removed;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (!disposed)
            {
                disposed = true;
                connection.Dispose();
                queries.Dispose();
            }
        }
    }

    private async Task<IReadOnlyList<HistoryPoint>> CurveAsync(
        string source, string mean, long fromMs, long toMs, long? stepMs, CancellationToken cancel, params object[] arguments)
    {
        await queries.WaitAsync(cancel);
        try
        {
            // DuckDB works on the calling thread; a pool thread keeps the request loop free.
            return await Task.Run(() => Curve(source, mean, fromMs, toMs, stepMs, arguments), cancel);
        }
        finally
        {
            queries.Release();
        }
    }

    private List<HistoryPoint> Curve(string source, string mean, long fromMs, long toMs, long? stepMs, object[] arguments)
    {
        // A connection of its own to the same open database: queries do not wait for the writer.
        using var reader = new DuckDBConnection(connection.ConnectionString);
        reader.Open();
        using var command = reader.CreateCommand();
        command.CommandText = stepMs is { } step
            ? string.Create(CultureInfo.InvariantCulture, $"SELECT (at_ms // {step}) * {step} AS bucket, {mean} FROM {source} GROUP BY bucket ORDER BY bucket")
            : $"SELECT at_ms, value FROM {source} ORDER BY at_ms LIMIT {MaxRows}";
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new DuckDBParameter(argument));
        }

        var points = new List<HistoryPoint>();
        using var rows = command.ExecuteReader();
        var next = stepMs is { } first ? fromMs / first * first : 0;
        while (rows.Read())
        {
            var atMs = rows.GetInt64(0);
            for (; stepMs is { } gap && next < atMs; next += gap)
            {
                points.Add(new HistoryPoint(next, null));
            }

            points.Add(new HistoryPoint(atMs, rows.IsDBNull(1) ? null : rows.GetDouble(1)));
            next = atMs + (stepMs ?? 0);
        }

        for (; stepMs is { } gap && next < toMs; next += gap)
        {
            points.Add(new HistoryPoint(next, null));
        }

        return points;
    }

    private void WriteReadings(IReadOnlyList<Reading> readings)
    {
        // New series first: no other statement may run on the connection while an appender is open.
        Enter(readings);
        using var rows = connection.CreateAppender("readings");
        foreach (var reading in readings)
        {
            var row = rows.CreateRow().AppendValue(ids[reading.Series]).AppendValue(reading.AtMs);
            (reading.Quality == Quality.Missing || !double.IsFinite(reading.Value) ? row.AppendNullValue() : row.AppendValue(reading.Value))
                .AppendValue((byte)reading.Quality).EndRow();
        }
    }

    private void WriteKpis(IReadOnlyList<KpiRecord> kpis)
    {
        if (kpis.Count == 0)
        {
            return;
        }

        using var rows = connection.CreateAppender("kpi");
        foreach (var kpi in kpis)
        {
            rows.CreateRow().AppendValue(kpi.Name).AppendValue(kpi.Scope).AppendValue(kpi.Window).AppendValue(kpi.AtMs).AppendValue(kpi.Value)
                .AppendValue(kpi.Coverage).AppendValue(kpi.Uncertainty).AppendValue(kpi.Category).AppendValue((byte)kpi.Quality).AppendValue(kpi.Revision).EndRow();
        }
    }

    private void Enter(IReadOnlyList<Reading> readings)
    {
        DuckDBAppender? rows = null;
        try
        {
            foreach (var reading in readings)
            {
                var series = reading.Series;
                if (ids.TryAdd(series, ids.Count + 1))
                {
                    rows ??= connection.CreateAppender("series");
                    var row = rows.CreateRow().AppendValue(ids.Count).AppendValue(series.Device).AppendValue(series.Metric);
                    (series.Part is { } part ? row.AppendValue(part) : row.AppendNullValue()).EndRow();
                }
            }
        }
        finally
        {
            rows?.Dispose();
        }
    }

    private int Run(string sql, params object?[] arguments)
    {
        using var command = Command(sql, arguments);
        return command.ExecuteNonQuery();
    }

    private DuckDBCommand Command(string sql, params object?[] arguments)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new DuckDBParameter(argument ?? DBNull.Value));
        }

        return command;
    }

    private static DuckDBConnection Connect(string path, HistoryConfig config)
    {
        var connection = new DuckDBConnection(string.Create(
            CultureInfo.InvariantCulture, $"Data Source={path};memory_limit={config.MemoryBytes >> 20}MB;threads=2;preserve_insertion_order=false"));
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = Schema;
            command.ExecuteNonQuery();
            command.CommandText = "SELECT max(version) FROM format";
            if (command.ExecuteScalar() is int version && version != Version)
            {
                throw new StartupException($"the history {path} has format {version} and this collector writes {Version}; move it away, or run the collector that wrote it");
            }

            command.CommandText = $"INSERT INTO format SELECT {Version} WHERE NOT EXISTS (SELECT 1 FROM format)";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string FirstLine(DuckDBException failed) => failed.Message.Split('\n')[0];
}
