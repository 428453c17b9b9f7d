using System.Reflection;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Publishing;

/// <summary>Writes birth and death certificates.</summary>
internal sealed class BirthWriter(PayloadWriter writer, Vocabulary vocabulary, TimeProvider time)
{
    private const string Version = "Properties/Agent Version";

    public static string AgentVersion { get; } =
        typeof(BirthWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>NBIRTH: session number, rebirth control, the journal's stream, the markers of delivery, and the agent's own metrics.</summary>
    public ReadOnlyMemory<byte> Node(EdgeSession session, Guid stream, DeviceBirth agent)
    {
        var nowMs = Begin();
        writer.BeginMetric(SparkplugNames.BdSeq).At(nowMs).Type(DataType.Int64).Value((long)session.BdSeq).EndMetric();
        writer.BeginMetric(SparkplugNames.Rebirth).At(nowMs).Type(DataType.Boolean).Value(false).EndMetric();
        Text(SparkplugNames.JournalStream, stream.ToString("D"), nowMs);
        Text(SparkplugNames.Kind, "agent", nowMs);
        Text(Version, AgentVersion, nowMs);
        Marker(SparkplugNames.LiveOffset, nowMs);
        Marker(SparkplugNames.LiveReadings, nowMs);
        Marker(SparkplugNames.BackfillOffset, nowMs);
        Marker(SparkplugNames.BackfillReadings, nowMs);

        // What the host may write has to be announced (Sparkplug 3.0, operational-behavior-data-commands-ncmd-metric-name).
        writer.BeginMetric(SparkplugNames.Acknowledge).At(nowMs).Type(DataType.String).Null().EndMetric();
        writer.BeginMetric(SparkplugNames.AcknowledgeHost).At(nowMs).Type(DataType.String).Null().EndMetric();
        Series(agent, nowMs);
        return writer.End(session.StartBirth());
    }

    /// <summary>DBIRTH: what the device is, and all its series with alias, unit and last value. The values of a silent device are null.</summary>
    public ReadOnlyMemory<byte> Device(EdgeSession session, DeviceBirth device)
    {
        var nowMs = Begin();
        var facts = device.Facts;
        Text(SparkplugNames.Kind, facts.Kind, nowMs);
        Text(SparkplugNames.Vendor, facts.Vendor, nowMs);
        Text(SparkplugNames.Model, facts.Model, nowMs);
        Text(SparkplugNames.Profile, facts.Profile, nowMs);
        Text(SparkplugNames.Serial, facts.Serial, nowMs);
        Text(SparkplugNames.Firmware, facts.Firmware, nowMs);
        Text(SparkplugNames.Suspicions, facts.Suspicions, nowMs);
        Series(device, nowMs);
        return writer.End(session.NextSeq());
    }

    public ReadOnlyMemory<byte> DeviceDeath(EdgeSession session)
    {
        Begin();
        return writer.End(session.NextSeq());
    }

    /// <summary>NDEATH, sent before a clean end and left with the broker as will: bdSeq and nothing else.</summary>
    public ReadOnlyMemory<byte> NodeDeath(int bdSeq)
    {
        var nowMs = Begin();
        writer.BeginMetric(SparkplugNames.BdSeq).At(nowMs).Type(DataType.Int64).Value((long)bdSeq).EndMetric();
        return writer.End();
    }

    private long Begin()
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        writer.Begin(nowMs);
        return nowMs;
    }

    private void Series(DeviceBirth device, long nowMs)
    {
        foreach (var (seriesId, last) in device.Series)
        {
            // The state stays true when the device is silent: it is what tells that it is.
            var shown = last.AtMs > 0 && (device.IsAlive || last.Series.Metric == "device.state") ? last : Reading.Missing(last.Series, nowMs);
            writer.BeginMetric(last.Series.MetricPath, (ulong)seriesId).At(shown.AtMs).Type(DataType.Double);
            ReadingMetric.Finish(writer, shown.Value, shown.Quality, vocabulary.Find(last.Series.Metric)?.Unit);
        }
    }

    private void Text(string name, string? text, long nowMs)
    {
        if (text is not null)
        {
            writer.BeginMetric(name).At(nowMs).Type(DataType.String).Value(text).EndMetric();
        }
    }

    private void Marker(string name, long nowMs) => writer.BeginMetric(name).At(nowMs).Type(DataType.Int64).Null().EndMetric();
}
