using System.Globalization;
using System.Text.Json;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Scenarios.Influx;

/// <summary>Reads readings back from the databases with their own query languages, into the collector's terms.</summary>
internal static class Databases
{
    private static readonly HttpClient Http = new();

    /// <summary>Everything that VictoriaMetrics exports, by measurement_field.</summary>
    public static async Task<Dictionary<(string Name, string Device, string Part), SortedDictionary<long, double>>> VictoriaAsync(int port, CancellationToken cancel)
    {
        // Fresh rows become visible to queries only after a flush.
        await Http.GetStringAsync($"http://127.0.0.1:{port}/internal/force_flush", cancel);
        var text = await Http.GetStringAsync($"http://127.0.0.1:{port}/api/v1/export?match[]=%7Bdevice!%3D%22%22%7D", cancel);
        var found = new Dictionary<(string, string, string), SortedDictionary<long, double>>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            var labels = json.RootElement.GetProperty("metric");
            var key = (Label(labels, "__name__"), Label(labels, "device"), Label(labels, "part"));
            var points = found.TryGetValue(key, out var known) ? known : found[key] = [];
            foreach (var (at, value) in json.RootElement.GetProperty("timestamps").EnumerateArray().Zip(json.RootElement.GetProperty("values").EnumerateArray()))
            {
                // A round that was written again after a kill leaves the same point twice until the database merges it.
                Assert.True(points.TryAdd(at.GetInt64(), value.GetDouble()) || points[at.GetInt64()] == value.GetDouble(), $"{key} has two values at {at}");
            }
        }

        return found;
    }

    /// <summary>One field of InfluxDB by device and part.</summary>
    public static async Task<SortedDictionary<long, double>> InfluxAsync(int port, string measurement, Series series, CancellationToken cancel)
    {
        var field = series.Metric.Replace('.', '_');
        var where = $"device='{series.Device}' AND part='{series.Part ?? ""}'";
        var found = new SortedDictionary<long, double>();
        foreach (var row in await RowsAsync(port, $"SELECT \"{field}\" FROM \"{measurement}\" WHERE {where}", cancel))
        {
            found.Add(row[0].GetInt64(), row[1].GetDouble());
        }

        return found;
    }

    public static async Task<IReadOnlyList<JsonElement>> RowsAsync(int port, string query, CancellationToken cancel)
    {
        var text = await Http.GetStringAsync(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/query?db=edgedcim&epoch=ms&q={Uri.EscapeDataString(query)}"), cancel);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("results")[0].TryGetProperty("series", out var series)
            ? [.. series[0].GetProperty("values").EnumerateArray().Select(row => row.Clone())]
            : [];
    }

    public static async Task CreateInfluxDatabaseAsync(int port, CancellationToken cancel)
    {
        using var answer = await Http.PostAsync(new Uri($"http://127.0.0.1:{port}/query?q=CREATE%20DATABASE%20edgedcim"), null, cancel);
        answer.EnsureSuccessStatusCode();
    }

    public static async Task WriteInfluxAsync(int port, string line, CancellationToken cancel)
    {
        using var answer = await Http.PostAsync(new Uri($"http://127.0.0.1:{port}/write?db=edgedcim&precision=ms"), new StringContent(line), cancel);
        answer.EnsureSuccessStatusCode();
    }

    private static string Label(JsonElement labels, string name) => labels.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
