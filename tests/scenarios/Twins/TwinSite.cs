using System.Globalization;
using System.Text.Json;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Scenarios.Chain;
using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Scenarios.Influx;

namespace EdgeDcim.Scenarios.Twins;

/// <summary>A simulated hall, its agent, one Mosquitto, one InfluxDB, and two collectors that watch it side by side.</summary>
internal sealed class TwinSite : IAsyncDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly List<IAsyncDisposable> things = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly CancellationTokenSource stop = new();
    private double probe = 20;
    private Task probing = Task.CompletedTask;

    public required Chain.Influx Influx { get; init; }

    public required WebhookSink Sink { get; init; }

    public required OtherProcess Agent { get; init; }

    public required OtherProcess Simulator { get; init; }

    public required IReadOnlyList<Collector> Collectors { get; init; }

    public string PollLogFile => folder.File("poll.log");

    public static async Task<TwinSite> StartAsync(CancellationToken cancel)
    {
        var folder = new ScratchFolder();
        var (broker, brokerPort) = await Peers.MosquittoAsync(folder, cancel);
        var (influx, nginx, writePort, queryPort) = await Peers.InfluxAsync(folder, cancel);
        var database = new Chain.Influx(queryPort);
        await database.CreateDatabaseAsync("dcim", cancel);
        var simulator = OtherProcess.Start(
            Repository.Simulator, ["--write-config", folder, "--ports-file", folder.File("ports.json"), "--broker-port", $"{brokerPort}", "--page-port", "1"], folder);
        await Eventually.TrueAsync(
            () => Task.FromResult(File.Exists(folder.File("ports.json")) && new FileInfo(folder.File("ports.json")).Length > 2),
            "the simulator writes its ports", TimeSpan.FromSeconds(60), cancel);
        var sink = new WebhookSink();
        await WriteAgentAsync(folder, cancel);
        await WriteAlarmsAsync(folder, sink, cancel);
        List<Collector> collectors = [];
        foreach (var (name, other) in new[] { ("edgedcim-a", "edgedcim-b"), ("edgedcim-b", "edgedcim-a") })
        {
            collectors.Add(await CollectorAsync(folder, name, other, (brokerPort, writePort), cancel));
        }

        var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder);
        var site = new TwinSite(folder) { Influx = database, Sink = sink, Agent = agent, Simulator = simulator, Collectors = collectors };
        site.things.AddRange([agent, .. collectors.Select(collector => collector.Process), nginx, influx, broker, simulator, sink]);
        site.probing = site.ProbeAsync(brokerPort);
        return site;
    }

    private TwinSite(ScratchFolder folder) => this.folder = folder;

    /// <summary>From now on the probe in the hall says this temperature.</summary>
    public void Probe(double celsius) => Volatile.Write(ref probe, celsius);

    public async Task<JsonElement> ApiAsync(Collector of, string path, CancellationToken cancel)
    {
        using var answer = await http.GetAsync($"http://127.0.0.1:{of.PagePort}{path}", cancel);
        answer.EnsureSuccessStatusCode();
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(cancel));
    }

    public async Task AcknowledgeAsync(Collector at, string alarm, CancellationToken cancel)
    {
        using var body = new StringContent("""{"user":"ann"}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync($"http://127.0.0.1:{at.PagePort}/api/v1/alarms/{alarm}/acknowledge", body, cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A figure of <c>/metrics</c>.</summary>
    public async Task<double> MetricAsync(Collector of, string name, CancellationToken cancel)
    {
        var text = await http.GetStringAsync($"http://127.0.0.1:{of.PagePort}/metrics", cancel);
        var line = text.Split('\n').First(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>The one of those alive that notifies, once it is exactly one.</summary>
    public Task<Collector> NotifierAsync(CancellationToken cancel) => Eventually.GetAsync(
        async () =>
        {
            List<Collector> holders = [];
            foreach (var collector in Collectors.Where(collector => !collector.Process.HasExited))
            {
                if (await MetricAsync(collector, "edgedcim_notifier_held", cancel) > 0)
                {
                    holders.Add(collector);
                }
            }

            return holders.Count == 1 ? holders[0] : null;
        },
        "one collector notifies", TimeSpan.FromSeconds(60), cancel);

    public Collector Other(Collector than) => Collectors.Single(collector => collector != than);

    public string Tails() => string.Join(
        "\n",
        Collectors.Select(collector => (collector.Name, collector.Process)).Append(("agent", Agent))
            .Select(part => $"--- {part.Item1}\n{string.Join('\n', part.Item2.Output.Split('\n').TakeLast(25))}"));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await probing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        foreach (var thing in things)
        {
            await thing.DisposeAsync();
        }

        Influx.Dispose();
        http.Dispose();
        stop.Dispose();
        folder.Dispose();
    }

    /// <summary>A second edge node with one sensor, which the test holds in its hand.</summary>
    private async Task ProbeAsync(int brokerPort)
    {
        var series = new Series("probe-1", "temperature.ambient", null);
        await using var node = new SparkplugPublisher("demo", "hand", brokerPort);
        node.Announce("sensor", series);
        await node.ConnectAsync(stop.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stop.Token))
        {
            await node.SendAsync([new Reading(series, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), Volatile.Read(ref probe), Quality.Good)], stop.Token);
        }
    }

    private static async Task WriteAgentAsync(ScratchFolder folder, CancellationToken cancel)
    {
        var lines = await File.ReadAllLinesAsync(folder.File("agent.yaml"), cancel);
        await File.WriteAllLinesAsync(
            folder.File("agent.yaml"),
            [
                .. lines.Select(line =>
                    line.StartsWith("poll:", StringComparison.Ordinal) ? "poll: { fast: 1s, normal: 2s, slow: 4s }"
                    : line.StartsWith("primary_host:", StringComparison.Ordinal) ? "primary_host: [edgedcim-a, edgedcim-b]"
                    : line),
                "poll_log: poll.log",
            ],
            cancel);
    }

    private static Task WriteAlarmsAsync(ScratchFolder folder, WebhookSink sink, CancellationToken cancel) => File.WriteAllTextAsync(
        folder.File("alarms.yaml"),
        $$"""
        rules:
          probe: { kind: sensor, device: probe-1, metric: temperature.ambient, above: 50, dead_band: 1, on_delay: 2s, off_delay: 2s, priority: high, cause: probe, text: "the probe is hot" }
          ambient-high: { off: true }
        notify:
          channels: { hook: { webhook: "{{sink.Url}}" } }
          routes: { all: { devices: [probe-1], priority: high, channels: hook } }
        """,
        cancel);

    private static async Task<Collector> CollectorAsync(ScratchFolder folder, string name, string other, (int Broker, int Write) ports, CancellationToken cancel)
    {
        var page = Ports.FreeTcp();
        var file = folder.File($"{name}.yaml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            site: demo
            host_id: {{name}}
            peer: {{other}}
            listen: http://127.0.0.1:{{page}}
            broker: { url: "mqtt://127.0.0.1:{{ports.Broker}}" }
            influx: { url: "http://127.0.0.1:{{ports.Write}}", org: o, bucket: dcim }
            facility: facility.yaml
            alarms: alarms.yaml
            data: data-{{name}}
            """,
            cancel);
        return new Collector(name, page, OtherProcess.Start(Repository.Collector, ["run", "-c", file], folder));
    }

    internal sealed record Collector(string Name, int PagePort, OtherProcess Process);
}
