using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeDcim.Collector.Certificates;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Hosting;
using EdgeDcim.Core.Sparkplug;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeDcim.Collector.Broker;

/// <summary>
/// The MQTT broker inside the collector, so that a site needs nothing else to begin. Messages of agents are taken straight from their
/// connections: nothing passes through a queue that could drop. Clients cannot speak for the host and cannot leave retained messages behind;
/// one with a name, from its certificate or its user, is the agent of that name and nothing else.
/// </summary>
internal sealed partial class EmbeddedBroker : BrokerLink
{
    private const string OwnClient = "edgedcim-collector";
    private const string AgentKey = "agent";
    private const string SubscriptionsKey = "subscriptions";
    private readonly EmbeddedBrokerConfig config;
    private readonly AgentRights rights;
    private readonly ILogger<EmbeddedBroker> log;
    private readonly Counter refusedConnections;
    private readonly Counter refusedMessages;
    private readonly Counter dropped;
    private readonly TlsWatch? tls;
    private readonly FrontDoor door;
    private readonly MqttServer server;
    private readonly CancellationTokenSource stopping = new();
    private readonly QuietLog quiet;
    private Task watching = Task.CompletedTask;

    /// <exception cref="StartupException">The certificates cannot be used.</exception>
    public EmbeddedBroker(EmbeddedBrokerConfig config, string site, string hostId, MetricRegistry metrics, TimeProvider time, ILogger<EmbeddedBroker> log)
    {
        (this.config, this.log) = (config, log);
        rights = new AgentRights(site, SparkplugTopic.State(hostId).Format());
        refusedConnections = metrics.Counter("edgedcim_broker_connections_refused_total", "Clients turned away by the embedded broker.");
        refusedMessages = metrics.Counter("edgedcim_broker_messages_refused_total", "Messages and subscriptions that a client was not allowed.");
        dropped = metrics.Counter("edgedcim_broker_messages_dropped_total", "Messages dropped because a subscriber was too slow.");
        quiet = new QuietLog(time);
        tls = Watch(config.Tls, time, log);
        door = new FrontDoor(config.Listen, config.Limits, tls, needsCertificate: config.Tls?.Clients is not null && config.Users.Count == 0, new OffenceReport(metrics, time, log), time, log);
        metrics.Gauge("edgedcim_broker_connections", "Connections to the embedded broker.", () => door.Visitors.Count);
        metrics.Gauge("edgedcim_broker_connections_half_open", "Connections that have not said who they are.", () => door.Visitors.Waiting);
        var options = new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint()
            .WithMaxPendingMessagesPerClient(1000)
            .WithPendingMessagesOverflowStrategy(MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage)
            .Build();
        server = new MqttServerFactory().CreateMqttServer(options, [door]);
        server.ValidatingConnectionAsync += ValidateAsync;
        server.InterceptingPublishAsync += InterceptAsync;
        server.InterceptingSubscriptionAsync += InterceptSubscriptionAsync;
        server.ApplicationMessageEnqueuedOrDroppedAsync += CountDropAsync;
    }

    public override bool IsConnected => server.IsStarted;

    /// <summary>The port it listens on; the system's choice when the configuration says 0.</summary>
    public int Port => door.Port;

    public override async Task StartAsync(CancellationToken cancel)
    {
        try
        {
            await server.StartAsync();
        }
        catch (SocketException refused)
        {
            throw new StartupException($"the embedded broker cannot listen on {config.Listen}: {Reason(refused)}; "
                + "stop what uses the port, or set another 'broker.embedded.listen'", refused);
        }

        Log.Listening(log, config.Listen.Address, Port, tls is null ? "without TLS" : config.Tls?.Clients is null ? "with TLS" : "with TLS and client certificates");
        if (tls is not null)
        {
            tls.Changed = door.CloseUnbelieved;
            watching = tls.RunAsync(stopping.Token);
        }

        await Connected(cancel);
    }

    public override async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        if (server.IsStarted)
        {
            await server.StopAsync(new MqttServerStopOptions());
        }

