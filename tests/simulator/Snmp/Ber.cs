namespace EdgeDcim.Simulator.Snmp;

/// <summary>The part of the Basic Encoding Rules (ITU-T X.690) that SNMP uses, for writing.</summary>
internal static class Ber
{
    public const byte Integer = 0x02;
    public const byte OctetString = 0x04;
    public const byte Null = 0x05;
    public const byte ObjectId = 0x06;
    public const byte Sequence = 0x30;

    public static byte[] Tlv(byte tag, params ReadOnlySpan<byte[]> parts)
    {
        var length = 0;
        foreach (var part in parts)
        {
            length += part.Length;
        }

        byte[] head = length switch
        {
            < 0x80 => [tag, (byte)length],
            < 0x100 => [tag, 0x81, (byte)length],
            _ => [tag, 0x82, (byte)(length >> 8), (byte)length],
        };
        var result = new byte[head.Length + length];
        head.CopyTo(result, 0);
        var at = head.Length;
        foreach (var part in parts)
        {
            part.CopyTo(result, at);
            at += part.Length;
        }

        return result;
    }

    /// <summary>Two's complement in the fewest octets; the unsigned types of SNMP take the same form and a leading zero where needed.</summary>
    public static byte[] Number(long value, byte tag = Integer)
    {
        var bytes = new List<byte>(9);
        do
        {
            bytes.Insert(0, (byte)value);
            value >>= 8;
        }
        while (!((value == 0 && bytes[0] < 0x80) || (value == -1 && bytes[0] >= 0x80)));
        return Tlv(tag, [.. bytes]);
    }

    public static byte[] Octets(ReadOnlySpan<byte> value, byte tag = OctetString) => Tlv(tag, value.ToArray());

    public static byte[] Identifier(Oid oid)
    {
        var bytes = new List<byte>();
        var arcs = oid.Arcs;
        AddArc(bytes, (arcs[0] * 40) + arcs[1]);
        for (var i = 2; i < arcs.Length; i++)
        {
            AddArc(bytes, arcs[i]);
        }

        return Tlv(ObjectId, [.. bytes]);
    }

    private static void AddArc(List<byte> bytes, uint arc)
    {
        var shift = 28;
        while (shift > 0 && arc >> shift == 0)
        {
            shift -= 7;
        }

        for (; shift > 0; shift -= 7)
        {
            bytes.Add((byte)(0x80 | ((arc >> shift) & 0x7F)));
        }

        bytes.Add((byte)(arc & 0x7F));
    }
}

/// <summary>Reads BER of definite length; anything malformed is a <see cref="FormatException"/>, upon which an agent stays silent.</summary>
internal ref struct BerReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public readonly bool AtEnd => _rest.IsEmpty;

    public ReadOnlySpan<byte> Next(out byte tag)
    {
        if (_rest.Length < 2)
        {
            throw new FormatException("BER ends within a header.");
        }

        tag = _rest[0];
        int length = _rest[1];
        var head = 2;
        if (length > 0x80)
        {
            var octets = length - 0x80;
            if (octets > 3 || _rest.Length < 2 + octets)
            {
                throw new FormatException("BER length out of range.");
            }

            length = 0;
            for (var i = 0; i < octets; i++)
            {
                length = (length << 8) | _rest[head++];
            }
        }
        else if (length == 0x80)
        {
            throw new FormatException("BER of indefinite length.");
        }

        if (length > _rest.Length - head)
        {
            throw new FormatException("BER value longer than the message.");
        }

        var value = _rest.Slice(head, length);
        _rest = _rest[(head + length)..];
        return value;
    }

    public BerReader Enter(byte tag)
    {
        var value = Next(out var found);
        return found == tag ? new(value) : throw new FormatException($"BER tag {found:x2} where {tag:x2} belongs.");
    }

    public int NextInt32()
    {
        var value = Next(out var tag);
        if (tag != Ber.Integer || value.IsEmpty || value.Length > 4)
        {
            throw new FormatException("Not a 32-bit integer.");
        }

        var result = (sbyte)value[0] < 0 ? -1 : 0;
        foreach (var octet in value)
        {
            result = (result << 8) | octet;
        }

        return result;
    }

    public Oid NextOid()
    {
        var value = Next(out var tag);
        if (tag != Ber.ObjectId || value.IsEmpty)
        {
            throw new FormatException("Not an object identifier.");
        }

        var arcs = new List<uint>();
        ulong arc = 0;
        foreach (var octet in value)
        {
            arc = (arc << 7) | (octet & 0x7Fu);
            if (arc > uint.MaxValue)
            {
                throw new FormatException("Object identifier arc above 32 bits.");
            }

            if (octet >= 0x80)
            {
                continue;
            }

            if (arcs.Count == 0)
            {
                arcs.Add(arc < 80 ? (uint)arc / 40 : 2);
                arcs.Add((uint)arc - (arcs[0] * 40));
            }
            else
            {
                arcs.Add((uint)arc);
            }

            arc = 0;
        }

        return new(arcs.ToArray());
    }
}
