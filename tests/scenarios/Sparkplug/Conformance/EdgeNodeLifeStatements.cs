using EdgeDcim.Core.Sparkplug;
using static EdgeDcim.Scenarios.Sparkplug.Conformance.Statement;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>When the edge node connects, waits, is born, obeys and leaves.</summary>
internal static class EdgeNodeLifeStatements
{
    public static IReadOnlyList<Statement> All { get; } =
    [
        new(
            "message-flow-edge-node-birth-publish-connect",
            traffic => traffic.Agents.Select(agent => Unless(agent.Wires[0].Packet is MqttPacket.Connect, agent, "begins with something else than CONNECT"))),
        new(
            "principles-persistence-clean-session-50",
            traffic => traffic.Sessions.Select(session => Unless(
                session.Connect is { Version: 5, CleanStart: true, SessionExpirySeconds: 0 } or { Version: 4, CleanStart: true }, session, "keeps a session"))),
        new(
            "message-flow-edge-node-ncmd-subscribe",
            traffic => Born(traffic).Select(agent => Unless(
                Before(traffic, agent).OfType<MqttPacket.Subscribe>().SelectMany(subscribe => subscribe.Filters)
                    .Contains(($"spBv1.0/{Life.Site}/NCMD/{Life.Agent}", 1)),
                agent, "did not subscribe to its commands with quality 1 before its birth"))),
        new(
            """
            message-flow-edge-node-birth-publish-phid-wait message-flow-edge-node-birth-publish-phid-wait-id
            message-flow-edge-node-birth-publish-phid-wait-online message-flow-edge-node-birth-publish-phid-wait-timestamp
            operational-behavior-primary-application-state-with-multiple-servers-state-subs
            """.ReplaceLineEndings(" "),
            traffic => Born(traffic).Select(agent => Unless(
                States(traffic, agent).LastOrDefault(state => state.Wire.Index < Birth(traffic, agent).At.Index) is { State: { Online: true } state }
                    && States(traffic, agent).TakeWhile(earlier => earlier.Wire.Index < Birth(traffic, agent).At.Index).All(earlier => earlier.State.TimestampMs <= state.TimestampMs),
                agent, "was born before the primary host said that it is online"))),
        new(
            "message-flow-edge-node-birth-publish-phid-offline operational-behavior-edge-node-termination-host-offline operational-behavior-edge-node-termination-host-offline-timestamp",
            traffic => Born(traffic).Where(agent => HostLeft(traffic, agent) is not null).Select(agent => Unless(
                agent.EndedCleanly && traffic.Published(agent).Last().Type == MessageType.NodeDeath, agent, "stayed although the primary host went offline"))),
        new(
            "operational-behavior-edge-node-termination-host-offline-reconnect operational-behavior-primary-application-state-with-multiple-servers-walk",
            traffic => Born(traffic).Where(agent => HostLeft(traffic, agent) is not null && agent.EndedCleanly).Select(agent => Unless(
                traffic.Agents.FirstOrDefault(next => next.Number > agent.Number) is { } next && (next.Broker != agent.Broker || HostLeft(traffic, agent) is null),
                agent, "did not walk to the next broker"))),
        new(
            "operational-behavior-primary-application-state-with-multiple-servers-single-server",
            traffic => traffic.Agents.Zip(traffic.Agents.Skip(1)).Select(pair => Unless(
                traffic.Published(pair.First).All(message => message.At.Index < pair.Second.Wires[0].Index), pair.First, "is still in use while the next is made"))),
        new(
            "operational-behavior-data-commands-rebirth-action-1 operational-behavior-data-commands-rebirth-action-2 operational-behavior-edge-node-birth-sequence-wait",
            traffic => Born(traffic).SelectMany(agent => Rebirths(traffic, agent))),
    ];

    public static IEnumerable<Session> Born(Traffic traffic) => traffic.Agents.Where(agent => traffic.Published(agent, MessageType.NodeBirth).Any());

    private static Message Birth(Traffic traffic, Session agent) => traffic.Published(agent, MessageType.NodeBirth).First();

    private static IEnumerable<MqttPacket> Before(Traffic traffic, Session agent) =>
        agent.Wires.TakeWhile(wire => wire.Index < Birth(traffic, agent).At.Index).Select(wire => wire.Packet);

    private static IEnumerable<(Wire Wire, HostState State)> States(Traffic traffic, Session agent) =>
        traffic.Received(agent, MessageType.State).Where(state => state.Topic.Node == Life.Host).Select(state => (state.At, HostState.Parse(state.Packet.Payload)));

    /// <summary>The STATE after the birth that says the host is offline, unless it is older than what was known.</summary>
    private static Wire? HostLeft(Traffic traffic, Session agent)
    {
        var newest = long.MinValue;
        foreach (var (wire, state) in States(traffic, agent))
        {
            if (state.TimestampMs < newest)
            {
                continue;
            }

            newest = state.TimestampMs;
            if (!state.Online && wire.Index > Birth(traffic, agent).At.Index)
            {
                return wire;
            }
        }

        return null;
    }

    /// <summary>
    /// After the command: at most what was on its way already, then NBIRTH, then every device that was born before, with no data of a device
    /// before its own birth and no second NBIRTH in between.
    /// </summary>
    private static IEnumerable<string?> Rebirths(Traffic traffic, Session agent)
    {
        foreach (var command in traffic.Received(agent, MessageType.NodeCommand).Where(command => command.Find(SparkplugNames.Rebirth)?.Boolean == true))
        {
            var before = traffic.Sequence(agent).Where(message => message.At.Index < command.At.Index).ToList();
            var alive = new HashSet<string>(StringComparer.Ordinal);
            foreach (var message in before.SkipWhile(message => message != before.LastOrDefault(birth => birth.Type == MessageType.NodeBirth)))
            {
                _ = message.Type == MessageType.DeviceBirth ? alive.Add(message.Device) : message.Type == MessageType.DeviceDeath && alive.Remove(message.Device);
            }

            var after = traffic.Sequence(agent).Where(message => message.At.Index > command.At.Index).ToList();
            var birth = after.FirstOrDefault(message => message.Type == MessageType.NodeBirth);
            if (birth is null && agent.HasEnded)
            {
                continue;
            }

            var births = after.SkipWhile(message => message != birth).Skip(1).TakeWhile(message => message.Type == MessageType.DeviceBirth).Select(message => message.Device).ToHashSet();
            yield return Unless(birth is not null && birth.At.AtMs - command.At.AtMs < 2_000, command, "was not answered with a birth");
            yield return Unless(alive.All(births.Contains), command, $"left devices unborn: {string.Join(", ", alive.Except(births))}");
        }
    }
}
