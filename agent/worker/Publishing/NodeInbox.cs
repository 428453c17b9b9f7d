using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Agent.Publishing;

/// <summary>What hosts say to the edge node on one connection: whether they are there, what they have journaled, and that they want births.</summary>
internal sealed partial class NodeInbox(EdgeNodeParts parts, BrokerLink link, Delivery delivery, ILogger log)
{
    private readonly HostWatch hosts = new(parts.Hosts.Hosts);

    /// <summary>The hosts that are there.</summary>
    public IReadOnlyList<string> Online => hosts.Online;

    /// <summary>A host asked for all births; whoever gives them sets it back.</summary>
    public bool RebirthWanted { get; set; }

    /// <summary>Takes everything that has come. What cannot be read is counted.</summary>
    public void TakeAll()
    {
        while (link.Inbox.TryRead(out var message))
        {
            try
            {
                Take(message);
            }
            catch (SparkplugException malformed)
            {
                parts.Counters.MalformedCommands.Add(1);
                Log.Malformed(log, message.Topic.Type, malformed.Message);
            }
        }
    }

    private void Take(InboundMessage message)
    {
        if (message.Topic.Type == MessageType.State)
        {
            hosts.Accept(message.Topic.Node, HostState.Parse(message.Payload));
            return;
        }

        var payload = new PayloadReader(message.Payload);
        if (payload.TimestampMs is { } sentAtMs)
        {
            parts.Clock?.Hear(DateTimeOffset.FromUnixTimeMilliseconds(sentAtMs));
            parts.Counters.ClockSkewMs = parts.Time.GetUtcNow().ToUnixTimeMilliseconds() - sentAtMs;
        }

        string? acknowledged = null;

        // An older host says no name; where there is but one, it can only be that one.
        var by = parts.Hosts.Hosts is [var only] ? only : null;
        while (payload.TryRead(out var metric))
        {
            if (metric.NameUtf8.SequenceEqual("Node Control/Rebirth"u8) && metric.Value.Boolean == true)
            {
                RebirthWanted = true;
            }
            else if (metric.NameUtf8.SequenceEqual("Delivery/Acknowledge"u8))
            {
                acknowledged = metric.Value.Text;
            }
            else if (metric.NameUtf8.SequenceEqual("Delivery/Acknowledge Host"u8))
            {
                by = metric.Value.Text ?? by;
            }
        }

        if (acknowledged is not null)
        {
            delivery.Acknowledge(by ?? throw new SparkplugException("an acknowledgement does not say which host it is from"), Acknowledgement.Parse(acknowledged));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A {Type} message could not be read: {Reason}.")]
        public static partial void Malformed(ILogger log, MessageType type, string reason);
    }
}
