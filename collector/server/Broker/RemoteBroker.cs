using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Hosting;
using EdgeDcim.Core.Sparkplug;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Polly;
using Polly.Retry;

namespace EdgeDcim.Collector.Broker;

/// <summary>
/// A client of a broker elsewhere. One loop connects, waits for the connection to end and connects again, with pauses that grow to five
/// seconds. Each connection carries a will that says the host is gone, and announces the host with the same time stamp.
/// </summary>
internal sealed partial class RemoteBroker : BrokerLink
{
    /// <summary>How a broker of MQTT 3.1.1 refuses a newer client (3.1.1, 3.2.2.3).</summary>
    private const MqttClientConnectResultCode UnacceptableVersion = (MqttClientConnectResultCode)1;

    private static readonly TimeSpan FirstConnectPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly RemoteBrokerConfig config;
    private readonly string group;
    private readonly HostApplication host;
    private readonly TimeProvider time;
    private readonly ILogger<RemoteBroker> log;
    private readonly Counter connects;
    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly CancellationTokenSource stopping = new();
    private readonly string clientId;
    private TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MqttProtocolVersion version = MqttProtocolVersion.V500;
    private Task loop = Task.CompletedTask;
    private int attempts;

    public RemoteBroker(RemoteBrokerConfig config, string group, HostApplication host, MetricRegistry metrics, TimeProvider time, ILogger<RemoteBroker> log)
    {
        (this.config, this.group, this.host, this.time, this.log) = (config, group, host, time, log);
        clientId = $"edgedcim-collector-{Guid.NewGuid():N}"[..36];
        connects = metrics.Counter("edgedcim_broker_connects_total", "Connections made to the broker.");
        metrics.Gauge("edgedcim_broker_connected", "1 while the broker is connected.", () => client.IsConnected ? 1 : 0);
        client.ApplicationMessageReceivedAsync += received =>
            Received(new InboundMessage(received.ApplicationMessage.Topic, Flatten(received.ApplicationMessage.Payload), ""), stopping.Token).AsTask();
        client.DisconnectedAsync += lost =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
    }

    public override bool IsConnected => client.IsConnected;

    public override async Task StartAsync(CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(FirstConnectPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        Exception? cause = null;
        try
        {
            await Pipeline(failed => failed is not RefusedException, failed => cause = failed).ExecuteAsync(ConnectAsync, both.Token);
        }
        catch (Exception failed) when (!cancel.IsCancellationRequested && (IsConnectFailure(failed) || failed is OperationCanceledException))
        {
            throw new StartupException(Sentence(failed is OperationCanceledException ? cause ?? failed : failed), failed);
        }

        loop = StayConnectedAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loop;
        if (client.IsConnected)
        {
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), CancellationToken.None);
        }

