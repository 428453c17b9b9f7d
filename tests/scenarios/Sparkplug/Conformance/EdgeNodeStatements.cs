using EdgeDcim.Core.Sparkplug;
using static EdgeDcim.Scenarios.Sparkplug.Conformance.Statement;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>The messages of the edge node about itself: NBIRTH, NDATA, NDEATH.</summary>
internal static class EdgeNodeStatements
{
    /// <summary>Between writing a time stamp and the packet's passing the tap.</summary>
    private const long OnTheWayMs = 10_000;

    public static IReadOnlyList<Statement> All { get; } =
    [
        new(
            "topics-nbirth-topic message-flow-edge-node-birth-publish-nbirth-topic",
            traffic => Births(traffic).Select(birth => Unless(birth.Topic is { Group: Life.Site, Node: Life.Agent, Device: null }, birth, "is not the agent's own"))),
        new(
            """
            topics-nbirth-mqtt payloads-nbirth-qos payloads-nbirth-retain message-flow-edge-node-birth-publish-nbirth-qos
            message-flow-edge-node-birth-publish-nbirth-retained
            """.ReplaceLineEndings(" "),
            traffic => Births(traffic).Select(AtMostOnce)),
        new(
            """
            topics-nbirth-seq-num payloads-nbirth-seq payloads-sequence-num-req-nbirth payloads-sequence-num-zero-nbirth
            message-flow-edge-node-birth-publish-nbirth-payload-seq
            """.ReplaceLineEndings(" "),
            traffic => Births(traffic).Select(birth => Unless(birth.Seq == 0, birth, $"has the sequence number {birth.Seq}"))),
        new("topics-nbirth-timestamp payloads-nbirth-timestamp", traffic => Births(traffic).Select(SentNow)),
        new(
            "topics-nbirth-metrics operational-behavior-data-publish-nbirth operational-behavior-data-publish-nbirth-values message-flow-edge-node-birth-publish-nbirth-payload",
            traffic => Births(traffic).SelectMany(birth => birth.Metrics.Select(metric => Complete(birth, metric)))),
        new(
            "topics-nbirth-metric-reqs",
            traffic => traffic.Agents.SelectMany(agent => Announced(traffic, agent, MessageType.NodeBirth, MessageType.NodeData))),
        new(
            "topics-nbirth-bdseq-included topics-nbirth-bdseq-matching payloads-nbirth-bdseq message-flow-edge-node-birth-publish-nbirth-payload-bd",
            traffic => Births(traffic).Select(birth => Unless(
                birth.Find(SparkplugNames.BdSeq) is { Type: DataType.Int64 or DataType.UInt64 } number && number.Integer == WillNumber(birth.Session),
                birth, "its bdSeq is not that of the will"))),
        new(
            "topics-nbirth-bdseq-increment",
            traffic => traffic.Agents.Select((agent, i) => Unless(
                WillNumber(agent) >= i && WillNumber(agent) <= i + traffic.RefusedBefore(agent), agent, $"is number {i} and its bdSeq {WillNumber(agent)}"))),
        new(
            "payloads-nbirth-bdseq-repeat operational-behavior-data-commands-rebirth-action-3",
            traffic => traffic.Agents.SelectMany(agent => traffic.Published(agent, MessageType.NodeBirth).Skip(1)
                .Select(birth => Unless(birth.Find(SparkplugNames.BdSeq)?.Integer == WillNumber(agent), birth, "a birth again has another bdSeq")))),
        new(
            """
            topics-nbirth-rebirth-metric payloads-nbirth-rebirth-req operational-behavior-data-commands-rebirth-name
            operational-behavior-data-commands-rebirth-name-aliases operational-behavior-data-commands-rebirth-datatype operational-behavior-data-commands-rebirth-value
            """.ReplaceLineEndings(" "),
            traffic => Births(traffic).Select(birth => Unless(
                birth.Find(SparkplugNames.Rebirth) is { Type: DataType.Boolean, Boolean: false, Alias: null }, birth, "lacks a right Node Control/Rebirth"))),
        new("topics-ndata-topic", traffic => Data(traffic).Select(data => Unless(data.Topic is { Group: Life.Site, Node: Life.Agent }, data, "is not the agent's own"))),
        new("topics-ndata-mqtt payloads-ndata-qos payloads-ndata-retain", traffic => Data(traffic).Select(AtMostOnce)),
        new("topics-ndata-timestamp payloads-ndata-timestamp", traffic => Data(traffic).Select(SentNow)),
        new("topics-ndata-payload", traffic => Data(traffic).Select(data => Unless(data.Metrics.Count > 0, data, "holds no metric"))),
        new(
            """
            topics-ndata-seq-num payloads-ndata-seq payloads-ndata-seq-inc topics-ddata-seq-num payloads-ddata-seq payloads-ddata-seq-inc topics-dbirth-seq
            payloads-dbirth-seq payloads-dbirth-seq-inc topics-ddeath-seq-num payloads-ddeath-seq payloads-ddeath-seq-inc payloads-ddeath-seq-number
            payloads-sequence-num-always-included payloads-sequence-num-incrementing message-flow-device-birth-publish-dbirth-payload-seq
            """.ReplaceLineEndings(" "),
            traffic => traffic.Agents.SelectMany(agent => InSequence([.. traffic.Sequence(agent)]))),
        new(
            "payloads-ndata-order principles-birth-certificates-order",
            traffic => traffic.Agents.Where(agent => traffic.Published(agent).Any())
                .Select(agent => Unless(traffic.Published(agent).First().Type == MessageType.NodeBirth, agent, "speaks before its birth"))),
        new(
            "operational-behavior-data-publish-nbirth-order operational-behavior-data-publish-dbirth-order",
            traffic => traffic.Published(MessageType.NodeBirth, MessageType.NodeData, MessageType.DeviceBirth, MessageType.DeviceData).Select(message => Unless(
                message.Metrics.Where(metric => !metric.IsHistorical).GroupBy(metric => (metric.Name, metric.Alias))
                    .All(values => values.Zip(values.Skip(1)).All(pair => pair.First.TimestampMs <= pair.Second.TimestampMs)),
                message, "a metric's values are not in the order of time"))),
        new(
            """
            topics-ndeath-topic topics-ndeath-payload topics-ndeath-seq payloads-ndeath-seq payloads-ndeath-bdseq payloads-ndeath-will-message
            payloads-ndeath-will-message-qos payloads-ndeath-will-message-retain message-flow-edge-node-birth-publish-will-message
            message-flow-edge-node-birth-publish-will-message-topic message-flow-edge-node-birth-publish-will-message-payload
            message-flow-edge-node-birth-publish-will-message-payload-bd message-flow-edge-node-birth-publish-will-message-qos
            message-flow-edge-node-birth-publish-will-message-will-retained
            """.ReplaceLineEndings(" "),
            traffic => traffic.Agents.Select(agent => Unless(
                Traffic.Will(agent) is
                {
                    Topic: { Type: MessageType.NodeDeath, Group: Life.Site, Node: Life.Agent }, Packet: { Quality: 1, Retain: false }, Seq: PayloadReader.NoSeq,
                } will && will.Find(SparkplugNames.BdSeq)?.Integer is not null,
                agent, "its will is no NDEATH with bdSeq, at least once, not retained"))),
        new(
            "payloads-ndeath-will-message-publisher payloads-ndeath-will-message-publisher-disconnect-mqtt50 operational-behavior-edge-node-intentional-disconnect-ndeath operational-behavior-edge-node-intentional-disconnect-packet",
            traffic => traffic.Agents.Where(agent => agent.EndedCleanly && traffic.Published(agent, MessageType.NodeBirth).Any()).Select(agent => Unless(
                traffic.Published(agent).Last() is { Type: MessageType.NodeDeath } death
                    && death.Find(SparkplugNames.BdSeq)?.Integer == WillNumber(agent)
                    && agent.Wires.Where(wire => wire.FromClient && wire.Packet is MqttPacket.Publish or MqttPacket.Disconnect).TakeLast(2)
                        .Select(wire => wire.Packet.GetType()).SequenceEqual([typeof(MqttPacket.Publish), typeof(MqttPacket.Disconnect)]),
                agent, "left without NDEATH and DISCONNECT"))),
    ];

