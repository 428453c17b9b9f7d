using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using EdgeDcim.Scenarios.Harness;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace EdgeDcim.Scenarios.Security;

/// <summary>The example files of install/mosquitto with certificates of <c>pki</c>: the whole chain runs on them, and strangers get nothing.</summary>
public sealed class MosquittoTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agent_and_collector_meet_over_mutual_TLS_and_the_access_list_holds_everybody_to_his_own()
    {
        Peers.Require("mosquitto");
        using var folder = new ScratchFolder();
        var pki = await Pki.CreateAsync(folder.File("pki"), Cancel, "row-a", "mallory", "stolen");
        await pki.RunAsync(Cancel, "revoke", "stolen");
        var (broker, port) = await StartAsync(folder, pki);
        await using var ofBroker = broker;
        var pagePort = Ports.FreeTcp();
        await using var collector = await CollectorAsync(folder, pki, port, pagePort);
        await using var agent = await AgentAsync(folder, pki, port);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        await Eventually.TrueAsync(
            async () =>
            {
                if (collector.HasExited)
                {
                    // It gives up where a handshake takes too long on a busy machine; a service manager starts it again.
                    collector.StartAgain();
                }

                return (await http.GetStringAsync($"http://127.0.0.1:{pagePort}/api/v1/state", Cancel)).Contains("\"agents\":{\"online\":1", StringComparison.Ordinal);
            },
            "the agent is online at the collector", TimeSpan.FromSeconds(180), Cancel);

        using var expired = pki.Expired("row-a");
        using var forged = pki.OfAnotherAuthority("row-a");
        foreach (var certificate in new[] { null, expired, forged, pki.Load("stolen") })
        {
            Assert.Null(await ConnectAsync(port, pki, certificate));
        }

        using var mallory = (await ConnectAsync(port, pki, pki.Load("mallory")))!;
        foreach (var (topic, allowed) in new[]
        {
            ("spBv1.0/ams-1/NDATA/mallory", true), ("spBv1.0/ams-1/NDATA/row-a", false), ("spBv1.0/ams-1/NCMD/row-a", false),
            ("spBv1.0/STATE/edgedcim", false), ("spBv1.0/other/NBIRTH/mallory", false), ("edgedcim/ams-1/kpi/pue", false), ("edgedcim/ams-1/peer/edgedcim", false), ("spBv1.0/STATE/edgedcim-b", false),
        })
        {
            var answer = await mallory.PublishAsync(SecuredCollector.Message(topic, [1]), Cancel);
            Assert.True(answer.ReasonCode != MqttClientPublishReasonCode.NotAuthorized == allowed, $"{topic}: {answer.ReasonCode}");
        }

        await HearsOnlyItsOwnAsync(mallory, port, pki);
        Assert.False(agent.HasExited);
    }

    private static async Task HearsOnlyItsOwnAsync(IMqttClient mallory, int port, Pki pki)
    {
        var heard = new ConcurrentBag<string>();
        mallory.ApplicationMessageReceivedAsync += message =>
        {
            heard.Add(message.ApplicationMessage.Topic);
            return Task.CompletedTask;
        };
        await mallory.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce, Cancel);
        using var shown = X509Certificate2.CreateFromPemFile($"{pki.Folder}/collector.pem", $"{pki.Folder}/collector.key");
        using var host = (await ConnectAsync(port, pki, X509CertificateLoader.LoadPkcs12(shown.Export(X509ContentType.Pkcs12), null)))!;
        await host.PublishAsync(SecuredCollector.Message("spBv1.0/ams-1/NCMD/row-a", []), Cancel);
        await host.PublishAsync(SecuredCollector.Message("spBv1.0/ams-1/NCMD/mallory", []), Cancel);
        await Eventually.TrueAsync(() => Task.FromResult(heard.Contains("spBv1.0/ams-1/NCMD/mallory")), "its own command arrives", TimeSpan.FromSeconds(60), Cancel);
        Assert.DoesNotContain(heard, topic => topic is not ("spBv1.0/ams-1/NCMD/mallory" or "spBv1.0/STATE/edgedcim"));
    }

    /// <summary>The example as it is shipped, with the paths and the port of this test.</summary>
    private static async Task<(OtherProcess Process, int Port)> StartAsync(ScratchFolder folder, Pki pki)
    {
        var port = Ports.FreeTcp();
        var example = Path.Combine(Repository.Root, "install", "mosquitto");
        File.Copy(Path.Combine(example, "edgedcim.acl"), Path.Combine(pki.Folder, "edgedcim.acl"));
        var text = (await File.ReadAllTextAsync(Path.Combine(example, "edgedcim.conf"), Cancel))
            .Replace("/etc/mosquitto/edgedcim/", pki.Folder + "/", StringComparison.Ordinal)
            .Replace("listener 8883 0.0.0.0", $"listener {port} 127.0.0.1", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("mosquitto.conf"), text + (Environment.UserName == "root" ? "\nuser root\n" : "\n"), Cancel);
        var broker = OtherProcess.Start("mosquitto", ["-c", folder.File("mosquitto.conf")], folder);
        await Eventually.ListensAsync(port, $"mosquitto ({broker.Output})", Cancel);
        return (broker, port);
    }

    private static async Task<OtherProcess> CollectorAsync(ScratchFolder folder, Pki pki, int port, int pagePort)
    {
        await File.WriteAllTextAsync(
            folder.File("collector.yaml"),
            $$"""
            site: ams-1
            listen: http://127.0.0.1:{{pagePort}}
            broker: { url: "mqtts://localhost:{{port}}", ca: "{{pki.Authority}}", certificate: "{{pki.Folder}}/collector.pem", key: "{{pki.Folder}}/collector.key" }
            data: data
            """,
            Cancel);
        return OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder);
    }

    private static async Task<OtherProcess> AgentAsync(ScratchFolder folder, Pki pki, int port)
    {
        await File.WriteAllTextAsync(
            folder.File("agent.yaml"),
            $$"""
            site: ams-1
            agent: row-a
            primary_host: edgedcim
            broker: { url: "mqtts://localhost:{{port}}", ca: "{{pki.Authority}}", certificate: "{{pki.Certificate("row-a")}}", key: "{{pki.Key("row-a")}}" }
            journal: { path: journal.db }
            devices:
              main: { profile: janitza-umg96rm, at: "modbus://127.0.0.1:{{Ports.FreeTcp()}}", unit: 1 }
            """,
            Cancel);
        return OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder);
    }

    /// <summary>Null when the broker does not let the client in.</summary>
    private static async Task<IMqttClient?> ConnectAsync(int port, Pki pki, X509Certificate2? certificate)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(pki.Authority);
        var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder().WithTcpServer("localhost", port).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithTimeout(TimeSpan.FromSeconds(60))
            .WithTlsOptions(tls =>
            {
                tls.UseTls().WithTargetHost("localhost").WithTrustChain(trusted).WithRevocationMode(X509RevocationMode.NoCheck);
                if (certificate is not null)
                {
                    tls.WithClientCertificates([certificate]);
                }
            });
        try
        {
            return (await client.ConnectAsync(options.Build(), Cancel)).ResultCode == MqttClientConnectResultCode.Success ? client : null;
        }
        catch (Exception refused) when (refused is MQTTnet.Exceptions.MqttCommunicationException or System.Security.Authentication.AuthenticationException)
        {
            client.Dispose();
            return null;
        }
    }
}
