using System.Net.Http.Json;
using System.Text.Json;
using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Scenarios.Cooling;

/// <summary>
/// Simulator → agent → Mosquitto → collector → webhook, Alertmanager and Mosquitto again, each a process of its own. Faults go in by
/// <c>POST /control</c>; what the receivers got is theirs to say.
/// </summary>
internal sealed class AlarmSite : IAsyncDisposable
{
    private const string Secret = "correct horse battery staple";

    private readonly List<IAsyncDisposable> processes = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private string simulator = "";
    private int page;
    private int alertmanagerPort;

    public required OtherProcess Hook { get; init; }

    /// <summary>A client of Mosquitto's own that prints what comes on the topic of the notifications.</summary>
    public required OtherProcess Listener { get; init; }

    public required OtherProcess Collector { get; init; }

    /// <param name="influxPort">Where a database takes writes.</param>
    public static async Task<AlarmSite> StartAsync(ScratchFolder folder, int influxPort, CancellationToken cancel)
    {
        Peers.Require("prometheus-alertmanager");
        Peers.Require("mosquitto_sub");
        var (broker, brokerPort) = await Peers.MosquittoAsync(folder, cancel);
        var (hookPort, alertPort, pagePort) = (Ports.FreeTcp(), Ports.FreeTcp(), Ports.FreeTcp());
        var hook = OtherProcess.Start("/usr/bin/python3", [Path.Combine(Repository.Root, "tests", "unit", "collector", "Notification", "receivers.py"), "webhook", $"{hookPort}", Secret], folder);
        await File.WriteAllTextAsync(folder.File("am.yml"), "route: { receiver: none }\nreceivers: [ { name: none } ]\n", cancel);
        var alertmanager = OtherProcess.Start(
            "prometheus-alertmanager",
            [$"--config.file={folder.File("am.yml")}", $"--storage.path={folder.File("am")}", $"--web.listen-address=127.0.0.1:{alertPort}", "--cluster.listen-address="], folder);
        var listener = OtherProcess.Start("mosquitto_sub", ["-h", "127.0.0.1", "-p", $"{brokerPort}", "-q", "1", "-t", "noc/alarms"], folder);
        var hall = OtherProcess.Start(
            Repository.Simulator, ["--write-config", folder, "--ports-file", folder.File("ports.json"), "--broker-port", $"{brokerPort}", "--page-port", $"{pagePort}", "--seed", "3"], folder);
        var ports = await Eventually.GetAsync(
            () => Task.FromResult(File.Exists(folder.File("ports.json")) && File.ReadAllText(folder.File("ports.json")) is { Length: > 2 } text ? text : null),
            "the simulator writes its ports", TimeSpan.FromSeconds(60), cancel);
        await Eventually.ListensAsync(hookPort, "the webhook", cancel);
        await Eventually.ListensAsync(alertPort, "alertmanager", cancel);
        await WriteAsync(folder, brokerPort, influxPort, hookPort, alertPort, cancel);
        var collector = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder, new Dictionary<string, string> { ["EDGEDCIM_TEST_HOOK"] = Secret });
        var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder);
        using var json = JsonDocument.Parse(ports);
        var site = new AlarmSite
        {
            Hook = hook, Listener = listener, Collector = collector, page = pagePort, alertmanagerPort = alertPort,
            simulator = new Uri(new Uri(json.RootElement.GetProperty("truth").GetString()!), "/control").ToString(),
        };
        site.processes.AddRange([agent, collector, hall, listener, alertmanager, hook, broker]);
        return site;
    }

    public async Task<JsonElement> ApiAsync(string path, CancellationToken cancel) => await http.GetFromJsonAsync<JsonElement>(new Uri($"http://127.0.0.1:{page}{path}"), cancel);

    /// <summary>Alerts that hold at Alertmanager.</summary>
    public async Task<IReadOnlyList<JsonElement>> AlertsAsync(CancellationToken cancel) =>
        [.. (await http.GetFromJsonAsync<JsonElement>(new Uri($"http://127.0.0.1:{alertmanagerPort}/api/v2/alerts?active=true"), cancel)).EnumerateArray()];

    /// <summary>Puts this list of faults in place of the present one.</summary>
    public async Task BreakAsync(string faults, CancellationToken cancel)
    {
        using var answer = await http.PostAsync(new Uri(simulator), new StringContent($$"""{ "faults": {{faults}} }""", System.Text.Encoding.UTF8, "application/json"), cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until the collector knows the device and hears of it.</summary>
    public Task HearsAsync(string device, CancellationToken cancel) => Eventually.TrueAsync(
        async () => Collector.HasExited
            ? throw new TimeoutException(Collector.Output)
            : (await ApiAsync($"/api/v1/readings?device={device}", cancel)).GetProperty("readings").EnumerateArray().Count(reading => reading.GetProperty("quality").GetString() == "good") > 5,
        $"the collector hears of {device}", TimeSpan.FromSeconds(120), cancel);

    /// <summary>Events about a device that the webhook took: one entry for each event in each message.</summary>
    public IReadOnlyList<(string Key, bool Signed, JsonElement Event)> Told(string device) =>
        [.. Lines(Hook).Where(call => call.TryGetProperty("signed", out _)).SelectMany(call => Events(call.GetProperty("body"), device).Select(one => (call.GetProperty("key").GetString()!, call.GetProperty("signed").GetBoolean(), one)))];

    /// <summary>The same over MQTT.</summary>
    public IReadOnlyList<JsonElement> Published(string device) => [.. Lines(Listener).SelectMany(message => Events(message, device))];

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        http.Dispose();
    }

    private static IEnumerable<JsonElement> Events(JsonElement message, string device) =>
        message.GetProperty("events").EnumerateArray().Where(one => one.GetProperty("device").GetString() == device);

    private static IEnumerable<JsonElement> Lines(OtherProcess process) =>
        process.Output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line));

    private static async Task WriteAsync(ScratchFolder folder, int broker, int influx, int hook, int alertmanager, CancellationToken cancel)
    {
        async Task ReplaceAsync(string file, string key, string line, params string[] more)
        {
            var lines = await File.ReadAllLinesAsync(folder.File(file), cancel);
            await File.WriteAllLinesAsync(folder.File(file), [.. lines.Select(one => one.StartsWith(key, StringComparison.Ordinal) ? line : one), .. more], cancel);
        }

        await ReplaceAsync("agent.yaml", "poll:", "poll: { fast: 1s, normal: 2s, slow: 4s }");
        await ReplaceAsync(
            "collector.yaml", "broker:", $"broker: {{ url: \"mqtt://127.0.0.1:{broker}\" }}",
            "alarms: alarms.yaml", $"influx: {{ url: \"http://127.0.0.1:{influx}\", org: o, bucket: edgedcim }}");
        await File.WriteAllTextAsync(
            folder.File("alarms.yaml"),
            $$"""
            notify:
              group_wait: 1s
              channels:
                hook: { webhook: "http://127.0.0.1:{{hook}}/hook", secret: "${env:EDGEDCIM_TEST_HOOK}" }
                am: { alertmanager: "http://127.0.0.1:{{alertmanager}}" }
                bus: { mqtt: noc/alarms }
              routes:
                all: { priority: medium, channels: [hook, am, bus] }
            """,
            cancel);
    }
}
