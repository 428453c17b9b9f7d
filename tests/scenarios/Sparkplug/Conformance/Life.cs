using System.Net.Http.Json;
using System.Text.Json;
using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>
/// A whole life of agent and collector on two Mosquittos, seen through taps: first births, a lost message and the rebirth after it, a device
/// that dies and comes back, the host leaving, returning and being killed, the agent killed with a backlog, a broker lost, the end.
/// </summary>
/// <param name="onlyOldVersion">The brokers know MQTT 3.1.1 only.</param>
internal sealed class Life(bool onlyOldVersion) : IAsyncDisposable
{
    public const string Site = "demo";
    public const string Agent = "gateway-1";
    public const string Host = "edgedcim";
    public const string SilentDevice = "ups-a";
    public const string NodeIsStale = "node is stale";
    public const string DeviceIsStale = "device is stale";

    private readonly ScratchFolder folder = new();
    private readonly TrafficLog log = new();
    private readonly HashSet<string> seen = [];
    private readonly List<IAsyncDisposable> owned = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private OtherProcess agent = null!;
    private OtherProcess collector = null!;
    private OtherProcess firstBroker = null!;
    private MqttTap firstAgentTap = null!;
    private string control = "";
    private int pagePort;

    /// <summary>Lives it and gives the record.</summary>
    public async Task<Traffic> LiveAsync(CancellationToken cancel)
    {
        await BeginAsync(cancel);
        await HappensAsync("agent", "/DDATA/", cancel);
        if (onlyOldVersion)
        {
            return await EndAsync(cancel);
        }

        await LoseAMessageAsync(cancel);
        await SilenceADeviceAsync(cancel);

        // The host leaves with a goodbye, comes back, and is killed: once its own STATE, once its will says that it is gone.
        foreach (var signal in (string[])["TERM", "KILL"])
        {
            var leaving = log.Count;
            await collector.SignalAsync(signal, cancel);
            await HappensAsync("agent", "/NDEATH/", cancel, leaving);
            await collector.WaitForExitAsync(cancel);
            collector.StartAgain();
            await HappensAsync("agent", "/DDATA/", cancel, log.Count);
        }

        var killing = log.Count;
        await agent.KillAsync();
        await SeeAsync(NodeIsStale, "the agent and its devices are stale", state => Agents(state).All(agent => !agent.GetProperty("online").GetBoolean())
            && Devices(state).All(device => State(device) is not ("online" or "degraded")), cancel);
        agent.StartAgain();
        await HappensAsync("agent", "/NBIRTH/", cancel, killing);
        await HappensAsync("agent", "/DDATA/", cancel, killing);

        var losing = log.Count;
        await firstBroker.KillAsync();
        await HappensAsync("host", "/STATE/", cancel, losing, "broker-2");
        await HappensAsync("agent", "/DDATA/", cancel, losing, "broker-2");

        return await EndAsync(cancel);
    }

    /// <summary>The last lines of both programs, for the message of a failed test.</summary>
    public string Tails() => string.Join(
        "\n", new[] { ("agent", agent), ("collector", collector) }.Select(part => $"--- {part.Item1}\n{string.Join('\n', (part.Item2?.Output ?? "").Split('\n').TakeLast(20))}"));

    public async ValueTask DisposeAsync()
    {
        owned.Reverse();
        foreach (var thing in owned)
        {
            await thing.DisposeAsync();
        }

        http.Dispose();
        folder.Dispose();
    }

    private async Task<Traffic> EndAsync(CancellationToken cancel)
    {
        var ending = log.Count;
        await agent.SignalAsync("TERM", cancel);
        await HappensAsync("agent", "/NDEATH/", cancel, ending);
        await agent.WaitForExitAsync(cancel);
        await collector.SignalAsync("TERM", cancel);
        await collector.WaitForExitAsync(cancel);
        return log.Close(seen);
    }

