using System.Globalization;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Cli;

/// <summary>Turns Sparkplug messages into lines. Remembers births, so that a value that goes by its alias gets its name, unit and type.</summary>
internal sealed class TailDecoder(TimeProvider time)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Node, ulong Alias), Meaning> aliases = [];
    private readonly Dictionary<(string Node, string? Device, string Name), Meaning> names = [];
    private readonly Dictionary<string, long> askedAt = new(StringComparer.Ordinal);
    private readonly HashSet<SparkplugTopic> unknown = [];
    private readonly PayloadWriter writer = new();

    /// <summary>One line a value; one for a death, a host state, or a message that cannot be read.</summary>
    public IReadOnlyList<string> Decode(InboundMessage message)
    {
        var (topic, payload) = message;
        try
        {
            return topic.Type switch
            {
                MessageType.State => [$"{Stamp(HostState.Parse(payload).TimestampMs)}  {topic.Node}  {(HostState.Parse(payload).Online ? "host online" : "host offline")}"],
                MessageType.NodeDeath => [$"{Now()}  {topic.Node}  node offline"],
                MessageType.DeviceDeath => [$"{Now()}  {topic.Node}/{topic.Device}  device offline"],
                _ => Values(topic, payload),
            };
        }
        catch (SparkplugException malformed)
        {
            return [$"{Now()}  {topic}  cannot be read: {malformed.Message}"];
        }
    }

    /// <summary>Command topics of the nodes whose births were missed, each at most every 10 s.</summary>
    public IReadOnlyList<SparkplugTopic> TakeUnknown()
    {
        var due = unknown
            .Where(node => !askedAt.TryGetValue(node.Descriptor, out var asked) || time.GetElapsedTime(asked) >= AskAgainAfter)
            .ToList();
        unknown.Clear();
        foreach (var node in due)
        {
            askedAt[node.Descriptor] = time.GetTimestamp();
        }

        return due;
    }

    public ReadOnlyMemory<byte> RebirthRequest()
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        writer.Begin(nowMs).BeginMetric(SparkplugNames.Rebirth).At(nowMs).Type(DataType.Boolean).Value(true).EndMetric();
        return writer.End();
    }

    private List<string> Values(SparkplugTopic topic, byte[] bytes)
    {
        var lines = new List<string>();
        var payload = new PayloadReader(bytes);
        var isBirth = topic.Type is MessageType.NodeBirth or MessageType.DeviceBirth;
        while (payload.TryRead(out var metric))
        {
            var meaning = isBirth ? Learn(topic, metric) : Find(topic, metric);
            if (meaning is null)
            {
                unknown.Add(new SparkplugTopic(topic.Group, MessageType.NodeCommand, topic.Node));
                meaning = new Meaning(metric.NameUtf8.IsEmpty ? $"alias {metric.Alias}" : metric.Name, null, metric.Type);
            }

            var at = metric.TimestampMs >= 0 ? metric.TimestampMs : payload.TimestampMs ?? time.GetUtcNow().ToUnixTimeMilliseconds();
            lines.Add($"{Stamp(at)}  {topic.Node}/{(topic.Device is null ? "" : topic.Device + "/")}{meaning.Name}  {Text(metric, meaning)}");
        }

        return lines;
    }

    private Meaning Learn(SparkplugTopic topic, in MetricView metric)
    {
        string? unit = null;
        var properties = metric.Properties;
        while (properties.TryRead(out var property))
        {
            unit = property.KeyUtf8.SequenceEqual("engUnit"u8) ? property.Value.Text : unit;
        }

        var meaning = new Meaning(metric.Name, unit, metric.Type);
        names[(topic.Descriptor, topic.Device, meaning.Name)] = meaning;
        if (metric.HasAlias)
        {
            aliases[(topic.Descriptor, metric.Alias)] = meaning;
        }

        return meaning;
    }

    private Meaning? Find(SparkplugTopic topic, in MetricView metric)
    {
        if (topic.Type is MessageType.NodeCommand or MessageType.DeviceCommand && !metric.NameUtf8.IsEmpty)
        {
            return new Meaning(metric.Name, null, metric.Type);
        }

        return metric.NameUtf8.IsEmpty
            ? aliases.GetValueOrDefault((topic.Descriptor, metric.Alias))
            : names.GetValueOrDefault((topic.Descriptor, topic.Device, metric.Name));
    }

    private static string Text(in MetricView metric, Meaning meaning)
    {
        if (metric.Value.Text is { } text)
        {
            return $"\"{text}\"";
        }

        var (value, quality) = ReadingMetric.Read(metric, meaning.Type);
        var state = Vocabulary.Default.Find(meaning.Name.Split('/')[0]) is { Kind: MetricKind.State } known ? known.StateName(value) : null;
        var shown = quality == Quality.Missing ? "-" : state ?? value.ToString("R", CultureInfo.InvariantCulture);
        var unit = meaning.Unit is null or "1" ? "" : " " + meaning.Unit;
        return $"{shown}{unit}  {(quality == Quality.Missing ? "missing" : quality.ToString().ToLowerInvariant())}{(metric.IsHistorical ? " historical" : "")}";
    }

    private string Now() => Stamp(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static string Stamp(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private sealed record Meaning(string Name, string? Unit, DataType Type);
}
