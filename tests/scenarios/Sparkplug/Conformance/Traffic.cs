using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>One metric of a payload, unpacked.</summary>
internal sealed record Metric(
    string Name, ulong? Alias, long TimestampMs, DataType Type, bool IsHistorical, bool IsNull, ValueForm Form, bool? Boolean, long? Integer, string? Text,
    IReadOnlyList<(string Key, DataType Type, long? Integer)> Properties);

/// <summary>A Sparkplug message that a client published, or left as its will.</summary>
internal sealed record Message(Wire At, MqttPacket.Publish Packet, SparkplugTopic Topic, long? TimestampMs, int Seq, IReadOnlyList<Metric> Metrics)
{
    public MessageType Type => Topic.Type;

    public Session Session => At.Session;

    public string Device => Topic.Device ?? "";

    public Metric? Find(string name) => Metrics.FirstOrDefault(metric => metric.Name == name);

    public override string ToString() => $"{Packet.Topic} (packet {At.Index} of {At.Session})";

    /// <summary>Null when the topic is not one of Sparkplug's.</summary>
    public static Message? Of(Wire at, MqttPacket.Publish packet)
    {
        if (!SparkplugTopic.TryParse(packet.Topic, out var topic))
        {
            return null;
        }

        if (topic.Type == MessageType.State)
        {
            return new Message(at, packet, topic, HostState.Parse(packet.Payload).TimestampMs, PayloadReader.NoSeq, []);
        }

        var reader = new PayloadReader(packet.Payload);
        var metrics = new List<Metric>();
        while (reader.TryRead(out var metric))
        {
            metrics.Add(Unpack(metric));
        }

        return new Message(at, packet, topic, reader.TimestampMs, reader.Seq, metrics);
    }

    private static Metric Unpack(MetricView metric)
    {
        var properties = new List<(string, DataType, long?)>();
        var reader = metric.Properties;
        while (reader.TryRead(out var property))
        {
            properties.Add((property.Key, property.Type, property.Value.ToInt64(property.Type)));
        }

        return new Metric(
            metric.Name, metric.HasAlias ? metric.Alias : null, metric.TimestampMs, metric.Type, metric.IsHistorical, metric.IsNull, metric.Value.Form,
            metric.Value.Boolean, metric.Value.ToInt64(metric.Type), metric.Value.Text, properties);
    }
}

/// <summary>The whole record of a life, unpacked and ordered, with the questions that the statements ask of it.</summary>
internal sealed class Traffic
{
    private readonly Dictionary<Wire, Message> messages = [];

    private readonly IReadOnlyList<(string Client, int BeforeSession)> refusals;

    public Traffic(
        IReadOnlyList<Session> sessions, IReadOnlyList<Wire> wires, IReadOnlyList<(string Client, int BeforeSession)> refusals, IReadOnlySet<string> seen)
    {
        (Sessions, Wires, this.refusals, Seen) = (sessions, wires, refusals, seen);
        foreach (var wire in wires.Where(wire => wire.Packet is MqttPacket.Publish))
        {
            if (Message.Of(wire, (MqttPacket.Publish)wire.Packet) is { } message)
            {
                messages.Add(wire, message);
            }
        }
    }

    public IReadOnlyList<Session> Sessions { get; }

    public IReadOnlyList<Wire> Wires { get; }

    /// <summary>What the collector's own view was seen to show.</summary>
    public IReadOnlySet<string> Seen { get; }

    public IEnumerable<Session> Agents => Sessions.Where(session => session.Client == "agent");

    public IEnumerable<Session> Hosts => Sessions.Where(session => session.Client == "host");

    /// <summary>Attempts of a client before a session that found the broker away; whether a CONNECT was sent to them nobody saw.</summary>
    public int RefusedBefore(Session session) => refusals.Count(refusal => refusal.Client == session.Client && refusal.BeforeSession <= session.Number);

    /// <summary>What the clients published, in order.</summary>
    public IEnumerable<Message> Published(params MessageType[] types) =>
        Wires.Where(wire => wire.FromClient && messages.ContainsKey(wire)).Select(wire => messages[wire]).Where(message => types.Length == 0 || types.Contains(message.Type));

    public IEnumerable<Message> Published(Session session, params MessageType[] types) => Published(types).Where(message => message.Session == session);

    /// <summary>What a client was given by its broker.</summary>
    public IEnumerable<Message> Received(Session session, params MessageType[] types) =>
        session.Wires.Where(wire => !wire.FromClient && messages.ContainsKey(wire)).Select(wire => messages[wire]).Where(message => types.Contains(message.Type));

    public static Message? Will(Session session) => session.Connect?.Will is { } will ? Message.Of(session.Wires[0], will) : null;

    /// <summary>Messages of one edge node session that carry a sequence number, in order.</summary>
    public IEnumerable<Message> Sequence(Session session) => Published(
        session, MessageType.NodeBirth, MessageType.DeviceBirth, MessageType.NodeData, MessageType.DeviceData, MessageType.DeviceDeath);
}
