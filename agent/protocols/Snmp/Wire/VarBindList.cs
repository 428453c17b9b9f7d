using EdgeDcim.Protocols.Snmp.Ber;

namespace EdgeDcim.Protocols.Snmp.Wire;

/// <summary>The variable bindings of requests, encoded once: any run of them is a slice.</summary>
internal sealed class VarBindList
{
    /// <summary>A request larger than this is split: it has to fit an agent's buffer, not only ours.</summary>
    private const int MaxRequestBytes = 4096;

    /// <summary>SEQUENCE and OID headers with long lengths, and the NULL.</summary>
    private const int OverheadBytes = 12;

    /// <summary>A 32-bit arc needs five octets of seven bits.</summary>
    private const int MaxArcBytes = 5;

    private readonly byte[] encoded;
    private readonly int[] starts;
    private readonly Range[] oids;

    public VarBindList(IReadOnlyList<Oid> requested)
    {
        Oids = requested;
        starts = new int[requested.Count + 1];
        oids = new Range[requested.Count];
        var bytes = new List<byte>(requested.Count * 24);
        Span<byte> buffer = stackalloc byte[(Oid.MaxArcs * MaxArcBytes) + OverheadBytes];
        for (var i = 0; i < requested.Count; i++)
        {
            var writer = new BerWriter(buffer);
            writer.Octets(BerTag.Null, default);
            var behindOid = writer.Length;
            writer.Oid(requested[i]);
            var oidLength = writer.Length - behindOid;
            writer.Close(BerTag.Sequence, 0);
            bytes.AddRange(writer.Written);
            starts[i + 1] = bytes.Count;
            oids[i] = ContentOf(bytes.Count - behindOid - oidLength, bytes.Count - behindOid, writer.Written[^(behindOid + oidLength)..]);
        }

        encoded = [.. bytes];
    }

    public IReadOnlyList<Oid> Oids { get; }

    public int Count => oids.Length;

    public ReadOnlySpan<byte> EncodedOid(int index) => encoded.AsSpan(oids[index]);

    /// <summary>How many variables from a position on fit into one request, at least one.</summary>
    public int Fit(int position, int limit)
    {
        var count = Math.Min(limit, Count - position);
        while (count > 1 && starts[position + count] - starts[position] > MaxRequestBytes)
        {
            count /= 2;
        }

        return count;
    }

    public SnmpRequest Request(byte kind, int position, int count) =>
        new(kind, encoded.AsMemory(starts[position]..starts[position + count]), Oids[position], count);

    /// <summary>The octets of the OID without tag and length.</summary>
    private static Range ContentOf(int start, int end, ReadOnlySpan<byte> element)
    {
        var headerLength = element[1] < 0x80 ? 2 : 2 + (element[1] & 0x7F);
        return (start + headerLength)..end;
    }
}