    private async Task BeginAsync(CancellationToken cancel)
    {
        var brokers = new List<(string Name, int Port)>();
        foreach (var name in (string[])["broker-1", "broker-2"])
        {
            Directory.CreateDirectory(folder.File(name));
            var (process, port) = await Peers.MosquittoAsync(folder.File(name), cancel);
            owned.Add(process);
            brokers.Add((name, port));
            firstBroker ??= process;
        }

        MqttTap Tap(string client, (string Name, int Port) broker)
        {
            var tap = new MqttTap(client, broker.Name, broker.Port, log, onlyOldVersion);
            owned.Add(tap);
            return tap;
        }

        var hostTaps = brokers.ConvertAll(broker => Tap("host", broker));
        var agentTaps = brokers.ConvertAll(broker => Tap("agent", broker));
        firstAgentTap = agentTaps[0];
        pagePort = Ports.FreeTcp();
        owned.Add(OtherProcess.Start(
            Repository.Simulator, ["--write-config", folder, "--ports-file", folder.File("ports.json"), "--broker-port", "1883", "--page-port", $"{pagePort}"], folder));
        var ports = await Eventually.GetAsync(
            () => Task.FromResult(File.Exists(folder.File("ports.json")) && File.ReadAllText(folder.File("ports.json")) is { Length: > 2 } text ? text : null),
            "the simulator writes its ports", TimeSpan.FromSeconds(60), cancel);
        control = JsonElement.Parse(ports).GetProperty("truth").GetString()!.Replace("/truth", "/control", StringComparison.Ordinal);
        await PatchAsync("agent.yaml", "broker: { urls: [" + Urls(agentTaps) + "]" + (onlyOldVersion ? ", version: 3.1.1" : "") + " }", cancel);
        await PatchAsync("agent.yaml", "poll: { fast: 1s, normal: 2s, slow: 4s }", cancel);
        await PatchAsync("collector.yaml", "broker: { urls: [" + Urls(hostTaps) + "] }", cancel);

        // The agent first: it has to wait until the host says that it is there.
        agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder);
        owned.Add(agent);
        await Eventually.TrueAsync(() => Task.FromResult(log.Count > 3), "the agent connects", TimeSpan.FromSeconds(30), cancel);
        collector = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder);
        owned.Add(collector);
    }

    private async Task LoseAMessageAsync(CancellationToken cancel)
    {
        var since = log.Count;
        firstAgentTap.LoseOne(publish => publish.Topic.Contains("/DDATA/", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => Task.FromResult(firstAgentTap.HasLost), "a message is lost", TimeSpan.FromSeconds(30), cancel);
        await HappensAsync("agent", "/NBIRTH/", cancel, since);
        await HappensAsync("agent", "/DDATA/", cancel, log.Count);
    }

    private async Task SilenceADeviceAsync(CancellationToken cancel)
    {
        var since = log.Count;
        await ControlAsync("silent", cancel);
        await HappensAsync("agent", $"/DDEATH/{Agent}/{SilentDevice}", cancel, since);
        await SeeAsync(DeviceIsStale, "the silent device is offline", state => Devices(state)
            .Any(device => device.GetProperty("id").GetString() == SilentDevice && State(device) == "offline"), cancel);
        await ControlAsync("answering", cancel);
        await HappensAsync("agent", $"/DBIRTH/{Agent}/{SilentDevice}", cancel, log.Count);
    }

    private async Task ControlAsync(string word, CancellationToken cancel)
    {
        using var answer = await http.PostAsJsonAsync(control, new { devices = new Dictionary<string, string> { [SilentDevice] = word } }, cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until the collector's own view shows what a death demands.</summary>
    private async Task SeeAsync(string what, string says, Func<JsonElement, bool> shows, CancellationToken cancel)
    {
        await Eventually.TrueAsync(
            async () => shows(JsonElement.Parse(await http.GetStringAsync($"http://127.0.0.1:{pagePort}/api/v1/state", cancel))), says, TimeSpan.FromSeconds(30), cancel);
        seen.Add(what);
    }

    private static JsonElement.ArrayEnumerator Devices(JsonElement state) => state.GetProperty("devices").EnumerateArray();

    private static JsonElement.ArrayEnumerator Agents(JsonElement state) => state.GetProperty("agents").EnumerateArray();

    private static string? State(JsonElement device) => device.GetProperty("state").GetString();

    private Task HappensAsync(string client, string topicPart, CancellationToken cancel, int since = 0, string broker = "") => Eventually.TrueAsync(
        () => Task.FromResult(log.HasPublished(client, broker, topicPart, since)), $"the {client} publishes {topicPart}", TimeSpan.FromSeconds(90), cancel);

    private async Task PatchAsync(string file, string line, CancellationToken cancel)
    {
        var key = line[..(line.IndexOf(':', StringComparison.Ordinal) + 1)];
        var lines = await File.ReadAllLinesAsync(folder.File(file), cancel);
        await File.WriteAllLinesAsync(folder.File(file), lines.Select(old => old.StartsWith(key, StringComparison.Ordinal) ? line : old), cancel);
    }

    private static string Urls(IEnumerable<MqttTap> taps) => string.Join(", ", taps.Select(tap => $"\"mqtt://127.0.0.1:{tap.Port}\""));
}
