using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Collector.Ingest;

/// <summary>Parsed topics by their text: an edge node uses the same few topics for ever.</summary>
internal sealed class TopicCache
{
    private const int MaxTopics = 50_000;
    private readonly Dictionary<string, SparkplugTopic?> known = new(StringComparer.Ordinal);

    /// <summary>Null when it is not one of Sparkplug's.</summary>
    public SparkplugTopic? Find(string topic)
    {
        if (known.TryGetValue(topic, out var parsed))
        {
            return parsed;
        }

        parsed = SparkplugTopic.TryParse(topic, out var found) ? found : null;
        if (known.Count < MaxTopics)
        {
            known.Add(topic, parsed);
        }

        return parsed;
    }
}
