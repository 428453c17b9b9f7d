using System.Threading.Channels;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Supervision;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeDcim.Collector.Broker;

/// <summary>
/// Sends commands to edge nodes from a bounded queue, so that ingest never waits for a broker. A lost command costs nothing but time:
/// rebirths are asked for again, and what is not acknowledged is delivered again.
/// </summary>
internal sealed class CommandSender
{
    private readonly BrokerLink link;
    private readonly string hostId;
    private readonly TimeProvider time;
    private readonly Counter sent;
    private readonly Counter dropped;
    private readonly Channel<Command> queue = Channel.CreateBounded<Command>(
        new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public CommandSender(BrokerLink link, string hostId, MetricRegistry metrics, TimeProvider time)
    {
        (this.link, this.hostId, this.time) = (link, hostId, time);
        sent = metrics.Counter("edgedcim_broker_commands_sent_total", "Commands handed to the broker.");
        dropped = metrics.Counter("edgedcim_broker_commands_dropped_total", "Commands that found the queue full or the broker away.");
    }

    /// <summary>Publishes something that is ready as it is: the state of the host.</summary>
    public void Announce(MqttApplicationMessage message) => Enqueue(new Command(message, "", "", null));

    public void Rebirth(string group, string node) => Enqueue(new Command(null, group, node, null));

    public void Acknowledge(string group, string node, Acknowledgement acknowledgement) =>
        Enqueue(new Command(null, group, node, acknowledgement.ToString()));

    /// <summary>Works while a command is on its way to the broker; null: nobody watches.</summary>
    public Stage? Stage { get; init; }

    /// <summary>Waits a little until what is queued has gone out.</summary>
    public async Task DrainAsync()
    {
        var asked = time.GetTimestamp();
        while (queue.Reader.Count > 0 && time.GetElapsedTime(asked) < TimeSpan.FromSeconds(1))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, CancellationToken.None);
        }
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        var writer = new PayloadWriter();
        await foreach (var command in queue.Reader.ReadAllAsync(cancel))
        {
            var message = command.Message ?? Message(writer, command);
            Stage?.Works();
            (await link.PublishAsync(message, cancel) ? sent : dropped).Increment();
            Stage?.Rests();
        }
    }

    private MqttApplicationMessage Message(PayloadWriter writer, Command command) => BrokerLink.Message(
        new SparkplugTopic(command.Group, MessageType.NodeCommand, command.Node).Format(), Write(writer, command).ToArray(),
        MqttQualityOfServiceLevel.AtMostOnce, retain: false);

    private ReadOnlyMemory<byte> Write(PayloadWriter writer, Command command)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        writer.Begin(now);
        if (command.Acknowledged is { } text)
        {
            writer.BeginMetric(SparkplugNames.Acknowledge).At(now).Type(DataType.String).Value(text).EndMetric();
            writer.BeginMetric(SparkplugNames.AcknowledgeHost).At(now).Type(DataType.String).Value(hostId).EndMetric();
        }
        else
        {
            writer.BeginMetric(SparkplugNames.Rebirth).At(now).Type(DataType.Boolean).Value(true).EndMetric();
        }

        return writer.End();
    }

    private void Enqueue(Command command)
    {
        if (!queue.Writer.TryWrite(command))
        {
            dropped.Increment();
        }
    }

    private readonly record struct Command(MqttApplicationMessage? Message, string Group, string Node, string? Acknowledged);
}
