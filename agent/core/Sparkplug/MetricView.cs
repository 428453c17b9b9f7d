using System.Text;

namespace EdgeDcim.Core.Sparkplug;

/// <summary>One metric where it lies in the payload. Valid as long as the payload's bytes are.</summary>
public readonly ref struct MetricView
{
    private const byte HistoricalFlag = 1;
    private const byte TransientFlag = 2;
    private const byte NullFlag = 4;
    private const byte AliasFlag = 8;

    private readonly ReadOnlySpan<byte> properties;
    private readonly byte flags;

    private MetricView(
        ReadOnlySpan<byte> name, ulong alias, long timestampMs, DataType type, byte flags, ReadOnlySpan<byte> properties,
        ValueForm form, ulong bits, ReadOnlySpan<byte> bytes)
    {
        NameUtf8 = name;
        Alias = alias;
        TimestampMs = timestampMs;
        Type = type;
        this.flags = flags;
        this.properties = properties;
        Value = new SparkplugValue(form, bits, bytes);
    }

    /// <summary>Empty when the metric goes by its alias.</summary>
    public ReadOnlySpan<byte> NameUtf8 { get; }

    /// <summary>Allocates; compare <see cref="NameUtf8"/> on hot paths.</summary>
    public string Name => Encoding.UTF8.GetString(NameUtf8);

    public bool HasAlias => (flags & AliasFlag) != 0;

    public ulong Alias { get; }

    /// <summary>Milliseconds since 1970-01-01 UTC, or -1 when the metric does not say.</summary>
    public long TimestampMs { get; }

    /// <summary><see cref="DataType.Unknown"/> when left out, as data messages may.</summary>
    public DataType Type { get; }

    public bool IsHistorical => (flags & HistoricalFlag) != 0;

    public bool IsTransient => (flags & TransientFlag) != 0;

    public bool IsNull => (flags & NullFlag) != 0;

    public SparkplugValue Value { get; }

    public PropertyReader Properties => new(properties);

    internal static MetricView Parse(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> name = default, properties = default, bytes = default;
        var alias = 0UL;
        var timestamp = -1L;
        var type = DataType.Unknown;
        byte flags = 0;
        var form = ValueForm.None;
        var bits = 0UL;
        var wire = new WireReader(body);
        while (!wire.AtEnd)
        {
            var tag = wire.ReadTag();
            switch (tag)
            {
                case (1 << 3) | WireReader.Delimited: name = wire.ReadText(); break;
                case (2 << 3) | WireReader.Varint: alias = wire.ReadVarint(); flags |= AliasFlag; break;
                case (3 << 3) | WireReader.Varint: timestamp = PayloadReader.ReadTimestamp(ref wire); break;
                case (4 << 3) | WireReader.Varint: type = ReadType(ref wire); break;
                case (5 << 3) | WireReader.Varint: flags = Flag(flags, HistoricalFlag, wire.ReadBoolean()); break;
                case (6 << 3) | WireReader.Varint: flags = Flag(flags, TransientFlag, wire.ReadBoolean()); break;
                case (7 << 3) | WireReader.Varint: flags = Flag(flags, NullFlag, wire.ReadBoolean()); break;
                case (8 << 3) | WireReader.Delimited: wire.ReadDelimited(); break;
                case (9 << 3) | WireReader.Delimited: properties = properties.IsEmpty ? wire.ReadDelimited() : throw new SparkplugException("a metric has two property sets"); break;
                case (10 << 3) | WireReader.Varint: form = ValueForm.Int; bits = (uint)wire.ReadVarint(); bytes = default; break;
                case (11 << 3) | WireReader.Varint: form = ValueForm.Long; bits = wire.ReadVarint(); bytes = default; break;
                case (12 << 3) | WireReader.Fixed32: form = ValueForm.Float; bits = wire.ReadFixed32(); bytes = default; break;
                case (13 << 3) | WireReader.Fixed64: form = ValueForm.Double; bits = wire.ReadFixed64(); bytes = default; break;
                case (14 << 3) | WireReader.Varint: form = ValueForm.Boolean; bits = wire.ReadBoolean() ? 1UL : 0; bytes = default; break;
                case (15 << 3) | WireReader.Delimited: form = ValueForm.String; bits = 0; bytes = wire.ReadText(); break;
                case (16 << 3) | WireReader.Delimited: form = ValueForm.Bytes; bits = 0; bytes = wire.ReadDelimited(); break;
                case (17 << 3) | WireReader.Delimited:
                case (18 << 3) | WireReader.Delimited:
                case (19 << 3) | WireReader.Delimited: form = ValueForm.Other; bits = 0; bytes = wire.ReadDelimited(); break;
                default: PayloadReader.SkipUnknown(ref wire, tag, 19); break;
            }
        }

        if (name.IsEmpty && (flags & AliasFlag) == 0)
        {
            wire.Fail("a metric with neither name nor alias");
        }

        return new MetricView(name, alias, timestamp, type, flags, properties, form, bits, bytes);
    }

    internal static DataType ReadType(ref WireReader wire)
    {
        var code = wire.ReadVarint();
        return code <= (ulong)DataType.DateTimeArray ? (DataType)code : (DataType)wire.Fail($"the unknown datatype {code}");
    }

    private static byte Flag(byte flags, byte flag, bool on) => (byte)(on ? flags | flag : flags & ~flag);
}
