using EdgeDcim.Core.Sparkplug;
using static EdgeDcim.Scenarios.Sparkplug.Conformance.Statement;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>The host application: its STATE and its commands.</summary>
internal static class HostStatements
{
    private static readonly string StateTopic = SparkplugTopic.State(Life.Host).Format();

    public static IReadOnlyList<Statement> All { get; } =
    [
        new(
            "message-flow-phid-sparkplug-clean-session-50",
            traffic => traffic.Hosts.Select(host => Unless(host.Connect is { Version: 5, CleanStart: true, SessionExpirySeconds: 0 }, host, "keeps a session"))),
        new(
            """
            host-topic-phid-death-required host-topic-phid-death-topic host-topic-phid-death-payload host-topic-phid-death-payload-connect host-topic-phid-death-qos
            host-topic-phid-death-retain operational-behavior-host-application-connect-will operational-behavior-host-application-connect-will-payload
            operational-behavior-host-application-connect-will-qos operational-behavior-host-application-connect-will-retained
            operational-behavior-host-application-connect-will-topic payloads-state-will-message payloads-state-will-message-payload payloads-state-will-message-qos
            payloads-state-will-message-retain
            """.ReplaceLineEndings(" "),
            traffic => traffic.Hosts.Select(host => Unless(
                Traffic.Will(host) is { Packet: { Quality: 1, Retain: true } } will && will.Packet.Topic == StateTopic && !HostState.Parse(will.Packet.Payload).Online,
                host, "its will is no retained STATE that says offline"))),
        new(
            "host-topic-phid-death-payload-timestamp-connect host-topic-phid-death-payload-timestamp-disconnect-with-no-disconnect-packet host-topic-phid-death-payload-disconnect-with-no-disconnect-packet operational-behavior-host-application-multi-server-timestamp",
            traffic => Connected(traffic).Select(host => Unless(
                HostState.Parse(Traffic.Will(host)!.Packet.Payload).TimestampMs == HostState.Parse(States(traffic, host)[0].Packet.Payload).TimestampMs,
                host, "birth and will have different times"))),
        new(
            """
            message-flow-phid-sparkplug-subscription host-topic-phid-birth-sub-required payloads-state-subscribe intro-sparkplug-host-state components-ph-state
            """.Trim(),
            traffic => Connected(traffic).Select(host => Unless(
                host.Wires.TakeWhile(wire => wire.Index < States(traffic, host)[0].At.Index).Select(wire => wire.Packet).OfType<MqttPacket.Subscribe>()
                    .SelectMany(subscribe => subscribe.Filters).Select(filter => filter.Filter) is var filters
                    && filters.Contains(StateTopic) && filters.Contains($"spBv1.0/{Life.Site}/#"),
                host, "was born before it subscribed"))),
        new(
            """
            host-topic-phid-birth-required host-topic-phid-birth-message host-topic-phid-birth-topic host-topic-phid-birth-payload host-topic-phid-birth-payload-timestamp
            host-topic-phid-birth-qos host-topic-phid-birth-retain message-flow-phid-sparkplug-state-publish message-flow-phid-sparkplug-state-publish-payload
            message-flow-phid-sparkplug-state-publish-payload-timestamp operational-behavior-host-application-connect-birth
            operational-behavior-host-application-connect-birth-payload operational-behavior-host-application-connect-birth-qos
            operational-behavior-host-application-connect-birth-retained operational-behavior-host-application-connect-birth-topic payloads-state-birth
            payloads-state-birth-payload operational-behavior-primary-application-state-with-multiple-servers-state operational-behavior-host-application-host-id
            conformance-primary-host
            """.ReplaceLineEndings(" "),
            traffic => Connected(traffic).Select(host => Unless(
                traffic.Published(host).First() is { Type: MessageType.State, Packet: { Quality: 1, Retain: true } } first && first.Packet.Topic == StateTopic
                    && HostState.Parse(first.Packet.Payload) is { Online: true } state && Math.Abs(state.TimestampMs - first.At.AtMs) < 10_000,
                host, "does not begin with a retained STATE that says online"))),
        new(
            "message-flow-hid-sparkplug-state-message-delivered",
            traffic => EdgeNodeLifeStatements.Born(traffic).Select(agent => Unless(
                traffic.Received(agent, MessageType.State).Any(state => state.Packet.Topic == StateTopic), agent, "never heard the host's STATE"))),
        new(
            """
            host-topic-phid-death-payload-disconnect-clean host-topic-phid-death-payload-timestamp-disconnect-clean
            operational-behavior-host-application-disconnect-intentional operational-behavior-host-application-death-payload
            operational-behavior-host-application-death-qos operational-behavior-host-application-death-retained
            operational-behavior-host-application-death-topic operational-behavior-host-application-termination
            """.ReplaceLineEndings(" "),
            traffic => Connected(traffic).Where(host => host.EndedCleanly).Select(host => Unless(
                traffic.Published(host).Last() is { Type: MessageType.State, Packet: { Quality: 1, Retain: true } } last
                    && HostState.Parse(last.Packet.Payload) is { Online: false } state && Math.Abs(state.TimestampMs - last.At.AtMs) < 10_000,
                host, "left without a STATE that says offline now"))),
        new(
            """
            operational-behavior-edge-node-termination-host-action-ndeath-node-offline operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale
            operational-behavior-edge-node-termination-host-action-ndeath-devices-offline operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale
            """.ReplaceLineEndings(" "),
            traffic => [Unless(traffic.Seen.Contains(Life.NodeIsStale), "the collector", "shows a dead node's values as live")]),
        new(
            "operational-behavior-edge-node-termination-host-action-ddeath-devices-offline operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale",
            traffic => [Unless(traffic.Seen.Contains(Life.DeviceIsStale), "the collector", "shows a dead device's values as live")]),
        new("topics-ncmd-topic operational-behavior-data-commands-ncmd-verb", traffic => Commands(traffic).Select(command => Unless(
            command.Topic is { Group: Life.Site, Node: Life.Agent, Device: null }, command, "is for nobody"))),
        new("topics-ncmd-mqtt payloads-ncmd-qos payloads-ncmd-retain", traffic => Commands(traffic).Select(EdgeNodeStatements.AtMostOnce)),
        new("topics-ncmd-timestamp payloads-ncmd-timestamp", traffic => Commands(traffic).Select(EdgeNodeStatements.SentNow)),
        new("payloads-ncmd-seq", traffic => Commands(traffic).Select(command => Unless(command.Seq == PayloadReader.NoSeq, command, "has a sequence number"))),
        new(
            "topics-ncmd-payload operational-behavior-data-commands-ncmd-metric-name operational-behavior-data-commands-ncmd-metric-value",
            traffic => Commands(traffic).Select(command => Unless(
                traffic.Published(MessageType.NodeBirth).LastOrDefault(birth => birth.At.Index < command.At.Index) is not { } birth
                    || (command.Metrics.Count > 0 && command.Metrics.All(metric => birth.Find(metric.Name) is { } known && known.Type == metric.Type && !metric.IsNull)),
                command, "writes what the birth did not announce"))),
        new(
            """
            operational-behavior-data-commands-ncmd-rebirth-verb operational-behavior-data-commands-ncmd-rebirth-name operational-behavior-data-commands-ncmd-rebirth-value
            operational-behavior-data-commands-rebirth-name
            """.ReplaceLineEndings(" "),
            traffic => Commands(traffic).Where(command => command.Find(SparkplugNames.Rebirth) is not null).Select(command => Unless(
                command.Find(SparkplugNames.Rebirth) is { Type: DataType.Boolean, Boolean: true }, command, "is a wrong request for births"))),
    ];

    /// <summary>Sessions of the host that came so far as to speak.</summary>
    private static IEnumerable<Session> Connected(Traffic traffic) => traffic.Hosts.Where(host => States(traffic, host).Count > 0);

    private static List<Message> States(Traffic traffic, Session host) => [.. traffic.Published(host, MessageType.State)];

    private static IEnumerable<Message> Commands(Traffic traffic) => traffic.Published(MessageType.NodeCommand);
}
