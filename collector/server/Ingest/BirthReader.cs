using System.Runtime.CompilerServices;
using System.Text;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Ingest;

/// <summary>Reads birth certificates: binds their metrics for the data to come, and says what was born.</summary>
internal sealed class BirthReader(Journal journal, Vocabulary vocabulary)
{
    private const int LongestName = 400;
    private const int LongestSuspicions = 32_000;

    /// <summary>Reads the birth of a node.</summary>
    /// <param name="values">Takes the values that the birth carries.</param>
    /// <returns>What was born, or null when the node has no readings of its own.</returns>
    /// <exception cref="SparkplugException">Malformed; the session is then as it was.</exception>
    public DeviceInfo? Node(NodeSession session, ReadOnlySpan<byte> payload, List<BirthValue> values)
    {
        var facts = Facts(payload);
        session.Bindings.Clear();
        session.Devices.Clear();
        session.Stream = Guid.TryParse(facts.Texts.GetValueOrDefault(SparkplugNames.JournalStream), out var stream) ? stream : null;
        session.BdSeq = facts.BdSeq;
        var info = Bind(session, "", payload, facts, values);
        return info.Series.Count > 0 ? info : null;
    }

    /// <summary>Reads the birth of a device of a node.</summary>
    /// <exception cref="SparkplugException">Malformed; the session is then as it was.</exception>
    public DeviceInfo Device(NodeSession session, string device, ReadOnlySpan<byte> payload, List<BirthValue> values)
    {
        var facts = Facts(payload);
        session.Devices.Add(device);
        return Bind(session, device, payload, facts, values);
    }

    /// <summary>The texts of the birth. Walks all of it, so that a malformed one is refused before anything changes.</summary>
    private static BirthFacts Facts(ReadOnlySpan<byte> payload)
    {
        var facts = new BirthFacts();
        var reader = new PayloadReader(payload);
        while (reader.TryRead(out var metric))
        {
            var properties = metric.Properties;
            while (properties.TryRead(out _))
            {
            }

            if (metric.NameUtf8.StartsWith("Properties/"u8) && metric.Value.Text is { Length: > 0 } text
                && text.Length <= (metric.NameUtf8.SequenceEqual("Properties/Suspicions"u8) ? LongestSuspicions : LongestName))
            {
                facts.Texts[metric.Name] = text;
            }
            else if (metric.NameUtf8.SequenceEqual("bdSeq"u8))
            {
                facts.BdSeq = metric.Value.ToInt64(metric.Type);
            }
        }

        return facts;
    }

    private DeviceInfo Bind(NodeSession session, string device, ReadOnlySpan<byte> payload, BirthFacts facts, List<BirthValue> values)
    {
        var owner = device.Length > 0 ? device : session.Node;
        var series = new List<Series>();
        var units = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new PayloadReader(payload);
        while (reader.TryRead(out var metric))
        {
            if (metric.NameUtf8.IsEmpty)
            {
                continue;
            }

            var name = metric.Name;
            var unit = Unit(metric);
            var binding = BindingOf(session, owner, name, metric, unit);
            if (!session.Bindings.Add(device, name, metric.HasAlias ? metric.Alias : null, binding))
            {
                throw new SparkplugException($"the edge node announces more than {BindingTable.MaxMetrics} metrics");
            }

            if (binding.Role == MetricRole.Reading)
            {
                series.Add(binding.Series);
                if (unit is not null)
                {
                    units[name] = binding.Judge is not null && !binding.UnitIsWrong ? binding.Judge.Unit : unit;
                }

                TakeValue(binding, metric, reader.TimestampMs, values);
            }
        }

        return new DeviceInfo(
            session.Node, owner, facts.Texts.GetValueOrDefault(SparkplugNames.Kind) ?? (device.Length == 0 && !session.IsForeign ? "agent" : null),
            facts.Texts.GetValueOrDefault(SparkplugNames.Vendor), facts.Texts.GetValueOrDefault(SparkplugNames.Model),
            facts.Texts.GetValueOrDefault(SparkplugNames.Profile), facts.Texts.GetValueOrDefault(SparkplugNames.Serial),
            facts.Texts.GetValueOrDefault(SparkplugNames.Firmware), series, units)
        {
            Suspicions = Suspicions(facts.Texts.GetValueOrDefault(SparkplugNames.Suspicions)),
        };
    }