    public static string? AtMostOnce(Message message) =>
        Unless(message.Packet is { Quality: 0, Retain: false }, message, $"is sent with quality {message.Packet.Quality}, retain {message.Packet.Retain}");

    public static string? SentNow(Message message) => Unless(
        message.TimestampMs is { } at && Math.Abs(message.At.AtMs - at) < OnTheWayMs, message, $"has the time {message.TimestampMs} and passed at {message.At.AtMs}");

    /// <summary>A birth's metric has name, datatype and a value or the statement that there is none.</summary>
    public static string? Complete(Message birth, Metric metric) => Unless(
        metric.Name.Length > 0 && metric.Type != DataType.Unknown && (metric.IsNull || metric.Form != ValueForm.None), birth, $"{metric.Name} lacks name, datatype or value");

    /// <summary>Every metric of the data was in the birth before it.</summary>
    public static IEnumerable<string?> Announced(Traffic traffic, Session agent, MessageType births, MessageType data)
    {
        var known = new Dictionary<string, (HashSet<string> Names, HashSet<ulong> Aliases)>(StringComparer.Ordinal);
        foreach (var message in traffic.Published(agent, births, data))
        {
            if (message.Type == births)
            {
                known[message.Device] = ([.. message.Metrics.Select(metric => metric.Name)], [.. message.Metrics.Select(metric => metric.Alias).OfType<ulong>()]);
                continue;
            }

            var birth = known.GetValueOrDefault(message.Device);
            yield return Unless(
                birth.Names is not null && message.Metrics.All(metric => metric.Alias is { } alias ? birth.Aliases.Contains(alias) : birth.Names.Contains(metric.Name)),
                message, "reports a metric that its birth did not announce");
        }
    }

    public static long? WillNumber(Session agent) => Traffic.Will(agent)?.Find(SparkplugNames.BdSeq)?.Integer;

    private static IEnumerable<string?> InSequence(IReadOnlyList<Message> messages)
    {
        for (var i = 1; i < messages.Count; i++)
        {
            var expected = messages[i].Type == MessageType.NodeBirth ? 0 : (messages[i - 1].Seq + 1) & 0xFF;
            yield return Unless(messages[i].Seq == expected, messages[i], $"has the sequence number {messages[i].Seq} instead of {expected}");
        }
    }

    private static IEnumerable<Message> Births(Traffic traffic) => traffic.Published(MessageType.NodeBirth);

    private static IEnumerable<Message> Data(Traffic traffic) => traffic.Published(MessageType.NodeData);
}
