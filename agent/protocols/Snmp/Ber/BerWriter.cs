using System.Buffers.Binary;

namespace EdgeDcim.Protocols.Snmp.Ber;

/// <summary>Writes BER from the end of a buffer towards its beginning: a length is known when its turn comes, so one pass is enough.</summary>
internal ref struct BerWriter(Span<byte> buffer)
{
    private readonly Span<byte> buffer = buffer;
    private int start = buffer.Length;

    /// <summary>How many bytes are written; the mark that <see cref="Close"/> takes.</summary>
    public readonly int Length => buffer.Length - start;

    public readonly Span<byte> Written => buffer[start..];

    /// <summary>Begins again.</summary>
    public void Clear() => start = buffer.Length;

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        start -= bytes.Length;
        bytes.CopyTo(buffer[start..]);
    }

    public void Octets(byte tag, scoped ReadOnlySpan<byte> bytes)
    {
        Raw(bytes);
        Header(tag, bytes.Length);
    }

    /// <summary>Reserves octets and returns where they stand, counted from the end of the buffer.</summary>
    public int Reserve(byte tag, int octets)
    {
        start -= octets;
        buffer.Slice(start, octets).Clear();
        var fromEnd = Length;
        Header(tag, octets);
        return fromEnd;
    }

    /// <summary>The shortest two's complement form (X.690 section 8.3.2).</summary>
    public void Integer(long number, byte tag = BerTag.Integer)
    {
        var mark = Length;
        var rest = number;
        do
        {
            buffer[--start] = (byte)rest;
            rest >>= 8;
        }
        while (rest is not (0 or -1) || (rest < 0) != ((buffer[start] & 0x80) != 0));
        Header(tag, Length - mark);
    }

    public void Unsigned(ulong number, byte tag)
    {
        if (number <= long.MaxValue)
        {
            Integer((long)number, tag);
            return;
        }

        start -= 9;
        buffer[start] = 0;
        BinaryPrimitives.WriteUInt64BigEndian(buffer[(start + 1)..], number);
        Header(tag, 9);
    }

    public void Oid(Oid oid)
    {
        var mark = Length;
        var arcs = oid.Arcs;
        for (var i = arcs.Length - 1; i >= 2; i--)
        {
            Arc(arcs[i]);
        }

        if (arcs.Length >= 2)
        {
            // X.690 section 8.19.4: the first two arcs share a sub-identifier.
            Arc((arcs[0] * 40) + arcs[1]);
        }

        Header(BerTag.ObjectIdentifier, Length - mark);
    }

    /// <summary>Puts a tag and the length of everything written since the mark in front of it.</summary>
    public void Close(byte tag, int mark) => Header(tag, Length - mark);

    private void Header(byte tag, int length)
    {
        if (length < 0x80)
        {
            buffer[--start] = (byte)length;
        }
        else
        {
            var octets = 0;
            for (var rest = length; rest > 0; rest >>= 8, octets++)
            {
                buffer[--start] = (byte)rest;
            }

            buffer[--start] = (byte)(0x80 | octets);
        }

        buffer[--start] = tag;
    }

    private void Arc(uint arc)
    {
        buffer[--start] = (byte)(arc & 0x7F);
        for (var rest = arc >> 7; rest > 0; rest >>= 7)
        {
            buffer[--start] = (byte)(0x80 | (rest & 0x7F));
        }
    }
}
