namespace EdgeDcim.Core.Sparkplug;

// Sparkplug B payload, protobuf (proto2) field numbers of the specification's appendix:
//
//   Payload   1 timestamp u64 | 2 metrics* | 3 seq u64 | 4 uuid string | 5 body bytes
//   Metric    1 name | 2 alias u64 | 3 timestamp u64 | 4 datatype u32 | 5 is_historical | 6 is_transient | 7 is_null
//             8 metadata | 9 properties | one of: 10 int u32 | 11 long u64 | 12 float | 13 double | 14 bool | 15 string
//             | 16 bytes | 17 dataset | 18 template | 19 extension
//   PropertySet   1 keys* string | 2 values*
//   PropertyValue 1 type u32 | 2 is_null | one of: 3 int | 4 long | 5 float | 6 double | 7 bool | 8 string | 9 set | 10 sets | 11 extension
//
// Reading is strict: a wrong wire type, a length beyond the end, bad UTF-8, an unknown datatype, a seq above 255 or a metric with neither
// name nor alias is a SparkplugException. Unknown field numbers are passed over, as protobuf asks. Nothing is allocated per metric.

/// <summary>
/// Reads one payload in place. The constructor checks the outer frame and knows <see cref="TimestampMs"/>, <see cref="Seq"/> and
/// <see cref="MetricCount"/>; <see cref="TryRead"/> then walks the metrics. A fault inside a metric comes out when that metric is reached, so
/// a caller acts on the message only after the walk has ended.
/// </summary>
public ref struct PayloadReader
{
    /// <summary>The end of the year 9999, the last instant .NET can name.</summary>
    public const long MaxTimestampMs = 253_402_300_799_999;

    /// <summary>A value of <see cref="Seq"/>: the payload carries none, as NDEATH and commands do.</summary>
    public const int NoSeq = -1;

    private const uint TimestampTag = (1 << 3) | WireReader.Varint;
    private const uint MetricTag = (2 << 3) | WireReader.Delimited;
    private const uint SeqTag = (3 << 3) | WireReader.Varint;
    private const uint UuidTag = (4 << 3) | WireReader.Delimited;
    private const uint BodyTag = (5 << 3) | WireReader.Delimited;

    private WireReader wire;

    /// <exception cref="SparkplugException">The bytes are not a Sparkplug payload.</exception>
    public PayloadReader(ReadOnlySpan<byte> payload)
    {
        var scan = new WireReader(payload);
        while (!scan.AtEnd)
        {
            var tag = scan.ReadTag();
            switch (tag)
            {
                case TimestampTag:
                    TimestampMs = ReadTimestamp(ref scan);
                    break;
                case MetricTag:
                    scan.ReadDelimited();
                    MetricCount++;
                    break;
                case SeqTag:
                    var seq = scan.ReadVarint();
                    Seq = seq <= 255 ? (int)seq : scan.Fail("a seq above 255");
                    break;
                case UuidTag or BodyTag:
                    scan.ReadDelimited();
                    break;
                default:
                    SkipUnknown(ref scan, tag, 5);
                    break;
            }
        }

        wire = new WireReader(payload);
    }

    /// <summary>When the message was made: milliseconds since 1970-01-01 UTC; null when it does not say.</summary>
    public readonly long? TimestampMs { get; }

    /// <summary>0 to 255, or <see cref="NoSeq"/>.</summary>
    public readonly int Seq { get; } = NoSeq;

    public readonly int MetricCount { get; }

    /// <summary>Moves to the next metric; false at the end.</summary>
    /// <exception cref="SparkplugException">The metric is malformed.</exception>
    public bool TryRead(out MetricView metric)
    {
        while (!wire.AtEnd)
        {
            var tag = wire.ReadTag();
            if (tag == MetricTag)
            {
                metric = MetricView.Parse(wire.ReadDelimited());
                return true;
            }

            wire.Skip(tag);
        }

        metric = default;
        return false;
    }

    internal static long ReadTimestamp(ref WireReader wire)
    {
        var ms = wire.ReadVarint();
        return ms <= MaxTimestampMs ? (long)ms : wire.Fail("a timestamp beyond the year 9999");
    }

    /// <summary>A known field number that arrives here has the wrong wire type.</summary>
    internal static void SkipUnknown(ref WireReader wire, uint tag, uint lastKnownField)
    {
        if (tag >> 3 <= lastKnownField)
        {
            wire.Fail($"field {tag >> 3} in the wrong wire type {tag & 7}");
        }

        wire.Skip(tag);
    }
}