        client.Dispose();
        stopping.Dispose();
    }

    protected override async Task<bool> SendAsync(MqttApplicationMessage message, CancellationToken cancel)
    {
        try
        {
            return client.IsConnected && (await client.PublishAsync(message, cancel)).IsSuccess;
        }
        catch (Exception failed) when (IsConnectFailure(failed))
        {
            return false;
        }
    }

    private async Task StayConnectedAsync()
    {
        try
        {
            while (true)
            {
                await ended.Task.WaitAsync(stopping.Token);
                var lostAt = time.GetTimestamp();
                Log.Lost(log);
                await Pipeline(IsConnectFailure, failed => Log.StillLost(log, Describe(failed))).ExecuteAsync(ConnectAsync, stopping.Token);
                Log.Back(log, time.GetElapsedTime(lostAt));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async ValueTask ConnectAsync(CancellationToken cancel)
    {
        var url = config.Urls[attempts++ % config.Urls.Count];
        ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = await GreetAsync(url, cancel);
        if (answer.ResultCode is MqttClientConnectResultCode.UnsupportedProtocolVersion or UnacceptableVersion && version == MqttProtocolVersion.V500)
        {
            SpeakOther();
            throw new MqttCommunicationException("the broker does not speak MQTT 5; trying 3.1.1", null);
        }

        if (answer.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new RefusedException(url, $"{answer.ResultCode}{(string.IsNullOrEmpty(answer.ReasonString) ? "" : $" ({answer.ReasonString})")}");
        }

        // Subscribing comes before the birth, so that nothing an agent answers to it is missed (Sparkplug 3.0, host-topic-phid-birth-sub-required).
        var filters = new MqttClientSubscribeOptionsBuilder();
        foreach (var topic in (IEnumerable<string>)[host.StateTopic, SparkplugTopic.GroupFilter(group), .. Also])
        {
            filters.WithTopicFilter(topic, MqttQualityOfServiceLevel.AtLeastOnce);
        }

        var granted = await client.SubscribeAsync(filters.Build(), cancel);
        if (granted.Items.FirstOrDefault(item => (int)item.ResultCode >= 0x80) is { } denied)
        {
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), cancel);
            throw new RefusedException(url, $"the subscription to {denied.TopicFilter.Topic} was denied ({denied.ResultCode})");
        }

        connects.Increment();
        Log.Connected(log, url.Host, url.Port, version == MqttProtocolVersion.V500 ? "5.0" : "3.1.1");
        await Connected(cancel);
    }

    private async Task<MqttClientConnectResult> GreetAsync(Uri url, CancellationToken cancel)
    {
        try
        {
            return await client.ConnectAsync(Options(url, host.BeginSession()), cancel);
        }
        catch (Exception failed) when (IsConnectFailure(failed) && Innermost(failed) is MqttCommunicationException or SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // A broker that does not know this version may close without a word (MQTT 5, 3.1.2.2); the next attempt speaks the other one.
            SpeakOther();
            throw;
        }
    }

    /// <summary>The same broker is asked in 3.1.1 before another one is: agents that have the same list begin with its first as well.</summary>
    private void SpeakOther()
    {
        (version, attempts) = version == MqttProtocolVersion.V500
            ? (MqttProtocolVersion.V311, attempts - 1)
            : (MqttProtocolVersion.V500, attempts);
    }

    private MqttClientOptions Options(Uri url, byte[] will)
    {
        var secure = url.Scheme == "mqtts";
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(url.Host, url.Port > 0 ? url.Port : secure ? 8883 : 1883)
            .WithClientId(clientId)
            .WithProtocolVersion(version)
            .WithCleanSession()
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(10))
            .WithTimeout(TimeSpan.FromSeconds(5))
            .WithWillTopic(host.StateTopic)
            .WithWillPayload(will)
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithWillRetain();
        if (config.User is not null)
        {
            options.WithCredentials(config.User, config.Password?.Reveal() ?? "");
        }

        if (secure)
        {
            options.WithTlsOptions(tls =>
            {
                tls.UseTls().WithTargetHost(url.Host).WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13);
                if (config.Authority is not null)
                {
                    var authority = new X509Certificate2Collection();
                    authority.ImportFromPemFile(config.Authority);

                    // A private authority publishes no revocation list that every plant network can reach.
                    tls.WithTrustChain(authority).WithRevocationMode(X509RevocationMode.NoCheck);
                }

                if (config.Shown is { } shown)
                {
                    using var fromPem = X509Certificate2.CreateFromPemFile(shown.Certificate, shown.Key);

                    // Windows cannot use a key that lives in memory only; the detour through PKCS#12 works everywhere.
                    tls.WithClientCertificates([X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), null)]);
                }
            });
        }

        return options.Build();
    }

    private ResiliencePipeline Pipeline(Func<Exception, bool> worthRetrying, Action<Exception> onFailure) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = outcome => ValueTask.FromResult(outcome.Outcome.Exception is { } failed && IsConnectFailure(failed) && worthRetrying(failed)),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = LongestPause,
                MaxRetryAttempts = int.MaxValue,
                OnRetry = retry =>
                {
                    onFailure(retry.Outcome.Exception!);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

    /// <summary>A connection that ends while it is being made surfaces as cancellation of an inner token as well.</summary>
    private bool IsConnectFailure(Exception failed) =>
        failed is MqttCommunicationException or MqttProtocolViolationException or MqttClientDisconnectedException or MqttClientNotConnectedException
            or NullReferenceException { Source: "MQTTnet" } // it lets go of its channel while somebody sends
            or RefusedException or SocketException or IOException or AuthenticationException or CryptographicException or TimeoutException
        || (failed is OperationCanceledException && !stopping.IsCancellationRequested && !client.IsConnected && failed.InnerException is not null);

    private string Sentence(Exception cause) => cause is RefusedException refused
        ? $"the broker {refused.Url.Host}:{refused.Url.Port} refused the collector: {refused.Message}; check 'broker.user', 'broker.password' and the broker's access list"
        : $"no broker answers at {string.Join(", ", config.Urls.Select(url => $"{url.Host}:{url.Port}"))}: {Describe(cause)}; start the broker, or correct 'broker.url'";

    private static string Describe(Exception failed) => Innermost(failed) is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
        ? "connection refused"
        : Innermost(failed).Message.ReplaceLineEndings(" ");

    private static Exception Innermost(Exception failed) => failed.InnerException is { } inner ? Innermost(inner) : failed;

    private sealed class RefusedException(Uri url, string reason) : Exception(reason)
    {
        public Uri Url => url;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Connected to the MQTT broker {Host}:{Port} with MQTT {Version}.")]
        public static partial void Connected(ILogger log, string host, int port, string version);

        [LoggerMessage(LogLevel.Warning, "The connection to the MQTT broker is lost; connecting again.")]
        public static partial void Lost(ILogger log);

        [LoggerMessage(LogLevel.Debug, "The MQTT broker is still away: {Reason}.")]
        public static partial void StillLost(ILogger log, string reason);

        [LoggerMessage(LogLevel.Information, "The MQTT broker is back after {Outage}.")]
        public static partial void Back(ILogger log, TimeSpan outage);
    }
}
