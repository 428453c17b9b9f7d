using EdgeDcim.Core.Sparkplug;
using static EdgeDcim.Scenarios.Sparkplug.Conformance.Statement;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>What topics and identifiers look like.</summary>
internal static class TopicStatements
{
    private static readonly MessageType[] OfDevices =
        [MessageType.DeviceBirth, MessageType.DeviceData, MessageType.DeviceDeath, MessageType.DeviceCommand];

    public static IReadOnlyList<Statement> All { get; } =
    [
        new(
            """
            topic-structure topic-structure-namespace-a topic-structure-namespace-valid-group-id topic-structure-namespace-valid-edge-node-id
            topic-structure-namespace-valid-device-id intro-group-id-string intro-group-id-chars intro-edge-node-id-string intro-edge-node-id-chars
            intro-device-id-string intro-device-id-chars
            """.ReplaceLineEndings(" "),
            traffic => traffic.Wires.Where(wire => wire.FromClient).Select(wire => wire.Packet).OfType<MqttPacket.Publish>()
                .Where(publish => !publish.Topic.StartsWith("edgedcim/", StringComparison.Ordinal))
                .Select(publish => Unless(SparkplugTopic.TryParse(publish.Topic, out _), publish.Topic, "is no topic of the namespace"))),
        new(
            "topic-structure-namespace-device-id-associated-message-types topic-structure-namespace-device-id-non-associated-message-types",
            traffic => traffic.Published().Select(message => Unless(
                message.Packet.Topic.Split('/').Length == (message.Type == MessageType.State ? 3 : OfDevices.Contains(message.Type) ? 5 : 4),
                message, "has the wrong number of levels for its type"))),
        new(
            "topic-structure-namespace-unique-edge-node-descriptor intro-edge-node-id-uniqueness payloads-nbirth-edge-node-descriptor",
            traffic => traffic.Agents.Zip(traffic.Agents.Skip(1)).Select(pair => Unless(
                pair.First.Wires[^1].Index < pair.Second.Wires.First(wire => wire.FromClient && wire.Packet is MqttPacket.Publish or MqttPacket.Connect).Index
                    || !traffic.Published(pair.First).Any(message => message.At.Index > pair.Second.Wires[0].Index),
                pair.Second, "two sessions publish under one descriptor at once"))),
        new(
            "topic-structure-namespace-unique-device-id",
            traffic => traffic.Agents.SelectMany(agent => traffic.Published(agent, MessageType.DeviceBirth)
                .GroupBy(birth => birth.Device)
                .Select(births => Unless(births.Select(birth => birth.Find("Properties/Profile")?.Text).Distinct().Count() == 1, births.Key, "names two devices")))),
        new(
            "case-sensitivity-sparkplug-ids",
            traffic => [Unless(
                traffic.Published(MessageType.DeviceBirth).Select(birth => birth.Device).Distinct()
                    .GroupBy(device => device.ToUpperInvariant()).All(group => group.Count() == 1),
                "devices", "two differ in their case only")]),
        new(
            "case-sensitivity-metric-names",
            traffic => traffic.Published(MessageType.NodeBirth, MessageType.DeviceBirth).Select(birth => Unless(
                birth.Metrics.GroupBy(metric => metric.Name.ToUpperInvariant()).All(group => group.Count() == 1), birth, "two metrics differ in their case only"))),
    ];
}
