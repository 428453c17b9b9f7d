using System.Text.Json;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Scenarios.Influx;

/// <summary>A collector process with an external broker and a database, and what its API says.</summary>
internal sealed class CollectorUnderTest : IAsyncDisposable
{
    private readonly HttpClient http = new();

    private CollectorUnderTest(OtherProcess process, int port) => (Process, Port) = (process, port);

    public OtherProcess Process { get; }

    public int Port { get; }

    public static async Task<CollectorUnderTest> StartAsync(ScratchFolder folder, int mqttPort, int influxPort, CancellationToken cancel)
    {
        var port = Ports.FreeTcp();
        var file = folder.File("collector.yaml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            site: demo
            listen: http://127.0.0.1:{{port}}
            broker: { url: "mqtt://127.0.0.1:{{mqttPort}}" }
            data: data
            influx: { url: "http://127.0.0.1:{{influxPort}}", org: o, bucket: edgedcim }
            """,
            cancel);
        var collector = new CollectorUnderTest(OtherProcess.Start(Repository.Collector, ["run", "-c", file], folder), port);
        await collector.ReadyAsync(cancel);
        return collector;
    }

    public Task ReadyAsync(CancellationToken cancel) => Eventually.TrueAsync(
        async () => Process.HasExited ? throw new TimeoutException(Process.Output) : (await http.GetAsync(Url("/readyz"), cancel)).IsSuccessStatusCode,
        "the collector is ready", TimeSpan.FromSeconds(60), cancel);

    public string Url(string path) => $"http://127.0.0.1:{Port}{path}";

    /// <summary>Every point of a series as the API gives it.</summary>
    public async Task<IReadOnlyList<(long AtMs, double? Value)>> HistoryAsync(Series series, long fromMs, long toMs, CancellationToken cancel)
    {
        using var answer = await http.GetAsync(Url($"/api/v1/history?series={Uri.EscapeDataString(series.ToString())}&from={fromMs}&to={toMs}"), cancel);
        if (answer.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return [];
        }

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
        return [.. json.RootElement.GetProperty("points").EnumerateArray()
            .Select(point => (point[0].GetInt64(), point[1].ValueKind == JsonValueKind.Null ? (double?)null : point[1].GetDouble()))];
    }

    public async Task<double> MetricAsync(string sample, CancellationToken cancel)
    {
        var text = await http.GetStringAsync(Url("/metrics"), cancel);
        var line = text.Split('\n').FirstOrDefault(one => one.StartsWith(sample + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(sample.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        http.Dispose();
    }
}
