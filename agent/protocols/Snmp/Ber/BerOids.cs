namespace EdgeDcim.Protocols.Snmp.Ber;

/// <summary>The contents octets of object identifiers (X.690 section 8.19).</summary>
internal static class BerOids
{
    /// <summary>Reads arcs of up to 32 bits, at most 128 of them. No octets at all mean 0.0, as old agents write it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out Oid oid)
    {
        Span<uint> arcs = stackalloc uint[Oid.MaxArcs];
        var count = 0;
        ulong arc = 0;
        var inside = false;
        foreach (var octet in octets)
        {
            arc = (arc << 7) | (uint)(octet & 0x7F);
            inside = (octet & 0x80) != 0;
            if (arc > uint.MaxValue || count == arcs.Length)
            {
                oid = default;
                return false;
            }

            if (inside)
            {
                continue;
            }

            if (count == 0)
            {
                arcs[0] = (uint)Math.Min(arc / 40, 2);
                arcs[1] = (uint)arc - (arcs[0] * 40);
                count = 2;
            }
            else
            {
                arcs[count++] = (uint)arc;
            }

            arc = 0;
        }

        oid = inside ? default : Oid.FromWire(count == 0 ? [0, 0] : arcs[..count]);
        return !inside;
    }
}