    private static Dictionary<string, string> Suspicions(string? lines) =>
        (lines ?? "").Split('\n')
            .Select(line => line.Split('\t', 2))
            .Where(halves => halves.Length == 2)
            .DistinctBy(halves => halves[0])
            .ToDictionary(halves => halves[0], halves => halves[1], StringComparer.Ordinal);

    private MetricBinding BindingOf(NodeSession session, string owner, string name, in MetricView metric, string? unit)
    {
        var role = name switch
        {
            SparkplugNames.LiveOffset => MetricRole.LiveOffset,
            SparkplugNames.LiveReadings => MetricRole.LiveReadings,
            SparkplugNames.BackfillOffset => MetricRole.BackfillOffset,
            SparkplugNames.BackfillReadings => MetricRole.BackfillReadings,
            _ => IsReading(name, metric.Type) ? MetricRole.Reading : MetricRole.Ignored,
        };
        if (role == MetricRole.Ignored)
        {
            return MetricBinding.Ignored;
        }

        if (role != MetricRole.Reading)
        {
            return new MetricBinding { Role = role, Type = metric.Type };
        }

        var wanted = Series.FromMetricPath(owner, name);
        var id = journal.SeriesId(wanted);
        var known = vocabulary.Find(wanted.Metric);
        var conversion = known is not null && unit is not null ? UnitConversion.Between(unit, known.Unit) : UnitConversion.None;
        return new MetricBinding
        {
            Role = role,
            Type = metric.Type,
            Series = journal.SeriesOf(id),
            SeriesId = id,
            Conversion = conversion is { IsNone: false } real ? real : null,
            UnitIsWrong = conversion is null,
            Judge = session.IsForeign ? known : null,
            LastAtMs = session.IsForeign ? LastTime(session, journal.SeriesOf(id)) : null,
        };
    }

    private static StrongBox<long> LastTime(NodeSession session, Series series)
    {
        if (!session.LastTimes.TryGetValue(series, out var last))
        {
            session.LastTimes.Add(series, last = new StrongBox<long>(long.MinValue));
        }

        return last;
    }

    /// <summary>Numbers and truths are readings; properties, controls, texts, times and structures are not.</summary>
    private static bool IsReading(string name, DataType type) =>
        type is (>= DataType.Int8 and <= DataType.UInt64) or DataType.Float or DataType.Double or DataType.Boolean
        && name.Length is > 0 and <= LongestName
        && name != SparkplugNames.BdSeq
        && !name.StartsWith("Node Control/", StringComparison.Ordinal)
        && !name.StartsWith("Device Control/", StringComparison.Ordinal)
        && !name.StartsWith("Properties/", StringComparison.Ordinal)
        && !name.StartsWith("Delivery/", StringComparison.Ordinal)
        && name[0] != '/'
        && !name.Any(char.IsControl);

    private static void TakeValue(MetricBinding binding, in MetricView metric, long? payloadMs, List<BirthValue> values)
    {
        var (value, quality) = ReadingMetric.Read(metric, binding.Type);
        var atMs = metric.TimestampMs >= 0 ? metric.TimestampMs : payloadMs ?? 0;
        if (quality != Quality.Missing && atMs > 0)
        {
            (value, quality) = binding.Judged(value, quality);
            values.Add(new BirthValue(binding, new Reading(binding.Series, atMs, value, quality)));
        }
    }

    private static string? Unit(in MetricView metric)
    {
        var properties = metric.Properties;
        while (properties.TryRead(out var property))
        {
            if (property.KeyUtf8.SequenceEqual("engUnit"u8) && property.Value.Text is { Length: > 0 and <= 32 } unit)
            {
                return unit;
            }
        }

        return null;
    }

    private sealed class BirthFacts
    {
        public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

        public long? BdSeq { get; set; }
    }
}
