using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace EdgeDcim.Core.Sparkplug;

/// <summary>
/// Cursor over protobuf bytes (wire types 0, 1, 2 and 5). Every read is bounded by the span; a fault is a <see cref="SparkplugException"/>.
/// A tag is returned whole, as <c>field &lt;&lt; 3 | wire type</c>, so that one switch tells both what it is and whether its form is right.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    public const uint Varint = 0;
    public const uint Fixed64 = 1;
    public const uint Delimited = 2;
    public const uint Fixed32 = 5;

    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int position;

    public readonly bool AtEnd => position >= bytes.Length;

    public uint ReadTag()
    {
        var tag = ReadVarint();
        if (tag is < 8 or > uint.MaxValue)
        {
            Fail("a field number out of range");
        }

        return (uint)tag;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarint()
    {
        if (position < bytes.Length && bytes[position] < 0x80)
        {
            return bytes[position++];
        }

        return ReadLongVarint();
    }

    public ulong ReadFixed64()
    {
        if (bytes.Length - position < 8)
        {
            Fail("an end inside a 64-bit value");
        }

        var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes[position..]);
        position += 8;
        return value;
    }

    public uint ReadFixed32()
    {
        if (bytes.Length - position < 4)
        {
            Fail("an end inside a 32-bit value");
        }

        var value = BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]);
        position += 4;
        return value;
    }

    public ReadOnlySpan<byte> ReadDelimited()
    {
        var length = ReadVarint();
        if (length > (ulong)(bytes.Length - position))
        {
            Fail("a length that points beyond the end");
        }

        var part = bytes.Slice(position, (int)length);
        position += (int)length;
        return part;
    }

    public ReadOnlySpan<byte> ReadText()
    {
        var text = ReadDelimited();
        if (!Utf8.IsValid(text))
        {
            Fail("a text that is not UTF-8");
        }

        return text;
    }

    public bool ReadBoolean() => ReadVarint() switch
    {
        0 => false,
        1 => true,
        _ => Fail("a boolean that is neither 0 nor 1") == 0,
    };

    /// <summary>Passes over a field that this code does not know; the specification allows extensions.</summary>
    public void Skip(uint tag)
    {
        switch (tag & 7)
        {
            case Varint: ReadVarint(); break;
            case Fixed64: ReadFixed64(); break;
            case Delimited: ReadDelimited(); break;
            case Fixed32: ReadFixed32(); break;
            default: Fail("a group, which Sparkplug does not use"); break;
        }
    }

    [DoesNotReturn]
    public readonly int Fail(string what) => throw new SparkplugException($"the payload has {what} at byte {position} of {bytes.Length}");

    private ulong ReadLongVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position >= bytes.Length)
            {
                Fail("an end inside a number");
            }

            var next = bytes[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                // The tenth byte holds the 64th bit alone.
                return shift < 63 || next <= 1 ? value : (ulong)Fail("a number of more than 64 bits");
            }
        }

        return (ulong)Fail("a number of more than ten bytes");
    }
}