        server.Dispose();
        door.Dispose();
        stopping.Dispose();
    }

    protected override async Task<bool> SendAsync(MqttApplicationMessage message, CancellationToken cancel)
    {
        if (!server.IsStarted)
        {
            return false;
        }

        await server.InjectApplicationMessage(new InjectedMqttApplicationMessage(message) { SenderClientId = OwnClient }, cancel);
        return true;
    }

    private Task ValidateAsync(ValidatingConnectionEventArgs connection)
    {
        var visitor = door.Of(connection.ChannelAdapter);
        var agent = visitor.Certificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false) ?? (config.Users.Count > 0 ? connection.UserName : null);

        // A client may leave its name to the broker (MQTT 3.1.1, 3.1.3.1).
        var id = connection.ClientId.Length > 0 ? connection.ClientId : $"client-{Guid.NewGuid():N}";
        var reason = id == OwnClient ? "that client id is the collector's"
            : !IsKnown(connection, visitor) ? "user or password is wrong"
            : !door.Visitors.Admit(visitor, id, agent) ? "another agent uses that client id"
            : null;
        if (reason is not null)
        {
            connection.ReasonCode = MqttConnectReasonCode.NotAuthorized;
            refusedConnections.Increment();
            if (quiet.MaySpeak(out var silent))
            {
                Log.Refused(log, Visitor.Printable(id), visitor.From, reason, silent);
            }

            return Task.CompletedTask;
        }

        connection.AssignedClientIdentifier = connection.ClientId.Length == 0 ? id : connection.AssignedClientIdentifier;
        connection.SessionItems[AgentKey] = agent;
        connection.SessionItems[SubscriptionsKey] = 0;
        return Task.CompletedTask;
    }

    private bool IsKnown(ValidatingConnectionEventArgs connection, Visitor visitor)
    {
        if (visitor.Certificate is not null || config.Users.Count == 0)
        {
            return true;
        }

        return config.Users.TryGetValue(connection.UserName ?? "", out var expected)
            && CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(connection.RawPassword ?? []), SHA256.HashData(Encoding.UTF8.GetBytes(expected.Reveal())));
    }

    private async Task InterceptAsync(InterceptingPublishEventArgs publish)
    {
        if (publish.ClientId == OwnClient)
        {
            return;
        }

        // Agents retain nothing (Sparkplug 3.0, tck-id-payloads-nbirth-retain and its like); what is retained would stay in memory for ever.
        var message = publish.ApplicationMessage;
        if (message.Retain || !rights.MayPublish(publish.SessionItems[AgentKey] as string, message.Topic))
        {
            publish.ProcessPublish = false;
            publish.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
            refusedMessages.Increment();
            return;
        }

        await Received(new InboundMessage(message.Topic, Flatten(message.Payload), publish.ClientId), publish.CancellationToken);
    }

    private Task InterceptSubscriptionAsync(InterceptingSubscriptionEventArgs subscription)
    {
        var count = subscription.SessionItems[SubscriptionsKey] is int before ? before + 1 : 1;
        subscription.SessionItems[SubscriptionsKey] = count;
        var mayHear = rights.MaySubscribe(subscription.SessionItems[AgentKey] as string, subscription.TopicFilter.Topic);
        if (count > config.Limits.Subscriptions || !mayHear)
        {
            subscription.ProcessSubscription = false;
            subscription.Response.ReasonCode = mayHear ? MqttSubscribeReasonCode.QuotaExceeded : MqttSubscribeReasonCode.NotAuthorized;
            refusedMessages.Increment();
        }

        return Task.CompletedTask;
    }

    private static TlsWatch? Watch(TlsConfig? config, TimeProvider time, ILogger log)
    {
        try
        {
            return config is null ? null : new TlsWatch(config, time, log);
        }
        catch (CertificateException unusable)
        {
            throw new StartupException($"the embedded broker cannot speak TLS: {unusable.Message}", unusable);
        }
    }

    private Task CountDropAsync(ApplicationMessageEnqueuedEventArgs queued)
    {
        if (queued.IsDropped)
        {
            dropped.Increment();
        }

        return Task.CompletedTask;
    }

    private static string Reason(SocketException refused) => refused.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the port is already in use",
        SocketError.AccessDenied => "this account may not open that port",
        SocketError.AddressNotAvailable => "no network interface of this machine has that address",
        var other => other.ToString(),
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The embedded MQTT broker listens on {Address}:{Port} {How}.")]
        public static partial void Listening(ILogger log, IPAddress address, int port, string how);

        [LoggerMessage(LogLevel.Warning, "The embedded broker turned away client {Client} from {Remote}: {Reason} ({Silent} more since the last such line).")]
        public static partial void Refused(ILogger log, string client, IPEndPoint remote, string reason, long silent);
    }
}
