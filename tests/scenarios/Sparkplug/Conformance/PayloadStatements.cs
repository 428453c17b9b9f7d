using EdgeDcim.Core.Sparkplug;
using static EdgeDcim.Scenarios.Sparkplug.Conformance.Statement;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>What stands inside the payloads.</summary>
internal static class PayloadStatements
{
    private static readonly MessageType[] Data = [MessageType.NodeData, MessageType.DeviceData];
    private static readonly MessageType[] Births = [MessageType.NodeBirth, MessageType.DeviceBirth];

    public static IReadOnlyList<Statement> All { get; } =
    [
        new(
            "payloads-timestamp-in-",
            traffic => traffic.Published([.. Births, .. Data, MessageType.DeviceDeath, MessageType.NodeCommand]).Select(EdgeNodeStatements.SentNow)),
        new(
            "payloads-metric-timestamp-in-",
            traffic => traffic.Published([.. Births, .. Data]).SelectMany(message => message.Metrics.Select(metric => Unless(
                metric.TimestampMs > message.At.AtMs - 3_600_000 && metric.TimestampMs <= message.At.AtMs + 1_000, message, $"{metric.Name} has the time {metric.TimestampMs}")))),
        new(
            "payloads-name-birth-data-requirement",
            traffic => traffic.Published([.. Births, .. Data]).SelectMany(message => message.Metrics.Select(metric =>
                Unless(metric.TimestampMs >= 0, message, $"{metric.Name} has no time")))),
        new(
            "payloads-name-requirement payloads-alias-birth-requirement",
            traffic => traffic.Published(Births).SelectMany(birth => birth.Metrics.Select(metric => Unless(metric.Name.Length > 0, birth, "a metric has no name")))),
        new(
            "payloads-alias-uniqueness",
            traffic => traffic.Agents.SelectMany(agent => UniqueAliases(traffic, agent))),
        new(
            "payloads-alias-data-cmd-requirement",
            traffic => traffic.Published([.. Data, MessageType.NodeCommand]).SelectMany(message => message.Metrics.Select(metric => Unless(
                metric.Alias is null != (metric.Name.Length == 0), message, $"{metric.Name} goes by name and alias, or by neither")))),
        new(
            "payloads-name-cmd-requirement",
            traffic => traffic.Published(MessageType.NodeCommand).SelectMany(message => message.Metrics.Select(metric => Unless(metric.Name.Length > 0, message, "a metric has no name")))),
        new(
            "payloads-metric-datatype-req payloads-metric-datatype-value payloads-metric-datatype-value-type",
            traffic => traffic.Published(Births).SelectMany(birth => birth.Metrics.Select(metric => Unless(
                metric.Type is > DataType.Unknown and <= DataType.DateTimeArray, birth, $"{metric.Name} has no datatype")))),
        new(
            "payloads-propertyset-keys-array-size payloads-propertyset-values-array-size payloads-metric-propertyvalue-type-req payloads-metric-propertyvalue-type-type payloads-metric-propertyvalue-type-value",
            traffic => traffic.Published(Births).SelectMany(birth => birth.Metrics.SelectMany(metric => metric.Properties.Select(property => Unless(
                property.Key.Length > 0 && property.Type is > DataType.Unknown and <= DataType.Text, birth, $"{metric.Name} has a property without key or type"))))),
        new(
            "payloads-propertyset-quality-value-type payloads-propertyset-quality-value-value",
            traffic => traffic.Published([.. Births, .. Data]).SelectMany(message => message.Metrics.SelectMany(metric => metric.Properties
                .Where(property => property.Key == SparkplugNames.Quality)
                .Select(property => Unless(
                    property is { Type: DataType.Int32, Integer: QualityCode.Bad or QualityCode.Good or QualityCode.Stale }, message, $"{metric.Name} has the quality {property.Integer}"))))),
    ];

    /// <summary>One alias means one metric over the whole edge node, from birth to birth.</summary>
    private static IEnumerable<string?> UniqueAliases(Traffic traffic, Session agent)
    {
        var owners = new Dictionary<ulong, string>();
        foreach (var birth in traffic.Published(agent, Births))
        {
            foreach (var metric in birth.Metrics.Where(metric => metric.Alias is not null))
            {
                var name = $"{birth.Device}/{metric.Name}";
                yield return Unless(owners.TryAdd(metric.Alias!.Value, name) || owners[metric.Alias.Value] == name, birth, $"{metric.Name} shares its alias with {owners[metric.Alias.Value]}");
            }
        }
    }
}
