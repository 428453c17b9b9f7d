using EdgeDcim.Scenarios.Chain;
using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Scenarios.Chaos;

/// <summary>
/// simulator → agent (both in a network of their own, the journal on a small disk, the wall clock turned from outside) → one of two
/// Mosquittos → collector → InfluxDB. Everything in it can be broken and mended.
/// </summary>
internal sealed class ChaosSite : IAsyncDisposable
{
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private readonly ScratchFolder folder = new();
    private readonly List<IAsyncDisposable> owned = [];

    public PlantNetwork Network { get; private set; } = null!;

    public SmallDisk Disk { get; private set; } = null!;

    public OtherProcess Agent { get; private set; } = null!;

    /// <summary>Both are in the lists of agent and collector; neither knows of the other.</summary>
    public IReadOnlyList<OtherProcess> Brokers { get; private set; } = [];

    public OtherProcess Collector { get; private set; } = null!;

    public OtherProcess Database { get; private set; } = null!;

    public OtherProcess Simulator { get; private set; } = null!;

    public Chain.Influx Influx { get; private set; } = null!;

    public string PollLogFile => folder.File("poll.log");

    /// <summary>The agent's wall clock against the true one.</summary>
    public void TurnClock(int seconds) => File.WriteAllText(folder.File("wall"), $"{(seconds < 0 ? "" : "+")}{seconds}");

    public async Task StartAsync(CancellationToken cancel)
    {
        Peers.Require("mosquitto");
        Network = Own(await PlantNetwork.CreateAsync(cancel));
        Disk = Own(await SmallDisk.MountAsync(folder.File("disk"), 24, cancel));
        var (influx, nginx, writePort, queryPort) = await Peers.InfluxAsync(folder, cancel);
        Database = Own(influx);
        Own(nginx);
        Influx = new Chain.Influx(queryPort);
        await Influx.CreateDatabaseAsync("dcim", cancel);

        var (brokerPorts, pagePort) = (new[] { Ports.FreeTcp(), Ports.FreeTcp() }, Ports.FreeTcp());
        foreach (var port in brokerPorts)
        {
            var file = folder.File($"mosquitto-{port}.conf");
            await File.WriteAllTextAsync(
                file, $"listener {port} 127.0.0.1\nlistener {port} {PlantNetwork.HostAddress}\nallow_anonymous true\npersistence false\n", cancel);
            Brokers = [.. Brokers, Own(OtherProcess.Start("mosquitto", ["-c", file], folder))];
            await Eventually.ListensAsync(port, "mosquitto", cancel);
        }

        Simulator = Own(Network.Start(
            Repository.Simulator, ["--write-config", folder, "--ports-file", folder.File("ports.json"), "--broker-port", $"{brokerPorts[0]}", "--page-port", $"{pagePort}"], folder));
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(folder.File("ports.json"))), "the simulator writes its ports", TimeSpan.FromSeconds(60), cancel);
        await PatchAsync("agent.yaml", cancel, Broker(PlantNetwork.HostAddress, brokerPorts),
            "poll: { fast: 1s, normal: 2s, slow: 4s }", $"journal: {{ path: {Disk.File("journal.db")}, max: 64MB, keep: 1d }}", "poll_log: poll.log");
        await PatchAsync("collector.yaml", cancel, Broker("127.0.0.1", brokerPorts), $"influx: {{ url: \"http://127.0.0.1:{writePort}\", org: o, bucket: dcim }}");

        TurnClock(0);
        Collector = Own(OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder));
        Agent = Own(Network.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder, File.Exists(FakeTime)
            ? new Dictionary<string, string>
            {
                ["LD_PRELOAD"] = FakeTime, ["FAKETIME_TIMESTAMP_FILE"] = folder.File("wall"), ["FAKETIME_NO_CACHE"] = "1", ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            }
            : []));
        await FlowsAsync(cancel);
    }

    /// <summary>Waits until the database holds a row that was polled after this call.</summary>
    public async Task FlowsAsync(CancellationToken cancel)
    {
        var since = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await Eventually.TrueAsync(
            () => Influx.HasRowsSinceAsync("dcim", since, cancel), "fresh readings reach the database", TimeSpan.FromSeconds(180), cancel);
    }

    /// <summary>The last lines of every program, for the message of a failed test.</summary>
    public string Tails() => string.Join(
        "\n",
        new[] { ("agent", Agent), ("collector", Collector) }.Concat(Brokers.Select(each => ("broker", each))).Select(part => $"--- {part.Item1}\n{string.Join('\n', (part.Item2?.Output ?? "").Split('\n').TakeLast(25))}"));

    public async ValueTask DisposeAsync()
    {
        for (var i = owned.Count - 1; i >= 0; i--)
        {
            await owned[i].DisposeAsync();
        }

        Influx?.Dispose();
        folder.Dispose();
    }

    private static string Broker(string host, int[] ports) => $"broker: {{ urls: [{string.Join(", ", ports.Select(port => $"\"mqtt://{host}:{port}\""))}] }}";

    private T Own<T>(T thing)
        where T : IAsyncDisposable
    {
        owned.Add(thing);
        return thing;
    }

    /// <summary>Puts lines in the place of those with the same key, or at the end.</summary>
    private async Task PatchAsync(string file, CancellationToken cancel, params string[] lines)
    {
        static string Key(string line) => line[..(line.IndexOf(':', StringComparison.Ordinal) + 1)];
        var keys = lines.Select(Key).ToHashSet();
        var kept = (await File.ReadAllLinesAsync(folder.File(file), cancel)).Where(line => line.StartsWith(' ') || !line.Contains(':', StringComparison.Ordinal) || !keys.Contains(Key(line)));
        await File.WriteAllLinesAsync(folder.File(file), [.. lines, .. kept], cancel);
    }
}
