using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Benchmarks.Chain;

/// <summary>fleet → agent → Mosquitto → collector → VictoriaMetrics, each a process of its own, in one scratch folder.</summary>
internal sealed class ChainSite : IAsyncDisposable
{
    public const int OutletsOfDevice = 40;

    private static readonly string[] Metrics = ["power.active", "power.apparent", "power.reactive", "current", "voltage.line_neutral"];
    private readonly HttpClient http = new();
    private readonly List<IDisposable> owned = [];
    private readonly string bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
    private int page;
    private int database;

    /// <summary>What one poll of one device gives.</summary>
    public static int ReadingsOfDevice => OutletsOfDevice * Metrics.Length;

    public string Folder { get; } = Directory.CreateTempSubdirectory("edgedcim-chain-").FullName;

    public Member Agent { get; private set; } = null!;

    public Member Broker { get; private set; } = null!;

    public Member Collector { get; private set; } = null!;

    public Member Database { get; private set; } = null!;

    public IReadOnlyList<Member> Members => [Agent, Broker, Collector, Database];

    /// <summary>Metric and part of everything that a device of the fleet has.</summary>
    public static IEnumerable<(string Metric, string Part)> SeriesOfDevice() =>
        Enumerable.Range(1, OutletsOfDevice).SelectMany(outlet => Metrics.Select(metric => (metric, $"outlet/{outlet}")));

    /// <param name="every">How often each device is polled.</param>
    /// <param name="replay">Readings a second that the agent replays at most.</param>
    public async Task StartAsync(int devices, TimeSpan every, int replay = 20_000)
    {
        var (fleet, port) = await ChildProcess.StartAsync("chain-fleet", $"{devices}");
        owned.Add(fleet);
        var (mqtt, victoria) = (FreePort(), FreePort());
        (page, database) = (FreePort(), victoria);
        await File.WriteAllTextAsync(InFolder("mosquitto.conf"), $"listener {mqtt} 127.0.0.1\nallow_anonymous true\npersistence false\n");
        await File.WriteAllLinesAsync(InFolder("fleet-pdu.yaml"), Profile());
        await File.WriteAllLinesAsync(InFolder("agent.yaml"), [
            "site: bench", "agent: gateway", $"broker: {{ url: \"mqtt://127.0.0.1:{mqtt}\" }}",
            string.Create(CultureInfo.InvariantCulture, $"poll: {{ fast: {every.TotalMilliseconds:0}ms, normal: 10s, slow: 10s }}"),
            $"journal: {{ path: journal.db, max: 8GB, keep: 7d, replay: {replay} }}", "devices:",
            .. Enumerable.Range(0, devices).Select(device => $"  pdu-{device}: {{ profile: fleet-pdu.yaml, at: \"modbus://{FleetServer.AddressOf(device)}:{port}\", unit: 1 }}")]);
        await File.WriteAllLinesAsync(InFolder("collector.yaml"), [
            "site: bench", $"listen: http://127.0.0.1:{page}", $"broker: {{ url: \"mqtt://127.0.0.1:{mqtt}\" }}", "data: data",
            $"influx: {{ url: \"http://127.0.0.1:{victoria}\", org: o, bucket: b }}"]);
        Database = Own(new Member("victoria-metrics", Folder, "victoria-metrics",
            "-storageDataPath=victoria", $"-httpListenAddr=127.0.0.1:{victoria}", "-retentionPeriod=1y", "-search.latencyOffset=0s", "-search.maxUniqueTimeseries=1000000", "-search.maxQueryDuration=120s",
            // The same point written twice is one point, as in InfluxDB.
            "-dedup.minScrapeInterval=1ms",
            // It closes connections every two minutes otherwise, and a connection that ended makes the collector write the last half minute again.
            "-http.connTimeout=1h"));
        Broker = Own(new Member("mosquitto", Folder, "mosquitto", "-c", "mosquitto.conf"));
        await AnswersAsync(mqtt);
        await AnswersAsync(victoria);
        Collector = Own(new Member("edgedcim-collector", Folder, Program("Collector"), "run", "-c", "collector.yaml"));
        await AnswersAsync(page);
        Agent = Own(new Member("edgedcim-agent", Folder, Program("Agent"), "run", "-c", "agent.yaml"));
    }

    public string InFolder(string name) => Path.Combine(Folder, name);

    public Task<Scrape> ScrapeAsync() => Scrape.TakeAsync(http, page);

    /// <summary>How many points VictoriaMetrics has of the span.</summary>
    public async Task<double> RowsAsync(DateTimeOffset from, DateTimeOffset to)
    {
        await http.GetStringAsync(new Uri($"http://127.0.0.1:{database}/internal/force_flush"));
        var query = $"sum(count_over_time({{device=~\"pdu-.*\",part=~\"outlet/.*\"}}[{(to - from).TotalSeconds:0}s]))";
        var answer = await http.GetStringAsync(new Uri(
            $"http://127.0.0.1:{database}/api/v1/query?time={to.ToUnixTimeSeconds()}&timeout=120s&query={Uri.EscapeDataString(query)}"));
        var result = System.Text.Json.JsonElement.Parse(answer).GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? 0 : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync()
    {
        for (var i = owned.Count - 1; i >= 0; i--)
        {
            owned[i].Dispose();
        }

        http.Dispose();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static IEnumerable<string> Profile()
    {
        var address = 0;
        return
        [
            "profile: fleet-pdu", "kind: pdu", "vendor: any", "models: [a PDU with metered outlets]", "protocol: modbus", "proof: manual", "source: this benchmark",
            "modbus: { function: holding, base: zero, word_order: big, max_registers: 124 }",
            "points:",
            .. SeriesOfDevice().Select(series => $"  - {{ metric: {series.Metric}, part: {series.Part}, address: {2 * address++}, type: f32, every: fast }}"),
        ];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task AnswersAsync(int port)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
            }
        }

        throw new TimeoutException($"nobody listens on port {port}");
    }

    private string Program(string name) => Path.Combine(bin, $"EdgeDcim.{name}", new DirectoryInfo(AppContext.BaseDirectory).Name, $"edgedcim-{name.ToLowerInvariant()}");

    private T Own<T>(T thing)
        where T : IDisposable
    {
        owned.Add(thing);
        return thing;
    }
}
