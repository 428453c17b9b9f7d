using System.Buffers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Core.Sparkplug;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace EdgeDcim.Agent.Publishing;

/// <summary>One MQTT connection, from connecting to its end. It never reconnects: whoever owns it makes a new one.</summary>
internal sealed class BrokerLink : IAsyncDisposable
{
    private const int InboxSize = 10_000;

    /// <summary>Larger messages are nobody's: the birth of a device with a thousand series has some 100 kB.</summary>
    private const int LargestMessage = 4 << 20;

    /// <summary>
    /// RabbitMQ gives a retained STATE back with a slash for the point of the namespace, since what its setting for Sparkplug does to topics
    /// is not done to those of retained messages.
    /// </summary>
    private const string StateWithSlash = "spBv1/0/STATE/";

    private static readonly TimeSpan SendWithin = TimeSpan.FromSeconds(15);

    private readonly IMqttClient client;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource closed = new();
    private readonly Channel<InboundMessage> inbox =
        Channel.CreateBounded<InboundMessage>(new BoundedChannelOptions(InboxSize) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private BrokerLink(IMqttClient client, TimeProvider time)
    {
        this.client = client;
        this.time = time;
        client.ApplicationMessageReceivedAsync += ReceiveAsync;
        client.DisconnectedAsync += CloseAsync;
    }

    /// <summary>What subscriptions bring, in order. Completes when the connection ends.</summary>
    public ChannelReader<InboundMessage> Inbox => inbox.Reader;

    /// <summary>Why the connection ended; null while it lives.</summary>
    public string? CloseReason { get; private set; }

    public CancellationToken Closed => closed.Token;

    /// <exception cref="BrokerException">Not reachable, or refused.</exception>
    public static async Task<BrokerLink> ConnectAsync(
        BrokerConfig broker, Uri url, string clientId, MqttApplicationMessage? will, TimeProvider time, CancellationToken cancel)
    {
        var options = MqttSettings.Build(broker, url, clientId, will);
        var link = new BrokerLink(new MqttClientFactory().CreateMqttClient(), time);
        try
        {
            var answer = await link.client.ConnectAsync(options, cancel);
            return answer.ResultCode == MqttClientConnectResultCode.Success
                ? link
                : throw new BrokerException($"the broker {url} refuses the connection: {Words(answer.ResultCode)}");
        }
        catch (Exception failed) when (IsBrokerTrouble(failed))
        {
            await link.DisposeAsync();
            throw Trouble(failed, () => new BrokerException(Explain(url, failed), failed) { NeverConnected = IsUnreachable(failed) }, cancel);
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="BrokerException">The connection has ended, or the broker does not allow it.</exception>
    public async Task SubscribeAsync(string filter, CancellationToken cancel)
    {
        try
        {
            var answer = await client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, cancel);
            if (answer.Items.FirstOrDefault() is { } item && item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2)
            {
                throw new BrokerException($"the broker does not let this client subscribe to {filter}: {item.ResultCode}");
            }
        }
        catch (Exception failed) when (IsBrokerTrouble(failed))
        {
            throw Trouble(failed, () => new BrokerException($"the connection ended while subscribing to {filter}: {OneLine(failed)}", failed), cancel);
        }
    }

    /// <summary>Sends one message. With at-most-once it is on its way on return, with at-least-once the broker has it.</summary>
    /// <exception cref="BrokerException">The connection has ended or does not take anything for 15 s.</exception>
    public async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, MqttQualityOfServiceLevel quality, CancellationToken cancel)
    {
        var message = new MqttApplicationMessage { Topic = topic, Payload = new ReadOnlySequence<byte>(payload), QualityOfServiceLevel = quality };
        using var deadline = new CancellationTokenSource(SendWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            await client.PublishAsync(message, either.Token);
        }
        catch (Exception failed) when (IsBrokerTrouble(failed))
        {
            throw Trouble(failed, () => new BrokerException(CloseReason ?? $"the connection ended while sending: {OneLine(failed)}", failed), cancel);
        }
    }

    /// <summary>Says goodbye; the broker then does not publish the will.</summary>
    public async Task LeaveAsync(CancellationToken cancel)
    {
        try
        {
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), cancel);
        }
        catch (Exception failed) when (IsBrokerTrouble(failed))
        {
            // It has gone already, which is what was wanted.
        }
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        inbox.Writer.TryComplete();
        closed.Cancel();
        return ValueTask.CompletedTask;
    }

    private Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs args)
    {
        var message = args.ApplicationMessage;
        var name = message.Topic.StartsWith(StateWithSlash, StringComparison.Ordinal)
            ? $"{SparkplugTopic.Namespace}/STATE/{message.Topic[StateWithSlash.Length..]}"
            : message.Topic;
        if (message.Payload.Length <= LargestMessage && SparkplugTopic.TryParse(name, out var topic))
        {
            inbox.Writer.TryWrite(new InboundMessage(topic, message.Payload.ToArray()));
        }

        return Task.CompletedTask;
    }

    private Task CloseAsync(MqttClientDisconnectedEventArgs args)
    {
        CloseReason = args.ReasonString is { Length: > 0 } said ? said
            : args.Exception is { } error ? OneLine(error)
            : $"the broker closed the connection ({args.Reason})";
        inbox.Writer.TryComplete();
        closed.Cancel();
        return Task.CompletedTask;
    }

    /// <summary>
    /// MQTTnet lets go of its channel while somebody sends: when the connection ends in that very moment, the sender meets a null (5.2, PublishAtMostOnce).
    /// </summary>
    private static bool IsBrokerTrouble(Exception error) => error is NullReferenceException { Source: "MQTTnet" }
        or MqttCommunicationException or MqttProtocolViolationException
        or SocketException or IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException or InvalidOperationException
        or System.Net.WebSockets.WebSocketException;

    /// <summary>Whoever cancels is told of a cancellation: MQTTnet says of some that they timed out.</summary>
    private static Exception Trouble(Exception failed, Func<BrokerException> otherwise, CancellationToken cancel) =>
        cancel.IsCancellationRequested ? new OperationCanceledException(failed.Message, failed, cancel) : otherwise();

    private static bool IsUnreachable(Exception failed) => failed.GetBaseException() is SocketException
    {
        SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
            or SocketError.HostUnreachable or SocketError.NetworkUnreachable
    };

    private static string Explain(Uri address, Exception failed)
    {
        var url = address.GetLeftPart(UriPartial.Authority);
        for (var cause = failed; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return $"nothing listens at {url}: start the broker, or mend the address under 'broker'";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return $"the name of {url} cannot be resolved: mend the address under 'broker'";
                case AuthenticationException:
                    return $"the certificate of {url} is not accepted: {OneLine(cause)}";
                case OperationCanceledException:
                    return $"the broker {url} does not answer";
            }
        }

        return $"the broker {url} cannot be reached: {OneLine(failed)}";
    }

    private static string Words(MqttClientConnectResultCode code) => code switch
    {
        MqttClientConnectResultCode.BadUserNameOrPassword => "user or password is not accepted",
        MqttClientConnectResultCode.NotAuthorized => "this client is not authorised",
        MqttClientConnectResultCode.ClientIdentifierNotValid => "the client id is not accepted",
        MqttClientConnectResultCode.UnsupportedProtocolVersion or (MqttClientConnectResultCode)1 => "it does not speak this version of MQTT; write 'version: 3.1.1' under 'broker'",
        _ => code.ToString(),
    };

    private static string OneLine(Exception error) => (error.InnerException ?? error).Message.ReplaceLineEndings(" ");
}

/// <summary>A message that a subscription brought.</summary>
internal sealed record InboundMessage(SparkplugTopic Topic, byte[] Payload);
