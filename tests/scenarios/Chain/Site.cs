using System.Text.Json;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Chain;

/// <summary>
/// The whole product as separate processes around a simulated hall: simulator → agent → Mosquitto → collector → InfluxDB. Each can be killed
/// and started again; everything lives in one scratch folder and on free ports.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly List<IAsyncDisposable> processes = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };

    public required OtherProcess Simulator { get; init; }

    /// <summary>Null with a broker that is the test's own.</summary>
    public required OtherProcess? Broker { get; init; }

    public required OtherProcess Database { get; init; }

    public required OtherProcess Collector { get; init; }

    public required OtherProcess Agent { get; init; }

    public required Influx Influx { get; init; }

    public required int PagePort { get; init; }

    public required string Truth { get; init; }

    public string PollLogFile => folder.File("poll.log");

    public string Folder => folder;

    public static Task<Site> StartAsync(CancellationToken cancel) => StartAsync([], cancel);

    /// <param name="brokers">Addresses of a broker that speaks MQTT 3.1.1; none: a Mosquitto of the site's own.</param>
    public static async Task<Site> StartAsync(IEnumerable<string> brokers, CancellationToken cancel)
    {
        var folder = new ScratchFolder();
        OtherProcess? broker = null;
        var urls = brokers.ToList();
        var version = urls.Count > 0 ? ", version: 3.1.1" : "";
        if (urls.Count == 0)
        {
            (broker, var port) = await Peers.MosquittoAsync(folder, cancel);
            urls.Add($"mqtt://127.0.0.1:{port}");
        }

        var (influx, nginx, writePort, queryPort) = await Peers.InfluxAsync(folder, cancel);
        var database = new Influx(queryPort);
        await database.CreateDatabaseAsync("dcim", cancel);

        var pagePort = Ports.FreeTcp();
        var simulator = OtherProcess.Start(
            Repository.Simulator,
            ["--write-config", folder, "--ports-file", folder.File("ports.json"), "--broker-port", $"{new Uri(urls[0]).Port}", "--page-port", $"{pagePort}"],
            folder);
        var ports = await Eventually.GetAsync(
            () => Task.FromResult(File.Exists(folder.File("ports.json")) ? File.ReadAllText(folder.File("ports.json")) is { Length: > 2 } text ? text : null : null),
            "the simulator writes its ports",
            TimeSpan.FromSeconds(60),
            cancel);
        await PatchAsync(folder, $"urls: [{string.Join(", ", urls.Select(url => $"\"{url}\""))}]", version, writePort, cancel);

        var collector = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder);
        var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder);
        using var json = JsonDocument.Parse(ports);
        var site = new Site(folder)
        {
            Simulator = simulator, Broker = broker, Database = influx, Collector = collector, Agent = agent,
            Influx = database, PagePort = pagePort, Truth = json.RootElement.GetProperty("truth").GetString()!,
        };
        site.processes.AddRange([agent, collector, nginx, influx, .. broker is null ? [] : new[] { broker }, simulator]);
        return site;
    }

    private Site(ScratchFolder folder) => this.folder = folder;

    public async Task<JsonElement> ApiAsync(string path, CancellationToken cancel)
    {
        using var answer = await http.GetAsync($"http://127.0.0.1:{PagePort}{path}", cancel);
        answer.EnsureSuccessStatusCode();
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(cancel));
    }

    public async Task<JsonElement> TruthAsync(CancellationToken cancel) => JsonElement.Parse(await http.GetStringAsync(Truth, cancel));

    /// <summary>Waits until the database holds a row that was polled after this call.</summary>
    public async Task FlowsAsync(CancellationToken cancel)
    {
        var since = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await Eventually.TrueAsync(
            () => Influx.HasRowsSinceAsync("dcim", since, cancel),
            "fresh readings reach the database",
            TimeSpan.FromSeconds(90),
            cancel);
    }

    /// <summary>Waits until the agent has polled so many readings more.</summary>
    public async Task PolledAsync(int more, CancellationToken cancel)
    {
        var before = PollLog.CountLines(PollLogFile);
        await Eventually.TrueAsync(() => Task.FromResult(PollLog.CountLines(PollLogFile) >= before + more), $"{more} more readings are polled", TimeSpan.FromSeconds(60), cancel);
    }

    /// <summary>
    /// Ends polling, lets the agent deliver what it still holds, and holds the database against its record: nothing missing, changed or invented.
    /// </summary>
    public async Task HoldsExactlyWhatWasPolledAsync(CancellationToken cancel)
    {
        await Simulator.KillAsync();
        await Agent.KillAsync();
        var polled = PollLog.Read(PollLogFile).ToDictionary(row => row.Key with { Metric = Influx.Field(row.Key.Metric) }, row => row.Value);

        // What the last kill left in the journal is delivered by the next start; what that start polls itself is not looked at.
        Agent.StartAgain();
        var rows = await Eventually.GetAsync(
            async () =>
            {
                var stored = await Influx.RowsAsync("dcim", cancel);
                return polled.Keys.All(stored.ContainsKey) ? stored : null;
            },
            "every reading that was polled reaches the database",
            TimeSpan.FromSeconds(120),
            cancel);
        Assert.NotEmpty(polled);
        var end = polled.Keys.Max(row => row.AtMs);
        Assert.Empty(polled.Where(row => rows[row.Key] != row.Value).Take(5));
        Assert.Empty(rows.Keys.Where(row => row.AtMs <= end && row.Device != "gateway-1" && !polled.ContainsKey(row)).Take(5));
        TestContext.Current.SendDiagnosticMessage("{0} readings polled, all in the database with their values", polled.Count);
    }

    /// <summary>The last lines of every process, for the message of a failed test.</summary>
    public string Tails() => string.Join(
        "\n",
        new[] { ("agent", Agent), ("collector", Collector), ("broker", Broker) }.Select(part => $"--- {part.Item1}\n{string.Join('\n', (part.Item2?.Output ?? "").Split('\n').TakeLast(25))}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        Influx.Dispose();
        http.Dispose();
        folder.Dispose();
    }

    private static async Task PatchAsync(ScratchFolder folder, string urls, string version, int writePort, CancellationToken cancel)
    {
        var agent = await File.ReadAllLinesAsync(folder.File("agent.yaml"), cancel);
        await File.WriteAllLinesAsync(
            folder.File("agent.yaml"),
            [
                .. agent.Select(line => line.StartsWith("poll:", StringComparison.Ordinal) ? "poll: { fast: 1s, normal: 2s, slow: 4s }"
                    : line.StartsWith("broker:", StringComparison.Ordinal) ? $"broker: {{ {urls}{version} }}" : line),
                "poll_log: poll.log",
            ],
            cancel);
        var collector = await File.ReadAllLinesAsync(folder.File("collector.yaml"), cancel);
        await File.WriteAllLinesAsync(
            folder.File("collector.yaml"),
            [
                .. collector.Select(line => line.StartsWith("broker:", StringComparison.Ordinal) ? $"broker: {{ {urls} }}" : line),
                $"influx: {{ url: \"http://127.0.0.1:{writePort}\", org: o, bucket: dcim }}",
            ],
            cancel);
    }
}
