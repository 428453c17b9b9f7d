using EdgeDcim.Collector.Broker;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Tests.Ingest;

/// <summary>An edge node as the delivery contract describes it, writing payloads that a test can lose, repeat or damage.</summary>
internal sealed class EdgeNodeDouble(string node, Guid? stream)
{
    private readonly PayloadWriter writer = new();
    private readonly Dictionary<string, ulong> aliases = new(StringComparer.Ordinal);
    private EdgeSession session = new(0);

    public const string Site = "demo";

    /// <summary>A new connection: the next birth carries this number.</summary>
    public void Reconnect(int bdSeq) => session = new EdgeSession(bdSeq);

    public InboundMessage NodeBirth(long atMs)
    {
        writer.Begin(atMs);
        writer.BeginMetric(SparkplugNames.BdSeq).Type(DataType.Int64).Value((long)session.BdSeq).EndMetric();
        writer.BeginMetric(SparkplugNames.Rebirth).Type(DataType.Boolean).Value(false).EndMetric();
        if (stream is { } id)
        {
            writer.BeginMetric(SparkplugNames.JournalStream).Type(DataType.String).Value(id.ToString("D")).EndMetric();
            foreach (var name in new[] { SparkplugNames.LiveOffset, SparkplugNames.LiveReadings, SparkplugNames.BackfillOffset, SparkplugNames.BackfillReadings })
            {
                writer.BeginMetric(name, Alias("", name)).Type(DataType.Int64).Value(0L).EndMetric();
            }
        }

        return Message(MessageType.NodeBirth, null, writer.End(session.StartBirth()));
    }

    public InboundMessage DeviceBirth(string device, string kind, long atMs, params (string Path, string? Unit, double? Value)[] metrics)
    {
        writer.Begin(atMs);
        writer.BeginMetric(SparkplugNames.Kind).Type(DataType.String).Value(kind).EndMetric();
        foreach (var (path, unit, value) in metrics)
        {
            writer.BeginMetric(path, Alias(device, path)).At(atMs).Type(DataType.Double);
            if (value is null)
            {
                writer.Null();
            }

            if (unit is not null)
            {
                writer.Property(SparkplugNames.Unit, unit);
            }

            if (value is { } number)
            {
                writer.Value(number);
            }

            writer.EndMetric();
        }

        return Message(MessageType.DeviceBirth, device, writer.End(session.NextSeq()));
    }

    public InboundMessage Data(string device, params (string Path, long AtMs, double Value, Quality Quality)[] readings) => Data(device, historical: false, readings);

    public InboundMessage Data(string device, bool historical, params (string Path, long AtMs, double Value, Quality Quality)[] readings)
    {
        writer.Begin(readings.Length > 0 ? readings[0].AtMs : 0);
        foreach (var (path, atMs, value, quality) in readings)
        {
            writer.BeginMetric(Alias(device, path)).At(atMs);
            if (historical)
            {
                writer.Historical();
            }

            ReadingMetric.Finish(writer, value, quality);
        }

        return Message(MessageType.DeviceData, device, writer.End(session.NextSeq()));
    }

    public InboundMessage Marker(long offset, long readings, bool backfill = false)
    {
        writer.Begin(0);
        writer.BeginMetric(Alias("", backfill ? SparkplugNames.BackfillOffset : SparkplugNames.LiveOffset)).Type(DataType.Int64).Value(offset).EndMetric();
        writer.BeginMetric(Alias("", backfill ? SparkplugNames.BackfillReadings : SparkplugNames.LiveReadings)).Type(DataType.Int64).Value(readings).EndMetric();
        return Message(MessageType.NodeData, null, writer.End(session.NextSeq()));
    }

    public InboundMessage NodeDeath(int bdSeq)
    {
        writer.Begin(0);
        writer.BeginMetric(SparkplugNames.BdSeq).Type(DataType.Int64).Value((long)bdSeq).EndMetric();
        return Message(MessageType.NodeDeath, null, writer.End());
    }

    public InboundMessage DeviceDeath(string device, long atMs)
    {
        writer.Begin(atMs);
        return Message(MessageType.DeviceDeath, device, writer.End(session.NextSeq()));
    }

    private ulong Alias(string device, string path)
    {
        var key = $"{device}|{path}";
        if (!aliases.TryGetValue(key, out var alias))
        {
            aliases.Add(key, alias = (ulong)aliases.Count + 1);
        }

        return alias;
    }

    private InboundMessage Message(MessageType type, string? device, ReadOnlyMemory<byte> payload) =>
        new(new SparkplugTopic(Site, type, node, device).Format(), payload.ToArray(), "client-1");
}
