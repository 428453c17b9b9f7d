using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
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
/// connections: nothing passes through a queue that could drop. Clients cannot speak for the host, cannot leave retained messages behind,
/// and with users configured an agent may publish only under its own name.
/// </summary>
internal sealed partial class EmbeddedBroker : BrokerLink
{
    private const string OwnClient = "edgedcim-collector";
    private const int LargestPayload = 4 << 20; // a birth of 20 000 metrics has about 2 MB
    private readonly EmbeddedBrokerConfig config;
    private readonly string stateTopic;
    private readonly ILogger<EmbeddedBroker> log;
    private readonly Counter refusedConnections;
    private readonly Counter refusedMessages;
    private readonly Counter dropped;
    private readonly MqttServer server;
    private readonly MqttServerOptions options;

    public EmbeddedBroker(EmbeddedBrokerConfig config, string hostId, MetricRegistry metrics, ILogger<EmbeddedBroker> log)
    {
        this.config = config;
        this.log = log;
        stateTopic = SparkplugTopic.State(hostId).Format();
        refusedConnections = metrics.Counter("edgedcim_broker_connections_refused_total", "Clients turned away by the embedded broker.");
        refusedMessages = metrics.Counter("edgedcim_broker_messages_refused_total", "Messages that a client was not allowed to publish.");
        dropped = metrics.Counter("edgedcim_broker_messages_dropped_total", "Messages dropped because a subscriber was too slow.");
        var v6 = config.Listen.AddressFamily == AddressFamily.InterNetworkV6;
        options = new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointPort(config.Listen.Port)
            .WithDefaultEndpointBoundIPAddress(v6 ? IPAddress.None : config.Listen.Address)
            .WithDefaultEndpointBoundIPV6Address(v6 ? config.Listen.Address : IPAddress.None)
            .WithMaxPendingMessagesPerClient(1000)
            .WithPendingMessagesOverflowStrategy(MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage)
            .Build();
        server = new MqttServerFactory().CreateMqttServer(options);
        server.ValidatingConnectionAsync += ValidateAsync;
        server.InterceptingPublishAsync += InterceptAsync;
        server.InterceptingSubscriptionAsync += InterceptSubscriptionAsync;
        server.ApplicationMessageEnqueuedOrDroppedAsync += CountDropAsync;
    }

    public override bool IsConnected => server.IsStarted;

    /// <summary>The port it listens on; the system's choice when the configuration says 0.</summary>
    public int Port => options.DefaultEndpointOptions.Port;

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

        Log.Listening(log, config.Listen.Address, Port);
        await Connected(cancel);
    }

    public override async Task<bool> PublishAsync(MqttApplicationMessage message, CancellationToken cancel)
    {
        if (!server.IsStarted)
        {
            return false;
        }

        await server.InjectApplicationMessage(new InjectedMqttApplicationMessage(message) { SenderClientId = OwnClient }, cancel);
        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        if (server.IsStarted)
        {
            await server.StopAsync(new MqttServerStopOptions());
        }

        server.Dispose();
    }

    private Task ValidateAsync(ValidatingConnectionEventArgs connection)
    {
        if (connection.ClientId == OwnClient || !IsKnown(connection))
        {
            connection.ReasonCode = MqttConnectReasonCode.NotAuthorized;
            refusedConnections.Increment();
            Log.Refused(log, Printable(connection.ClientId), connection.RemoteEndPoint?.ToString() ?? "an unknown address");
        }

        else if (connection.ClientId.Length == 0)
        {
            // A client may leave its name to the broker (MQTT 3.1.1, 3.1.3.1).
            connection.AssignedClientIdentifier = $"client-{Guid.NewGuid():N}";
        }

        return Task.CompletedTask;
    }

    private bool IsKnown(ValidatingConnectionEventArgs connection)
    {
        if (config.Users.Count == 0)
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

        var message = publish.ApplicationMessage;
        if (message.Payload.Length > LargestPayload)
        {
            publish.CloseConnection = true;
            Refuse(publish);
            return;
        }

        if (!MayPublish(publish.UserName, message.Topic))
        {
            Refuse(publish);
            return;
        }

        message.Retain = false;
        await Received(new InboundMessage(message.Topic, Flatten(message.Payload), publish.ClientId), publish.CancellationToken);
    }

    /// <summary>Commands are the host's to give, and STATE its own to say; an agent with a name publishes under that name.</summary>
    private bool MayPublish(string? user, string topic)
    {
        if (topic == stateTopic || !SparkplugTopic.TryParse(topic, out var parsed))
        {
            return topic != stateTopic && config.Users.Count == 0;
        }

        if (config.Users.Count == 0)
        {
            return true;
        }

        return parsed.Type is not (MessageType.NodeCommand or MessageType.DeviceCommand or MessageType.State) && parsed.Node == user;
    }

    private Task InterceptSubscriptionAsync(InterceptingSubscriptionEventArgs subscription)
    {
        if (config.Users.Count > 0 && !MaySubscribe(subscription.UserName, subscription.TopicFilter.Topic))
        {
            subscription.ProcessSubscription = false;
            subscription.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
            refusedMessages.Increment();
        }

        return Task.CompletedTask;
    }

    /// <summary>An agent hears its own commands and the state of hosts, nothing of its neighbours.</summary>
    private static bool MaySubscribe(string? user, string filter)
    {
        var levels = filter.Split('/');
        return levels[0] == SparkplugTopic.Namespace
            && (levels is [_, "STATE", _] || (levels is [_, not "#", "NCMD" or "DCMD", var node, ..] && node == user));
    }

    private void Refuse(InterceptingPublishEventArgs publish)
    {
        publish.ProcessPublish = false;
        publish.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
        refusedMessages.Increment();
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

    private static string Printable(string text) =>
        string.Concat(text.Take(64).Select(letter => char.IsControl(letter) ? '?' : letter));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The embedded MQTT broker listens on {Address}:{Port}.")]
        public static partial void Listening(ILogger log, IPAddress address, int port);

        [LoggerMessage(LogLevel.Warning, "The embedded broker turned away client {Client} from {Remote}: user or password is wrong, or the client id is taken by the collector.")]
        public static partial void Refused(ILogger log, string client, string remote);
    }
}
