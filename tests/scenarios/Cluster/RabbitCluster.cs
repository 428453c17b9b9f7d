using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Scenarios.Cluster;

/// <summary>Three RabbitMQ nodes on loopback that form one cluster and speak MQTT 3.1.1; each can be killed.</summary>
internal sealed class RabbitCluster : IAsyncDisposable
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string Control = "/usr/lib/rabbitmq/bin/rabbitmqctl";
    private const string Cookie = "edgedcim";
    private const int Size = 3;
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(180);

    private readonly OtherProcess portMapper;

    private RabbitCluster(OtherProcess portMapper) => this.portMapper = portMapper;

    public List<OtherProcess> Nodes { get; } = [];

    /// <summary>Where each node listens for MQTT.</summary>
    public List<int> Ports { get; } = [];

    public IEnumerable<string> Urls => Ports.Select(port => $"mqtt://127.0.0.1:{port}");

    public static async Task<RabbitCluster> StartAsync(string folder, CancellationToken cancel)
    {
        Xunit.Assert.SkipUnless(File.Exists(Server), "rabbitmq-server is not installed");
        var mapperPort = Harness.Ports.FreeTcp();

        // Erlang's own would be left behind as a daemon.
        var cluster = new RabbitCluster(OtherProcess.Start("epmd", ["-port", $"{mapperPort}", "-address", "127.0.0.1"], folder));
        try
        {
            await Eventually.ListensAsync(mapperPort, "epmd", cancel);
            for (var node = 1; node <= Size; node++)
            {
                // One after the other: nodes that begin together may each begin a group of their own to keep client ids in.
                await cluster.AddAsync(node, mapperPort, folder, cancel);
                await Eventually.ListensAsync(cluster.Ports[^1], "rabbitmq", StartWithin, cancel);
            }

            // The queue of a subscription is durable and lives on the node of its client: when that is dead, no other node gives it anew
            // unless it is mirrored.
            await ControlAsync(mapperPort, folder, cancel, "set_policy", "--apply-to", "queues", "mirrored", "^mqtt-subscription-", "{\"ha-mode\":\"all\"}");
            var members = await ControlAsync(mapperPort, folder, cancel, "eval", "length(element(2, ra:members({mqtt_node, node()}))).");
            Xunit.Assert.True(members.Trim() == $"{Size}", $"{members.Trim()} of {Size} nodes keep client ids together");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Which node a program spoke of last, from 0; -1: of none.</summary>
    public int LastIn(string output) => Ports
        .Select((port, node) => (At: output.LastIndexOf($"127.0.0.1:{port}", StringComparison.Ordinal), Node: node))
        .Where(found => found.At >= 0)
        .OrderBy(found => found.At)
        .Select(found => found.Node)
        .LastOrDefault(-1);

    /// <summary>The last lines of every node, for the message of a failed test.</summary>
    public string Tails() => string.Join('\n', Nodes.Select(node => $"--- node\n{string.Join('\n', node.Output.Split('\n').TakeLast(25))}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        await portMapper.DisposeAsync();
    }

    private async Task AddAsync(int node, int mapperPort, string folder, CancellationToken cancel)
    {
        var (mqtt, home) = (Harness.Ports.FreeTcp(), Path.Combine(folder, "rabbit"));
        Directory.CreateDirectory(home);
        var (configuration, plugins) = (Path.Combine(home, $"node-{node}.conf"), Path.Combine(home, "plugins"));
        await File.WriteAllTextAsync(plugins, "[rabbitmq_mqtt].", cancel);
        await File.WriteAllLinesAsync(configuration, [
            $"listeners.tcp.1 = 127.0.0.1:{Harness.Ports.FreeTcp()}", $"mqtt.listeners.tcp.1 = 127.0.0.1:{mqtt}",

            // Without it the point in spBv1.0 becomes a slash.
            "mqtt.sparkplug = true",
            "cluster_formation.peer_discovery_backend = classic_config",
            .. Enumerable.Range(1, Size).Select(peer => $"cluster_formation.classic_config.nodes.{peer} = {NameOf(peer)}")], cancel);
        Nodes.Add(OtherProcess.Start(Server, [], folder, new Dictionary<string, string>
        {
            ["HOME"] = home, ["ERL_EPMD_PORT"] = $"{mapperPort}", ["ERL_EPMD_ADDRESS"] = "127.0.0.1", ["RABBITMQ_NODENAME"] = NameOf(node),
            ["RABBITMQ_CONFIG_FILE"] = configuration, ["RABBITMQ_ENABLED_PLUGINS_FILE"] = plugins, ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(home, "none"),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(home, "mnesia"), ["RABBITMQ_LOG_BASE"] = Path.Combine(home, "log"), ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_DIST_PORT"] = $"{Harness.Ports.FreeTcp()}",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = $"-setcookie {Cookie} -kernel inet_dist_use_interface {{127,0,0,1}} +S 1:1 +sbwt none",
        }));
        Ports.Add(mqtt);
    }

    private static async Task<string> ControlAsync(int mapperPort, string folder, CancellationToken cancel, params string[] command)
    {
        var home = Path.Combine(folder, "rabbit");
        var (code, output) = await OtherProcess.RunAsync(
            Control, ["-q", "-n", NameOf(1), "--erlang-cookie", Cookie, .. command], cancel, folder,
            new Dictionary<string, string> { ["HOME"] = home, ["ERL_EPMD_PORT"] = $"{mapperPort}", ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(home, "none") });
        Xunit.Assert.True(code == 0, output);
        return output;
    }

    private static string NameOf(int node) => $"edgedcim{node}@localhost";
}
