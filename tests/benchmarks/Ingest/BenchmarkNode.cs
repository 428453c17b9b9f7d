using EdgeDcim.Collector.Broker;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Benchmarks.Ingest;

/// <summary>Writes what an agent with many devices sends: births, then batch after batch, each with new times and values.</summary>
internal sealed class BenchmarkNode(string site, int devices, int series)
{
    private static readonly string[] Metrics = [.. Vocabulary.Default.Metrics.Values.Where(metric => metric.Kind == MetricKind.Gauge).Select(metric => metric.Name).Order(StringComparer.Ordinal)];
    private readonly PayloadWriter writer = new();
    private readonly EdgeSession session = new(0);
    private readonly Guid stream = Guid.NewGuid();
    private long offset;
    private long atMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public IEnumerable<InboundMessage> Births()
    {
        writer.Begin(atMs);
        writer.BeginMetric(SparkplugNames.JournalStream).Type(DataType.String).Value(stream.ToString("D")).EndMetric();
        writer.BeginMetric(SparkplugNames.LiveOffset, 1).Type(DataType.Int64).Value(0L).EndMetric();
        writer.BeginMetric(SparkplugNames.LiveReadings, 2).Type(DataType.Int64).Value(0L).EndMetric();
        yield return Message(MessageType.NodeBirth, null, writer.End(session.StartBirth()));
        for (var device = 0; device < devices; device++)
        {
            writer.Begin(atMs);
            writer.BeginMetric(SparkplugNames.Kind).Type(DataType.String).Value("meter").EndMetric();
            for (var i = 0; i < series; i++)
            {
                writer.BeginMetric(Metrics[i % Metrics.Length], Alias(device, i)).Type(DataType.Double).Null().EndMetric();
            }

            yield return Message(MessageType.DeviceBirth, $"device-{device}", writer.End(session.NextSeq()));
        }
    }

    public List<InboundMessage> Data(int batches)
    {
        var messages = new List<InboundMessage>(batches * (devices + 1));
        for (var batch = 0; batch < batches; batch++)
        {
            atMs += 250;
            for (var device = 0; device < devices; device++)
            {
                writer.Begin(atMs);
                for (var i = 0; i < series; i++)
                {
                    writer.BeginMetric(Alias(device, i)).At(atMs);
                    ReadingMetric.Finish(writer, (atMs % 100_003 * 0.37) + i, Quality.Good);
                }

                messages.Add(Message(MessageType.DeviceData, $"device-{device}", writer.End(session.NextSeq())));
            }

            writer.Begin(atMs);
            writer.BeginMetric(1).Value(++offset).EndMetric();
            writer.BeginMetric(2).Value((long)devices * series).EndMetric();
            messages.Add(Message(MessageType.NodeData, null, writer.End(session.NextSeq())));
        }

        return messages;
    }

    private ulong Alias(int device, int i) => (ulong)((device * series) + i + 10);

    private InboundMessage Message(MessageType type, string? device, ReadOnlyMemory<byte> payload) =>
        new(new SparkplugTopic(site, type, "node", device).Format(), payload.ToArray(), "");
}
