using System.Text.Json;
using EdgeDcim.Scenarios.Harness;

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

    public required OtherProcess Broker { get; init; }

    public required OtherProcess Database { get; init; }

    public required OtherProcess Collector { get; init; }

    public required OtherProcess Agent { get; init; }

    public required Influx Influx { get; init; }

    public required int PagePort { get; init; }

    public required string Truth { get; init; }

    public string PollLogFile => folder.File("poll.log");

    public string Folder => folder;

    public static async Task<Site> StartAsync(CancellationToken cancel)
    {
        var folder = new ScratchFolder();
        var (broker, brokerPort) = await Peers.MosquittoAsync(folder, cancel);
        var (influx, nginx, writePort, queryPort) = await Peers.InfluxAsync(folder, cancel);
        var database = new Influx(queryPort);
        await database.CreateDatabaseAsync("dcim", cancel);

        var pagePort = Ports.FreeTcp();
        var simulator = OtherProcess.Start(
            Repository.Simulator,
            ["--write-config", folder, "--ports-file", folder.File("ports.json"), "--broker-port", $"{brokerPort}", "--page-port", $"{pagePort}"],
            folder);
        var ports = await Eventually.GetAsync(
            () => Task.FromResult(File.Exists(folder.File("ports.json")) ? File.ReadAllText(folder.File("ports.json")) is { Length: > 2 } text ? text : null : null),
            "the simulator writes its ports",
            TimeSpan.FromSeconds(60),
            cancel);
        await PatchAsync(folder, brokerPort, writePort, cancel);

        var collector = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder);
        var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder);
        using var json = JsonDocument.Parse(ports);
        var site = new Site(folder)
        {
            Simulator = simulator, Broker = broker, Database = influx, Collector = collector, Agent = agent,
            Influx = database, PagePort = pagePort, Truth = json.RootElement.GetProperty("truth").GetString()!,
        };
        site.processes.AddRange([agent, collector, nginx, influx, broker, simulator]);
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

    /// <summary>The last lines of every process, for the message of a failed test.</summary>
    public string Tails() => string.Join(
        "\n",
        new[] { ("agent", Agent), ("collector", Collector), ("broker", Broker) }.Select(part => $"--- {part.Item1}\n{string.Join('\n', part.Item2.Output.Split('\n').TakeLast(25))}"));

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

    private static async Task PatchAsync(ScratchFolder folder, int brokerPort, int writePort, CancellationToken cancel)
    {
        var agent = await File.ReadAllLinesAsync(folder.File("agent.yaml"), cancel);
        await File.WriteAllLinesAsync(
            folder.File("agent.yaml"),
            [.. agent.Select(line => line.StartsWith("poll:", StringComparison.Ordinal) ? "poll: { fast: 1s, normal: 2s, slow: 4s }" : line), "poll_log: poll.log"],
            cancel);
        var collector = await File.ReadAllLinesAsync(folder.File("collector.yaml"), cancel);
        await File.WriteAllLinesAsync(
            folder.File("collector.yaml"),
            [
                .. collector.Select(line => line.StartsWith("broker:", StringComparison.Ordinal) ? $"broker: {{ url: \"mqtt://127.0.0.1:{brokerPort}\" }}" : line),
                $"influx: {{ url: \"http://127.0.0.1:{writePort}\", org: o, bucket: dcim }}",
            ],
            cancel);
    }
}
