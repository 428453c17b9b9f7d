using System.Buffers;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeDcim.Agent.Tests.Publishing;

/// <summary>A primary host of the tests: checks every sequence number, takes batches in when their marker fits, acknowledges when it is told to.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly Lock guard = new();
    private readonly AsyncPulse news = new();
    private readonly SequenceCheck sequence = new();
    private readonly Dictionary<ulong, string> aliases = [];
    private readonly List<HostReading> pending = [];
    private readonly HashSet<(Guid, long)> journaled = [];
    private Guid stream;
    private bool pendingHistorical;

    private string name = "edgedcim";

    private TestHost() => client.ApplicationMessageReceivedAsync += ReceiveAsync;

    /// <summary>Whether batches are acknowledged as they come; they are taken in all the same.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>Every message in the order of arrival, as <c>TYPE</c> or <c>TYPE device</c>.</summary>
    public List<string> Messages { get; } = [];

    /// <summary>Readings of batches that were taken in, repeats left out.</summary>
    public List<HostReading> Readings { get; } = [];

    /// <summary>Batches in the order they were complete: offset and whether replayed, repeats included.</summary>
    public List<(long Offset, bool Historical)> Batches { get; } = [];

    public List<long> BdSeqs { get; } = [];

    public int Gaps { get; private set; }

    /// <summary>Names with unit of the last birth of a device.</summary>
    public Dictionary<string, List<(string Name, string? Unit, bool IsNull)>> Births { get; } = new(StringComparer.Ordinal);

    public static async Task<TestHost> ConnectAsync(TestBroker broker, CancellationToken cancel, string name = "edgedcim")
    {
        var host = new TestHost { name = name };
        await host.client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", broker.Port).WithClientId(name).Build(), cancel);
        await host.client.SubscribeAsync("spBv1.0/site/#", MqttQualityOfServiceLevel.AtLeastOnce, cancel);
        return host;
    }

    public Task SayAsync(bool online, long atMs, CancellationToken cancel) => client.PublishAsync(
        new MqttApplicationMessage
        {
            Topic = $"spBv1.0/STATE/{name}",
            Payload = new ReadOnlySequence<byte>(new HostState(online, atMs).ToJson()),
            Retain = true,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        },
        cancel);

    public Task CommandAsync(Action<PayloadWriter> metrics, CancellationToken cancel)
    {
        var writer = new PayloadWriter();
        writer.Begin(1);
        metrics(writer);
        return SendCommandAsync(writer.End().ToArray(), cancel);
    }

    public Task SendCommandAsync(byte[] payload, CancellationToken cancel) => client.PublishAsync(
        new MqttApplicationMessage { Topic = "spBv1.0/site/NCMD/gw", Payload = new ReadOnlySequence<byte>(payload) }, cancel);

    /// <summary>As if it had just started: what it heard and stored meanwhile does not count.</summary>
    public void Forget()
    {
        lock (guard)
        {
            Messages.Clear();
            Readings.Clear();
            journaled.Clear();
            pending.Clear();
            aliases.Clear();
        }
    }

    /// <summary>Waits until the condition holds, looking again after every message.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            news.Reset();
            lock (guard)
            {
                if (condition())
                {
                    return;
                }
            }

            try
            {
                await news.WaitAsync().WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"not within {Patience.TotalSeconds} s: {what}; seen: {string.Join(", ", Messages.TakeLast(30))}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await client.TryDisconnectAsync();
        client.Dispose();
    }

    private async Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs args)
    {
        var topic = SparkplugTopic.Parse(args.ApplicationMessage.Topic);
        if (topic.Type is MessageType.NodeCommand or MessageType.State)
        {
            return;
        }

        long? done;
        lock (guard)
        {
            Messages.Add(topic.Device is null ? topic.Type.ToString() : $"{topic.Type} {topic.Device}");
            done = Take(topic, args.ApplicationMessage.Payload.ToArray());
        }

        news.Set();
        if (done is { } offset && Acknowledges)
        {
            var text = new Acknowledgement(stream, [new OffsetRange(offset, offset)]).ToString();
            await CommandAsync(
                writer =>
                {
                    writer.BeginMetric(SparkplugNames.Acknowledge).At(1).Type(DataType.String).Value(text).EndMetric();
                    writer.BeginMetric(SparkplugNames.AcknowledgeHost).At(1).Type(DataType.String).Value(name).EndMetric();
                },
                CancellationToken.None);
        }
    }

    private long? Take(SparkplugTopic topic, byte[] bytes)
    {
        var payload = new PayloadReader(bytes);
        if (topic.Type == MessageType.NodeBirth)
        {
            Gaps += sequence.Birth(payload.Seq) ? 0 : 1;
            pending.Clear();
            aliases.Clear();
            Births.Clear();
        }
        else if (topic.Type != MessageType.NodeDeath)
        {
            Gaps += sequence.Accept(payload.Seq) ? 0 : 1;
        }

        var birth = topic.Type is MessageType.NodeBirth or MessageType.DeviceBirth ? Births[topic.Device ?? ""] = [] : null;
        long? offset = null;
        long? count = null;
        while (payload.TryRead(out var metric))
        {
            var name = metric.NameUtf8.IsEmpty ? aliases.GetValueOrDefault(metric.Alias, $"unknown alias {metric.Alias}") : metric.Name;
            if (birth is not null)
            {
                TakeBirth(birth, topic, name, metric);
                continue;
            }

            switch (name)
            {
                case SparkplugNames.LiveOffset or SparkplugNames.BackfillOffset:
                    offset = metric.Value.ToInt64(DataType.Int64);
                    pendingHistorical = name == SparkplugNames.BackfillOffset;
                    break;
                case SparkplugNames.LiveReadings or SparkplugNames.BackfillReadings:
                    count = metric.Value.ToInt64(DataType.Int64);
                    break;
                case SparkplugNames.BdSeq:
                    break;
                default:
                    var (value, quality) = ReadingMetric.Read(metric, DataType.Double);
                    pending.Add(new HostReading(topic.Device ?? "", name, metric.TimestampMs, value, quality, metric.IsHistorical));
                    break;
            }
        }

        return offset is null ? null : Close(offset.Value, count);
    }

    private void TakeBirth(List<(string Name, string? Unit, bool IsNull)> birth, SparkplugTopic topic, string name, in MetricView metric)
    {
        string? unit = null;
        var properties = metric.Properties;
        while (properties.TryRead(out var property))
        {
            unit = property.Key == SparkplugNames.Unit ? property.Value.Text : unit;
        }

        birth.Add((name, unit, metric.IsNull));
        if (metric.HasAlias)
        {
            aliases[metric.Alias] = name;
        }

        if (name == SparkplugNames.JournalStream)
        {
            stream = Guid.Parse(metric.Value.Text!);
        }
        else if (name == SparkplugNames.BdSeq && topic.Type == MessageType.NodeBirth)
        {
            BdSeqs.Add(metric.Value.ToInt64(DataType.Int64)!.Value);
        }
    }

    private long? Close(long offset, long? count)
    {
        if (count != pending.Count)
        {
            pending.Clear();
            return null;
        }

        Batches.Add((offset, pendingHistorical));
        if (journaled.Add((stream, offset)))
        {
            Readings.AddRange(pending);
        }

        pending.Clear();
        return offset;
    }
}

internal sealed record HostReading(string Device, string Name, long AtMs, double Value, Quality Quality, bool Historical);
