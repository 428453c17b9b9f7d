using System.Text;

namespace EdgeDcim.Core.Sparkplug;

/// <summary>
/// Walks the properties of a metric. Keys and values are two repeated fields in any order; the n-th key belongs to the n-th value, so two
/// cursors move over the same bytes.
/// </summary>
public ref struct PropertyReader
{
    private const uint KeyTag = (1 << 3) | WireReader.Delimited;
    private const uint ValueTag = (2 << 3) | WireReader.Delimited;

    private WireReader keys;
    private WireReader values;

    internal PropertyReader(ReadOnlySpan<byte> set)
    {
        keys = new WireReader(set);
        values = new WireReader(set);
    }

    /// <summary>Moves to the next property; false at the end.</summary>
    /// <exception cref="SparkplugException">Malformed, or there are more keys than values or the other way round.</exception>
    public bool TryRead(out PropertyView property)
    {
        var hasKey = Advance(ref keys, KeyTag, out var key);
        var hasValue = Advance(ref values, ValueTag, out var value);
        if (hasKey != hasValue)
        {
            keys.Fail("a property set whose keys and values differ in number");
        }

        property = hasKey ? PropertyView.Parse(key, value) : default;
        return hasKey;
    }

    private static bool Advance(scoped ref WireReader wire, uint wanted, out ReadOnlySpan<byte> body)
    {
        while (!wire.AtEnd)
        {
            var tag = wire.ReadTag();
            if (tag == wanted)
            {
                body = wanted == KeyTag ? wire.ReadText() : wire.ReadDelimited();
                return true;
            }

            if (tag is KeyTag or ValueTag)
            {
                wire.Skip(tag);
            }
            else
            {
                PayloadReader.SkipUnknown(ref wire, tag, 2);
            }
        }

        body = default;
        return false;
    }
}

/// <summary>One property of a metric where it lies in the payload.</summary>
public readonly ref struct PropertyView
{
    private PropertyView(ReadOnlySpan<byte> key, DataType type, bool isNull, ValueForm form, ulong bits, ReadOnlySpan<byte> bytes)
    {
        KeyUtf8 = key;
        Type = type;
        IsNull = isNull;
        Value = new SparkplugValue(form, bits, bytes);
    }

    public ReadOnlySpan<byte> KeyUtf8 { get; }

    public string Key => Encoding.UTF8.GetString(KeyUtf8);

    public DataType Type { get; }

    public bool IsNull { get; }

    public SparkplugValue Value { get; }

    internal static PropertyView Parse(ReadOnlySpan<byte> key, ReadOnlySpan<byte> body)
    {
        var type = DataType.Unknown;
        var isNull = false;
        var form = ValueForm.None;
        var bits = 0UL;
        ReadOnlySpan<byte> bytes = default;
        var wire = new WireReader(body);
        while (!wire.AtEnd)
        {
            var tag = wire.ReadTag();
            switch (tag)
            {
                case (1 << 3) | WireReader.Varint: type = MetricView.ReadType(ref wire); break;
                case (2 << 3) | WireReader.Varint: isNull = wire.ReadBoolean(); break;
                case (3 << 3) | WireReader.Varint: form = ValueForm.Int; bits = (uint)wire.ReadVarint(); break;
                case (4 << 3) | WireReader.Varint: form = ValueForm.Long; bits = wire.ReadVarint(); break;
                case (5 << 3) | WireReader.Fixed32: form = ValueForm.Float; bits = wire.ReadFixed32(); break;
                case (6 << 3) | WireReader.Fixed64: form = ValueForm.Double; bits = wire.ReadFixed64(); break;
                case (7 << 3) | WireReader.Varint: form = ValueForm.Boolean; bits = wire.ReadBoolean() ? 1UL : 0; break;
                case (8 << 3) | WireReader.Delimited: form = ValueForm.String; bytes = wire.ReadText(); break;
                case (9 << 3) | WireReader.Delimited:
                case (10 << 3) | WireReader.Delimited:
                case (11 << 3) | WireReader.Delimited: form = ValueForm.Other; bytes = wire.ReadDelimited(); break;
                default: PayloadReader.SkipUnknown(ref wire, tag, 11); break;
            }
        }

        return new PropertyView(key, type, isNull, form, bits, bytes);
    }
}
