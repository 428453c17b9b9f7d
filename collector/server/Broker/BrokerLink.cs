using System.Buffers;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeDcim.Collector.Broker;

/// <summary>
/// The collector's end of MQTT: either the broker inside this process or a client of another one. Messages arrive one after the other at
/// <see cref="Received"/>; while that waits, the sender waits too, so a slow collector slows its sources instead of filling memory.
/// </summary>
internal abstract class BrokerLink : IAsyncDisposable
{
    private readonly Lock gate = new();
    private bool hasLeft;

    /// <summary>Called for every message; set before <see cref="StartAsync"/>.</summary>
    public Func<InboundMessage, CancellationToken, ValueTask> Received { get; set; } = static (_, _) => ValueTask.CompletedTask;

    /// <summary>Topics that are heard besides the site's and the host's own; set before <see cref="StartAsync"/>.</summary>
    public IReadOnlyList<string> Also { get; set; } = [];

    /// <summary>Called after every connect, when messages flow: the host announces itself.</summary>
    public Func<CancellationToken, Task> Connected { get; set; } = static _ => Task.CompletedTask;

    public abstract bool IsConnected { get; }

    /// <summary>Returns once connected; reconnecting later is this object's own business.</summary>
    /// <exception cref="Hosting.StartupException">There is no broker to be had.</exception>
    public abstract Task StartAsync(CancellationToken cancel);

    /// <summary>False when the message could not be handed to the broker; the caller decides whether that matters.</summary>
    public Task<bool> PublishAsync(MqttApplicationMessage message, CancellationToken cancel)
    {
        // Sending begins in the order of the calls, so nothing can follow the last word.
        lock (gate)
        {
            return hasLeft ? Task.FromResult(false) : SendAsync(message, cancel);
        }
    }

    /// <summary>Sends a last word, when there is a connection; nothing is published after it.</summary>
    public Task<bool> LeaveAsync(MqttApplicationMessage lastWord)
    {
        lock (gate)
        {
            hasLeft = true;
            return IsConnected ? SendAsync(lastWord, CancellationToken.None) : Task.FromResult(false);
        }
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<bool> SendAsync(MqttApplicationMessage message, CancellationToken cancel);

    /// <summary>Commands go out at QoS 0, STATE at QoS 1 and retained (Sparkplug 3.0, 4.3 and 6.4).</summary>
    public static MqttApplicationMessage Message(string topic, ReadOnlyMemory<byte> payload, MqttQualityOfServiceLevel quality, bool retain) => new()
    {
        Topic = topic,
        Payload = new ReadOnlySequence<byte>(payload),
        QualityOfServiceLevel = quality,
        Retain = retain,
    };

    protected static ReadOnlyMemory<byte> Flatten(ReadOnlySequence<byte> payload) =>
        payload.IsSingleSegment ? payload.First : payload.ToArray();
}
