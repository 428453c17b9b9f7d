namespace EdgeDcim.Protocols.Snmp.Ber;

/// <summary>The contents octets of integers (X.690 section 8.3), read as agents write them rather than as they should.</summary>
internal static class BerIntegers
{
    /// <summary>Two's complement, 1 to 8 octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out long number)
    {
        number = 0;
        if (octets.Length is 0 or > 8)
        {
            return false;
        }

        number = (sbyte)octets[0];
        foreach (var octet in octets[1..])
        {
            number = (number << 8) | octet;
        }

        return true;
    }

    /// <summary>
    /// Unsigned in 32 bits. Agents exist that leave out the leading zero octet, so that a large counter looks negative, and some that sign-extend
    /// it: both mean the low 32 bits.
    /// </summary>
    public static bool TryReadUnsigned32(ReadOnlySpan<byte> octets, out long number)
    {
        if (!TryRead(octets, out number) || number is > uint.MaxValue or < int.MinValue)
        {
            return false;
        }

        number = (uint)number;
        return true;
    }

    /// <summary>Unsigned in 64 bits: up to 8 octets, or 9 of which the first is zero.</summary>
    public static bool TryReadUnsigned64(ReadOnlySpan<byte> octets, out ulong number)
    {
        number = 0;
        if (octets.Length is 0 or > 9 || (octets.Length == 9 && octets[0] != 0))
        {
            return false;
        }

        foreach (var octet in octets)
        {
            number = (number << 8) | octet;
        }

        return true;
    }
}
