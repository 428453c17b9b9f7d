using System.Buffers;
using System.Collections.Concurrent;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeDcim.Scenarios.Influx;

/// <summary>
/// The agent's side of the delivery contract in its smallest form, so that these scenarios know exactly what was sent: births, numbered
/// batches with their marker, acknowledgements, and everything unacknowledged again when it is asked to be born.
/// </summary>
internal sealed class SparkplugPublisher(string site, string node, int port) : IAsyncDisposable
{
    private readonly Guid stream = Guid.NewGuid();
    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentDictionary<long, IReadOnlyList<Reading>> unacknowledged = new();
    private readonly Dictionary<Series, ulong> aliases = [];
    private readonly Dictionary<string, string> kinds = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim speaking = new(1);
    private readonly PayloadWriter writer = new();
    private EdgeSession session = new(0);
    private int bdSeq;
    private long lastOffset;

    /// <summary>Batches that the collector has not acknowledged.</summary>
    public int Outstanding => unacknowledged.Count;

    public int Rebirths { get; private set; }

    public void Announce(string kind, params Series[] series)
    {
        foreach (var one in series)
        {
            kinds[one.Device] = kind;
            aliases.TryAdd(one, (ulong)aliases.Count + 100);
        }
    }

    public async Task ConnectAsync(CancellationToken cancel)
    {
        client.ApplicationMessageReceivedAsync += async message => await CommandAsync(message.ApplicationMessage.Payload.ToArray(), cancel);
        session = new EdgeSession(bdSeq++);
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId(node).Build(), cancel);
        await client.SubscribeAsync(new SparkplugTopic(site, MessageType.NodeCommand, node).Format(), MqttQualityOfServiceLevel.AtLeastOnce, cancel);
        await SpeakAsync(() => BirthAsync(cancel), cancel);
    }

    public Task SendAsync(IReadOnlyList<Reading> batch, CancellationToken cancel) => SpeakAsync(
        async () =>
        {
            var offset = ++lastOffset;
            unacknowledged[offset] = batch;
            await BatchAsync(offset, batch, backfill: false, cancel);
        },
        cancel);

    public async ValueTask DisposeAsync()
    {
        if (client.IsConnected)
        {
            await client.DisconnectAsync();
        }

        client.Dispose();
        speaking.Dispose();
    }

    private async Task CommandAsync(byte[] payload, CancellationToken cancel)
    {
        var (rebirth, acknowledged) = Parse(payload);
        foreach (var range in acknowledged?.Stream == stream ? acknowledged.Ranges : [])
        {
            for (var offset = range.First; offset <= range.Last; offset++)
            {
                unacknowledged.TryRemove(offset, out _);
            }
        }

        if (rebirth)
        {
            Rebirths++;
            await SpeakAsync(
                async () =>
                {
                    await BirthAsync(cancel);
                    foreach (var (offset, batch) in unacknowledged.OrderBy(entry => entry.Key))
                    {
                        await BatchAsync(offset, batch, backfill: true, cancel);
                    }
                },
                cancel);
        }
    }

    private static (bool Rebirth, Acknowledgement? Acknowledged) Parse(byte[] payload)
    {
        var rebirth = false;
        Acknowledgement? acknowledged = null;
        var reader = new PayloadReader(payload);
        while (reader.TryRead(out var metric))
        {
            rebirth |= metric.Name == SparkplugNames.Rebirth;
            acknowledged = metric.Name == SparkplugNames.Acknowledge ? Acknowledgement.Parse(metric.Value.Text!) : acknowledged;
        }

        return (rebirth, acknowledged);
    }

    private async Task SpeakAsync(Func<Task> say, CancellationToken cancel)
    {
        await speaking.WaitAsync(cancel);
        try
        {
            await say();
        }
        finally
        {
            speaking.Release();
        }
    }

    private async Task BirthAsync(CancellationToken cancel)
    {
        writer.Begin(Now());
        writer.BeginMetric(SparkplugNames.BdSeq).Type(DataType.Int64).Value((long)session.BdSeq).EndMetric();
        writer.BeginMetric(SparkplugNames.Rebirth).Type(DataType.Boolean).Value(false).EndMetric();
        writer.BeginMetric(SparkplugNames.JournalStream).Type(DataType.String).Value(stream.ToString("D")).EndMetric();
        writer.BeginMetric(SparkplugNames.LiveOffset, 1).Type(DataType.Int64).Value(0L).EndMetric();
        writer.BeginMetric(SparkplugNames.LiveReadings, 2).Type(DataType.Int64).Value(0L).EndMetric();
        writer.BeginMetric(SparkplugNames.BackfillOffset, 3).Type(DataType.Int64).Value(0L).EndMetric();
        writer.BeginMetric(SparkplugNames.BackfillReadings, 4).Type(DataType.Int64).Value(0L).EndMetric();
        await PublishAsync(MessageType.NodeBirth, null, writer.End(session.StartBirth()), cancel);
        foreach (var (device, kind) in kinds)
        {
            writer.Begin(Now());
            writer.BeginMetric(SparkplugNames.Kind).Type(DataType.String).Value(kind).EndMetric();
            foreach (var (series, alias) in aliases.Where(entry => entry.Key.Device == device))
            {
                writer.BeginMetric(series.MetricPath, alias).Type(DataType.Double).Null().EndMetric();
            }

            await PublishAsync(MessageType.DeviceBirth, device, writer.End(session.NextSeq()), cancel);
        }
    }

    private async Task BatchAsync(long offset, IReadOnlyList<Reading> batch, bool backfill, CancellationToken cancel)
    {
        foreach (var device in batch.GroupBy(reading => reading.Series.Device))
        {
            writer.Begin(Now());
            foreach (var reading in device)
            {
                writer.BeginMetric(aliases[reading.Series]).At(reading.AtMs);
                if (backfill)
                {
                    writer.Historical();
                }

                ReadingMetric.Finish(writer, reading.Value, reading.Quality);
            }

            await PublishAsync(MessageType.DeviceData, device.Key, writer.End(session.NextSeq()), cancel);
        }

        writer.Begin(Now());
        writer.BeginMetric(backfill ? 3UL : 1).Value(offset).EndMetric();
        writer.BeginMetric(backfill ? 4UL : 2).Value((long)batch.Count).EndMetric();
        await PublishAsync(MessageType.NodeData, null, writer.End(session.NextSeq()), cancel);
    }

    private async Task PublishAsync(MessageType type, string? device, ReadOnlyMemory<byte> payload, CancellationToken cancel) =>
        await client.PublishAsync(
            new MqttApplicationMessage { Topic = new SparkplugTopic(site, type, node, device).Format(), Payload = new ReadOnlySequence<byte>(payload.ToArray()) }, cancel);

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
