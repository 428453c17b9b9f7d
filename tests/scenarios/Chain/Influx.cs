using System.Globalization;
using System.Text.Json;

namespace EdgeDcim.Scenarios.Chain;

/// <summary>Asks InfluxDB 1.x, through its own query language, what it has stored.</summary>
internal sealed class Influx(int queryPort) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{queryPort}"), Timeout = TimeSpan.FromSeconds(180) };

    public async Task CreateDatabaseAsync(string name, CancellationToken cancel)
    {
        using var body = new FormUrlEncodedContent([new("q", $"CREATE DATABASE {name}")]);
        using var answer = await http.PostAsync("/query", body, cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Whether any row is younger than an instant; cheap, however much is stored.</summary>
    public async Task<bool> HasRowsSinceAsync(string database, long sinceMs, CancellationToken cancel)
    {
        var query = Uri.EscapeDataString(string.Create(CultureInfo.InvariantCulture, $"SELECT * FROM /.*/ WHERE time > {sinceMs}ms LIMIT 1"));
        using var answer = await http.GetAsync($"/query?db={database}&epoch=ms&q={query}", cancel);
        answer.EnsureSuccessStatusCode();
        var series = JsonElement.Parse(await answer.Content.ReadAsStringAsync(cancel)).GetProperty("results")[0];
        return series.TryGetProperty("series", out var found) && found.EnumerateArray().Any(each => each.GetProperty("name").GetString() is not ("kpi" or "alarm" or "anomaly"));
    }

    /// <summary>Every numeric field value of the measurements named, by device, field, part and time.</summary>
    public async Task<Dictionary<RowKey, double>> RowsAsync(string database, CancellationToken cancel)
    {
        var query = Uri.EscapeDataString("SELECT * FROM /.*/ GROUP BY *");
        using var answer = await http.GetAsync($"/query?db={database}&epoch=ms&q={query}", cancel);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync(cancel);
        using var json = await JsonDocument.ParseAsync(stream, cancellationToken: cancel);
        var rows = new Dictionary<RowKey, double>();
        var result = json.RootElement.GetProperty("results")[0];
        if (!result.TryGetProperty("series", out var all))
        {
            return rows;
        }

        foreach (var series in all.EnumerateArray())
        {
            if (series.GetProperty("name").GetString() is "kpi" or "alarm" or "anomaly")
            {
                continue;
            }

            var tags = series.GetProperty("tags");
            var columns = series.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!).ToList();
            foreach (var row in series.GetProperty("values").EnumerateArray())
            {
                Add(rows, tags, columns, row);
            }
        }

        return rows;
    }

    public void Dispose() => http.Dispose();

    /// <summary>The field name of a metric, as the schema of the database has it.</summary>
    public static string Field(string metric) => metric.Replace('.', '_');

    private static void Add(Dictionary<RowKey, double> rows, JsonElement tags, List<string> columns, JsonElement row)
    {
        var at = row[0].GetInt64();
        for (var i = 1; i < columns.Count; i++)
        {
            if (row[i].ValueKind == JsonValueKind.Number)
            {
                rows[new RowKey(Tag(tags, "device"), columns[i], Tag(tags, "part"), at)] = double.Parse(row[i].GetRawText(), CultureInfo.InvariantCulture);
            }
        }
    }

    private static string Tag(JsonElement tags, string name) => tags.TryGetProperty(name, out var tag) ? tag.GetString() ?? "" : "";
}
