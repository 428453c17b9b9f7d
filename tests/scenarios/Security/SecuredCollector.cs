using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using EdgeDcim.Scenarios.Harness;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace EdgeDcim.Scenarios.Security;

/// <summary>
/// A collector whose embedded broker asks for certificates, with an honest agent at 127.0.0.2 that is connected all the time: an attack may
/// cost the attacker his connection and nobody else anything.
/// </summary>
public sealed class SecuredCollector : IAsyncLifetime
{
    public const int MessagesPerSecond = 500;
    public const int LargestPacket = 256 << 10;
    private readonly ScratchFolder folder = new();
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private Pki? pki;
    private OtherProcess? process;
    private IMqttClient? honest;
    private int honestDisconnects;

    internal Pki Pki => pki!;

    public string Output => process!.Output;

    public int Port { get; } = Ports.FreeTcp();

    public int WebPort { get; } = Ports.FreeTcp();

    public int SecureWebPort { get; } = Ports.FreeTcp();

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        pki = await Pki.CreateAsync(folder.File("pki"), cancel, "honest", "mallory", "stolen");
        var names = $"certificate: \"{pki.Folder}/collector.pem\", key: \"{pki.Folder}/collector.key\"";
        await File.WriteAllTextAsync(
            folder.File("collector.yaml"),
            $$"""
            site: ams-1
            listen: [ "http://127.0.0.1:{{WebPort}}", "https://127.0.0.1:{{SecureWebPort}}" ]
            tls: { {{names}} }
            broker:
              embedded:
                listen: "127.0.0.1:{{Port}}"
                tls: { {{names}}, clients: "{{pki.Authority}}", revoked: "{{pki.Revoked}}" }
                limits: { messages: {{MessagesPerSecond}}, bytes: 2MB, packet: 256KB, connections: 100 }
            data: data
            """,
            cancel);
        process = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder);
        await Eventually.TrueAsync(
            async () => (await http.GetAsync($"http://127.0.0.1:{WebPort}/readyz", cancel)).IsSuccessStatusCode, "the collector is ready", TimeSpan.FromSeconds(120), cancel);
        honest = new MqttClientFactory().CreateMqttClient();
        honest.DisconnectedAsync += _ =>
        {
            Interlocked.Increment(ref honestDisconnects);
            return Task.CompletedTask;
        };
        var options = Options(pki.Load("honest"), IPAddress.Parse("127.0.0.2")).WithKeepAlivePeriod(TimeSpan.FromSeconds(60)).Build();
        await InAsync(async () => (await honest.ConnectAsync(options, cancel)).ResultCode == MqttClientConnectResultCode.Success ? honest : null, cancel);
        honestDisconnects = 0;
    }

    public async ValueTask DisposeAsync()
    {
        honest?.Dispose();
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        http.Dispose();
        folder.Dispose();
    }

    /// <summary>The honest agent was never disconnected and is still served, and the collector is ready.</summary>
    public async Task HarmsNobodyAsync(CancellationToken cancel)
    {
        var answer = await honest!.PublishAsync(Message("spBv1.0/ams-1/NDATA/honest", [1]), cancel);
        Assert.True(answer.IsSuccess, answer.ReasonCode.ToString());
        Assert.Equal(0, honestDisconnects);
        using var ready = await http.GetAsync($"http://127.0.0.1:{WebPort}/readyz", cancel);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.False(process!.HasExited);
    }

    public async Task<string> GetAsync(string path, CancellationToken cancel) => await http.GetStringAsync($"http://127.0.0.1:{WebPort}{path}", cancel);

    /// <summary>A series of /metrics; 0 when it is not there.</summary>
    public async Task<double> MetricAsync(string series, CancellationToken cancel)
    {
        var found = Regex.Match(await GetAsync("/metrics", cancel), $"^{Regex.Escape(series)} (.+)$", RegexOptions.Multiline);
        return found.Success ? double.Parse(found.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    public Task<double> CutOffAsync(string reason, CancellationToken cancel) =>
        MetricAsync($"edgedcim_broker_clients_cut_off_total{{reason=\"{reason}\"}}", cancel);

    public async Task CountsAsync(string reason, double before, CancellationToken cancel) => await Eventually.TrueAsync(
        async () => await CutOffAsync(reason, cancel) > before, $"/metrics counts a client cut off for {reason}", TimeSpan.FromSeconds(60), cancel);

    public async Task<IMqttClient> ConnectAsync(string agent, CancellationToken cancel, string? clientId = null)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var options = Options(Pki.Load(agent), null).WithClientId(clientId ?? $"{agent}-{Guid.NewGuid():N}").Build();
        return await InAsync(async () => (await client.ConnectAsync(options, cancel)).ResultCode == MqttClientConnectResultCode.Success ? client : null, cancel);
    }

    /// <summary>Somebody who may come in tries again, like an agent does: on a busy machine a handshake takes longer than a stranger is given.</summary>
    private Task<T> InAsync<T>(Func<Task<T?>> come, CancellationToken cancel)
        where T : class => Eventually.GetAsync(
            async () =>
            {
                try
                {
                    return await come();
                }
                catch (Exception busy) when (busy is MQTTnet.Exceptions.MqttCommunicationException or AuthenticationException)
                {
                    throw new IOException($"{busy.Message}\n{Output}", busy);
                }
            },
            "an agent is let in", TimeSpan.FromSeconds(60), cancel);

    /// <summary>True when the broker lets a client with this certificate in.</summary>
    public async Task<bool> LetsInAsync(X509Certificate2? certificate, CancellationToken cancel)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        return await LetsInAsync(client, certificate, cancel);
    }

    public Task<bool> LetsInAsync(IMqttClient client, string agent, CancellationToken cancel) => LetsInAsync(client, Pki.Load(agent), cancel);

    private async Task<bool> LetsInAsync(IMqttClient client, X509Certificate2? certificate, CancellationToken cancel)
    {
        try
        {
            return (await client.ConnectAsync(Options(certificate, null).Build(), cancel)).ResultCode == MqttClientConnectResultCode.Success;
        }
        catch (Exception refused) when (refused is MQTTnet.Exceptions.MqttCommunicationException or AuthenticationException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>A TLS session with an agent's certificate and nothing of MQTT yet.</summary>
    /// <param name="version">Spoken by the client; none: any.</param>
    /// <param name="port">Null: the broker's.</param>
    public Task<SslStream> OpenAsync(string agent, CancellationToken cancel, SslProtocols version = SslProtocols.None, int? port = null) =>
        InAsync(async () => await TlsAsync(agent, version, port ?? Port, cancel), cancel)!;

    private async Task<SslStream?> TlsAsync(string agent, SslProtocols version, int port, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, cancel);
        var secure = new SslStream(new NetworkStream(socket, ownsSocket: true), false, (_, shown, _, _) => shown?.Issuer == "CN=EdgeDcim ams-1");
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = [Pki.Load(agent)], EnabledSslProtocols = version }, cancel);
        return secure;
    }

    public static MqttApplicationMessage Message(string topic, byte[] payload, bool retain = false) => new()
    {
        Topic = topic, Payload = new System.Buffers.ReadOnlySequence<byte>(payload), QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce, Retain = retain,
    };

    private MqttClientOptionsBuilder Options(X509Certificate2? certificate, IPAddress? from)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(Pki.Authority);
        return new MqttClientOptionsBuilder()
            .WithTcpServer(tcp => tcp.LocalEndpoint = from is null ? null : new IPEndPoint(from, 0))
            .WithEndPoint(new IPEndPoint(IPAddress.Loopback, Port))
            .WithTimeout(TimeSpan.FromSeconds(60))
            .WithTlsOptions(tls =>
            {
                tls.UseTls().WithTargetHost("localhost").WithTrustChain(trusted).WithRevocationMode(X509RevocationMode.NoCheck);
                if (certificate is not null)
                {
                    tls.WithClientCertificates([certificate]);
                }
            });
    }
}

/// <summary>One collector for all attacks, one attack at a time.</summary>
[CollectionDefinition(nameof(SecuredCollector))]
public sealed class SecuredCollectorGroup : ICollectionFixture<SecuredCollector>;
