using System.Collections.Concurrent;
using System.Text;
using EdgeDcim.Scenarios.Harness;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace EdgeDcim.Scenarios.Security;

/// <summary>
/// Agent and collector run with secrets that cannot be mistaken, with everything that uses them failing or not; none of them may be found in
/// logs, metrics, MQTT traffic, the API or the messages about wrong configurations.
/// </summary>
public sealed class SecretTests
{
    private static readonly string[] Names = ["mqtt", "collector", "community", "auth", "priv", "redfish", "influx", "operator", "webhook", "smtp"];

    private readonly Dictionary<string, string> secrets = Names.ToDictionary(name => name, name => $"Geheim-{name}-9f3c17aa");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_is_told_by_logs_metrics_messages_the_API_or_refusals()
    {
        Peers.Require("mosquitto");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "credentials of systemd and file modes are notions of Linux");
        using var folder = new ScratchFolder();
        var brokerPort = Ports.FreeTcp();
        await using var broker = await BrokerAsync(folder, brokerPort);
        var pagePort = Ports.FreeTcp();
        await WriteAsync(folder, brokerPort, pagePort);
        var told = new ConcurrentBag<(string Where, string Text)>();
        using var spy = await SpyAsync(brokerPort, told);

        var environment = new Dictionary<string, string>
        {
            ["CREDENTIALS_DIRECTORY"] = folder.File("secrets"), ["T_COMMUNITY"] = secrets["community"], ["T_INFLUX"] = secrets["influx"],
        };
        await using var collector = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder, environment);
        await using var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder, environment);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{pagePort}"), Timeout = TimeSpan.FromSeconds(30) };
        await Eventually.TrueAsync(
            async () => (await http.GetStringAsync("/api/v1/state", Cancel)).Contains("\"online\":1", StringComparison.Ordinal), "the agent is online at the collector", TimeSpan.FromSeconds(120), Cancel);
        await Eventually.TrueAsync(
            () => Task.FromResult(agent.Output.Split("Device ").Length > 4), "the agent tells of devices that do not answer", TimeSpan.FromSeconds(120), Cancel);

        foreach (var path in new[] { "/metrics", "/api/v1/state", "/api/v1/devices", "/api/v1/alarms", "/api/v1/readings", "/readyz", "/healthz", "/api/v1/none" })
        {
            using var answer = await http.GetAsync(path, Cancel);
            told.Add((path, await answer.Content.ReadAsStringAsync(Cancel) + answer.Headers));
        }

        await WrongConfigurationsAsync(folder, environment, told);
        told.Add(("log of the agent", agent.Output));
        told.Add(("log of the collector", collector.Output));
        Assert.True(told.Count > 20);
        Assert.Contains(told, one => one.Where.Contains("NBIRTH/row-a", StringComparison.Ordinal));
        Assert.DoesNotContain(told, one => secrets.Values.Any(secret => one.Text.Contains(secret, StringComparison.Ordinal)));
        Assert.DoesNotContain(told, one => secrets.Values.Any(secret => one.Text.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), StringComparison.Ordinal)));
    }

    /// <summary>Each mistake stands beside a secret or is one with it; what is said must name the key and not the value.</summary>
    private async Task WrongConfigurationsAsync(ScratchFolder folder, Dictionary<string, string> environment, ConcurrentBag<(string, string)> told)
    {
        var agent = await File.ReadAllTextAsync(folder.File("agent.yaml"), Cancel);
        var collector = await File.ReadAllTextAsync(folder.File("collector.yaml"), Cancel);
        var open = folder.File("open");
        await File.WriteAllTextAsync(open, secrets["mqtt"], Cancel);
        SetMode(open, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        (string Program, string Text)[] wrong =
        [
            (Repository.Agent, agent.Replace("${credential:mqtt}", $"${{file:{open}}}", StringComparison.Ordinal)),
            (Repository.Agent, agent.Replace("${credential:mqtt}", "${credential:none}", StringComparison.Ordinal)),
            (Repository.Agent, agent.Replace("mqtt://", $"mqtt://row-a:{secrets["mqtt"]}@", StringComparison.Ordinal)),
            (Repository.Agent, agent.Replace("mqtt://", $"amqp://row-a:{secrets["mqtt"]}@", StringComparison.Ordinal)),
            (Repository.Agent, agent.Replace("auth: sha256", "auth: sha257", StringComparison.Ordinal)),
            (Repository.Agent, agent.Replace("user: snmp-user", "usr: snmp-user", StringComparison.Ordinal)),
            (Repository.Agent, agent + "broken: [\n"),
            (Repository.Collector, collector.Replace("mqtt://", $"mqtt://collector:{secrets["collector"]}@", StringComparison.Ordinal)),
            (Repository.Collector, collector.Replace("url: \"http:", $"url: \"ftp:", StringComparison.Ordinal)),
            (Repository.Collector, collector.Replace("http://127.0.0.1:9", $"http://u:{secrets["influx"]}@127.0.0.1:9", StringComparison.Ordinal)),
            (Repository.Collector, collector.Replace("role: operator", "role: emperor", StringComparison.Ordinal)),
            (Repository.Collector, collector + "broken: [\n"),
        ];
        foreach (var (program, text) in wrong)
        {
            var file = folder.File("wrong.yaml");
            await File.WriteAllTextAsync(file, text, Cancel);
            var (code, output) = await OtherProcess.RunAsync(program, ["check", "-c", file], Cancel, folder, environment);
            Assert.True(code != 0 && output.Length > 0, text);
            told.Add((program, output));
        }
    }

    private async Task WriteAsync(ScratchFolder folder, int brokerPort, int pagePort)
    {
        Directory.CreateDirectory(folder.File("secrets"));
        foreach (var (name, secret) in secrets)
        {
            var file = Path.Combine(folder.File("secrets"), name);
            await File.WriteAllTextAsync(file, secret + "\n", Cancel);
            SetMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        string Of(string name) => $"${{file:{folder.File("secrets")}/{name}}}";
        var closed = Ports.FreeTcp();
        await File.WriteAllTextAsync(
            folder.File("agent.yaml"),
            $$"""
            site: demo
            agent: row-a
            primary_host: edgedcim
            broker: { url: "mqtt://127.0.0.1:{{brokerPort}}", user: row-a, password: "${credential:mqtt}" }
            poll: { fast: 1s, normal: 2s, slow: 4s }
            journal: { path: journal.db }
            devices:
              one: { profile: eaton-xups, at: "snmp://127.0.0.1:{{Ports.FreeUdp()}}", community: "${env:T_COMMUNITY}" }
              two: { profile: apc-rpdu2, at: "snmp://127.0.0.1:{{Ports.FreeUdp()}}", version: 3, user: snmp-user, auth: sha256, auth_password: "{{Of("auth")}}", priv: aes128, priv_password: "{{Of("priv")}}" }
              three: { profile: redfish-pdu, at: "redfish+http://127.0.0.1:{{closed}}", user: red, password: "{{Of("redfish")}}" }
            """,
            Cancel);
        await File.WriteAllTextAsync(
            folder.File("alarms.yaml"),
            $$"""
            notify:
              group_wait: 1s
              channels:
                hook: { webhook: "http://127.0.0.1:{{closed}}/hook", secret: "{{Of("webhook")}}" }
                mail: { smtp: "smtp://127.0.0.1:{{closed}}", from: a@example.net, to: [ b@example.net ], user: u, password: "{{Of("smtp")}}" }
              routes: { all: { priority: low, channels: [ hook, mail ] } }
            """,
            Cancel);
        await File.WriteAllTextAsync(
            folder.File("collector.yaml"),
            $$"""
            site: demo
            listen: http://127.0.0.1:{{pagePort}}
            broker: { url: "mqtt://127.0.0.1:{{brokerPort}}", user: collector, password: "{{Of("collector")}}" }
            alarms: alarms.yaml
            data: data
            influx: { url: "http://127.0.0.1:9", org: o, bucket: b, token: "${env:T_INFLUX}" }
            access: { tokens: { ann: { token: "{{Of("operator")}}", role: operator } } }
            """,
            Cancel);
    }

    private static void SetMode(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }
    }

    private async Task<OtherProcess> BrokerAsync(ScratchFolder folder, int port)
    {
        foreach (var (user, password) in new[] { ("row-a", secrets["mqtt"]), ("collector", secrets["collector"]), ("spy", "spy") })
        {
            var (code, output) = await OtherProcess.RunAsync("mosquitto_passwd", user == "row-a" ? ["-c", "-b", folder.File("users"), user, password] : ["-b", folder.File("users"), user, password], Cancel);
            Assert.True(code == 0, output);
        }

        var root = Environment.UserName == "root" ? "user root\n" : "";
        await File.WriteAllTextAsync(folder.File("mosquitto.conf"), $"{root}listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {folder.File("users")}\n", Cancel);
        var broker = OtherProcess.Start("mosquitto", ["-c", folder.File("mosquitto.conf")], folder);
        await Eventually.ListensAsync(port, "mosquitto", Cancel);
        return broker;
    }

    private static async Task<IMqttClient> SpyAsync(int port, ConcurrentBag<(string, string)> told)
    {
        var spy = new MqttClientFactory().CreateMqttClient();
        spy.ApplicationMessageReceivedAsync += message =>
        {
            told.Add((message.ApplicationMessage.Topic, Encoding.Latin1.GetString(System.Buffers.BuffersExtensions.ToArray(message.ApplicationMessage.Payload))));
            return Task.CompletedTask;
        };
        await spy.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithCredentials("spy", "spy").Build(), Cancel);
        await spy.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce, Cancel);
        return spy;
    }
}
