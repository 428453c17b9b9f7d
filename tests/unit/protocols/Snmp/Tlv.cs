using System.Text;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>BER as a tree, written apart from the client's codec so that the two check each other.</summary>
internal sealed record Tlv(byte Tag, byte[] Content)
{
    public IReadOnlyList<Tlv> Children => ParseAll(Content);

    public long Number => Content.Aggregate((long)(sbyte)Content[0] >> 8, (number, octet) => (number << 8) | octet);

    public string Oid
    {
        get
        {
            var arcs = new List<ulong>();
            ulong arc = 0;
            foreach (var octet in Content)
            {
                arc = (arc << 7) | (octet & 0x7Fu);
                if (octet < 0x80)
                {
                    arcs.Add(arc);
                    arc = 0;
                }
            }

            var first = Math.Min(arcs[0] / 40, 2);
            return string.Join('.', arcs.Skip(1).Prepend(arcs[0] - (first * 40)).Prepend(first));
        }
    }

    public static Tlv Parse(byte[] bytes) => ParseAll(bytes).Single();

    public static byte[] Of(byte tag, params byte[][] parts)
    {
        var content = parts.SelectMany(part => part).ToArray();
        byte[] length = content.Length < 128 ? [(byte)content.Length] : [0x82, (byte)(content.Length >> 8), (byte)content.Length];
        return [tag, .. length, .. content];
    }

    public static byte[] Integer(long number, byte tag = 0x02)
    {
        var octets = new List<byte>();
        for (var shift = 56; shift >= 0; shift -= 8)
        {
            octets.Add((byte)(number >> shift));
        }

        while (octets.Count > 1 && ((octets[0] == 0 && octets[1] < 0x80) || (octets[0] == 0xFF && octets[1] >= 0x80)))
        {
            octets.RemoveAt(0);
        }

        return Of(tag, [.. octets]);
    }

    public static byte[] Text(string text) => Of(0x04, Encoding.UTF8.GetBytes(text));

    public static byte[] ObjectId(string dotted)
    {
        var arcs = dotted.Split('.').Select(ulong.Parse).ToArray();
        var octets = new List<byte>();
        foreach (var arc in arcs.Skip(2).Prepend((arcs[0] * 40) + arcs[1]))
        {
            var groups = new List<byte> { (byte)(arc & 0x7F) };
            for (var rest = arc >> 7; rest > 0; rest >>= 7)
            {
                groups.Insert(0, (byte)((rest & 0x7F) | 0x80));
            }

            octets.AddRange(groups);
        }

        return Of(0x06, [.. octets]);
    }

    public static byte[] VarBind(string oid, byte[] value) => Of(0x30, ObjectId(oid), value);

    public static byte[] Response(int version, string community, long id, int status, int index, params byte[][] varBinds) =>
        Of(0x30, Integer(version), Text(community), Of(0xA2, Integer(id), Integer(status), Integer(index), Of(0x30, varBinds)));

    private static List<Tlv> ParseAll(byte[] bytes)
    {
        var found = new List<Tlv>();
        for (var at = 0; at < bytes.Length;)
        {
            var tag = bytes[at++];
            int length = bytes[at++];
            if (length >= 0x80)
            {
                var octets = length & 0x7F;
                length = 0;
                while (octets-- > 0)
                {
                    length = (length << 8) | bytes[at++];
                }
            }

            found.Add(new Tlv(tag, bytes[at..(at + length)]));
            at += length;
        }

        return found;
    }
}
