using EdgeDcim.Core.Sparkplug;
using static EdgeDcim.Scenarios.Sparkplug.Conformance.Statement;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>The messages about devices: DBIRTH, DDATA, DDEATH.</summary>
internal static class DeviceStatements
{
    public static IReadOnlyList<Statement> All { get; } =
    [
        new(
            "topics-dbirth-topic message-flow-device-birth-publish-dbirth-topic message-flow-device-birth-publish-dbirth-match-edge-node-topic",
            traffic => Births(traffic).Select(Owned)),
        new(
            "topics-dbirth-mqtt payloads-dbirth-qos payloads-dbirth-retain message-flow-device-birth-publish-dbirth-qos message-flow-device-birth-publish-dbirth-retained",
            traffic => Births(traffic).Select(EdgeNodeStatements.AtMostOnce)),
        new("topics-dbirth-timestamp payloads-dbirth-timestamp", traffic => Births(traffic).Select(EdgeNodeStatements.SentNow)),
        new(
            "topics-dbirth-metrics message-flow-device-birth-publish-dbirth-payload operational-behavior-data-publish-dbirth operational-behavior-data-publish-dbirth-values",
            traffic => Births(traffic).SelectMany(birth => birth.Metrics.Select(metric => EdgeNodeStatements.Complete(birth, metric)))),
        new(
            "topics-dbirth-metric-reqs",
            traffic => traffic.Agents.SelectMany(agent => EdgeNodeStatements.Announced(traffic, agent, MessageType.DeviceBirth, MessageType.DeviceData))),
        new(
            "payloads-dbirth-order message-flow-device-birth-publish-nbirth-wait payloads-ddata-order",
            traffic => traffic.Agents.SelectMany(agent => BornFirst(traffic, agent))),
        new("topics-ddata-topic", traffic => Data(traffic).Select(Owned)),
        new("topics-ddata-mqtt payloads-ddata-qos payloads-ddata-retain", traffic => Data(traffic).Select(EdgeNodeStatements.AtMostOnce)),
        new("topics-ddata-timestamp payloads-ddata-timestamp", traffic => Data(traffic).Select(EdgeNodeStatements.SentNow)),
        new("topics-ddata-payload", traffic => Data(traffic).Select(data => Unless(data.Metrics.Count > 0, data, "holds no metric"))),
        new("topics-ddeath-topic", traffic => Deaths(traffic).Select(Owned)),
        new("topics-ddeath-mqtt", traffic => Deaths(traffic).Select(EdgeNodeStatements.AtMostOnce)),
        new("payloads-ddeath-timestamp", traffic => Deaths(traffic).Select(EdgeNodeStatements.SentNow)),
        new(
            "operational-behavior-device-ddeath",
            traffic => [Unless(Deaths(traffic).Any(death => death.Device == Life.SilentDevice), Life.SilentDevice, "fell silent and was not declared dead")]),
    ];

    private static string? Owned(Message message) =>
        Unless(message.Topic is { Group: Life.Site, Node: Life.Agent, Device.Length: > 0 }, message, "is not under the agent's own name");

    private static IEnumerable<string?> BornFirst(Traffic traffic, Session agent)
    {
        var born = new HashSet<string>(StringComparer.Ordinal);
        var node = false;
        foreach (var message in traffic.Sequence(agent))
        {
            switch (message.Type)
            {
                case MessageType.NodeBirth:
                    node = true;
                    born.Clear();
                    break;
                case MessageType.DeviceBirth:
                    yield return Unless(node, message, "comes before the NBIRTH");
                    born.Add(message.Device);
                    break;
                case MessageType.DeviceData or MessageType.DeviceDeath:
                    yield return Unless(born.Contains(message.Device), message, "is about a device that is not born");
                    _ = message.Type == MessageType.DeviceDeath && born.Remove(message.Device);
                    break;
            }
        }
    }

    private static IEnumerable<Message> Births(Traffic traffic) => traffic.Published(MessageType.DeviceBirth);

    private static IEnumerable<Message> Data(Traffic traffic) => traffic.Published(MessageType.DeviceData);

    private static IEnumerable<Message> Deaths(Traffic traffic) => traffic.Published(MessageType.DeviceDeath);
}
