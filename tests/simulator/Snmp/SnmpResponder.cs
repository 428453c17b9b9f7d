using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Simulator.Snmp;

/// <summary>Answers one SNMP message (v1: RFC 1157, v2c: RFC 1901 and 3416). GET, GETNEXT and GETBULK only; a SET is refused.</summary>
internal sealed class SnmpResponder(Mib mib, string community)
{
    /// <summary>Largest answer, as of an agent that stays within one Ethernet frame.</summary>
    public const int MaxMessage = 1472;

    private const byte Get = 0xA0;
    private const byte GetNext = 0xA1;
    private const byte Response = 0xA2;
    private const byte Set = 0xA3;
    private const byte GetBulk = 0xA5;

    private const int TooBig = 1;
    private const int NoSuchName = 2;
    private const int NoAccess = 6;

    // Exceptions of RFC 3416 that stand in the place of a value.
    private static readonly byte[] NullValue = [Ber.Null, 0];
    private static readonly byte[] NoSuchObject = [0x80, 0];
    private static readonly byte[] EndOfMibView = [0x82, 0];

    /// <summary>The answer, or null where a real agent keeps silent: wrong community, unknown version, malformed message.</summary>
    public byte[]? Answer(ReadOnlySpan<byte> message, HallState state)
    {
        try
        {
            var outer = new BerReader(message).Enter(Ber.Sequence);
            var version = outer.NextInt32();
            var given = outer.Next(out var tag);
            if (version is not (0 or 1) || tag != Ber.OctetString || !given.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(community)))
            {
                return null;
            }

            var pdu = new BerReader(outer.Next(out var type));
            var request = pdu.NextInt32();
            var second = pdu.NextInt32();
            var third = pdu.NextInt32();
            var list = pdu.Enter(Ber.Sequence);
            var oids = new List<Oid>();
            var asked = new List<byte[]>();
            while (!list.AtEnd)
            {
                var bind = list.Enter(Ber.Sequence);
                oids.Add(bind.NextOid());
                asked.Add(Ber.Octets(bind.Next(out var valueTag), valueTag));
            }

            var answer = type switch
            {
                Get or GetNext => Single(type == GetNext, version, oids, state),
                GetBulk when version == 1 => Bulk(Math.Max(0, second), Math.Max(0, third), oids, state),
                Set => new(Echo(oids, asked), version == 0 ? NoSuchName : NoAccess, oids.Count > 0 ? 1 : 0),
                _ => null,
            };
            return answer is null ? null : Encode(version, request, answer.Value, oids);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private Reply? Single(bool next, int version, List<Oid> oids, HallState state)
    {
        var binds = new List<byte[]>(oids.Count);
        for (var i = 0; i < oids.Count; i++)
        {
            var (oid, value) = Find(next, oids[i], state);
            if (version == 0 && (value is null || value[0] == Mib.Counter64))
            {
                return new(Echo(oids, null), NoSuchName, i + 1);
            }

            binds.Add(Bind(oid, value ?? (next ? EndOfMibView : NoSuchObject)));
        }

        return new(binds, 0, 0);
    }

    private (Oid Oid, byte[]? Value) Find(bool next, Oid oid, HallState state)
    {
        if (!next)
        {
            return (oid, mib.Get(oid, state));
        }

        var found = mib.Next(oid, state);
        return found is { } f ? (f.Oid, f.Value) : (oid, null);
    }

    // RFC 3416 4.2.3: the first variables once, the others repeated; as many as fit, and no further once all are past the end.
    private Reply? Bulk(int nonRepeaters, int repetitions, List<Oid> oids, HallState state)
    {
        var binds = new List<byte[]>();
        var room = MaxMessage - Overhead;
        bool Add(byte[] bind)
        {
            room -= bind.Length;
            if (room >= 0)
            {
                binds.Add(bind);
            }

            return room >= 0;
        }

        var once = Math.Min(nonRepeaters, oids.Count);
        for (var i = 0; i < once; i++)
        {
            var (oid, value) = Find(next: true, oids[i], state);
            if (!Add(Bind(oid, value ?? EndOfMibView)))
            {
                return new(binds, 0, 0);
            }
        }

        var cursors = oids.Skip(once).ToArray();
        for (var row = 0; row < repetitions && cursors.Length > 0; row++)
        {
            var ended = 0;
            for (var i = 0; i < cursors.Length; i++)
            {
                var (oid, value) = Find(next: true, cursors[i], state);
                cursors[i] = oid;
                ended += value is null ? 1 : 0;
                if (!Add(Bind(oid, value ?? EndOfMibView)))
                {
                    return new(binds, 0, 0);
                }
            }

            if (ended == cursors.Length)
            {
                break;
            }
        }

        return new(binds, 0, 0);
    }

    private byte[] Encode(int version, int request, Reply reply, List<Oid> oids)
    {
        var message = Wrap(version, request, reply);
        if (message.Length <= MaxMessage)
        {
            return message;
        }

        // v1 repeats the request's names, v2c sends an empty list (RFC 3416 4.2.1).
        return Wrap(version, request, new(version == 0 ? Echo(oids, null) : [], TooBig, 0));
    }

    private byte[] Wrap(int version, int request, Reply reply) => Ber.Tlv(
        Ber.Sequence,
        Ber.Number(version),
        Ber.Octets(System.Text.Encoding.ASCII.GetBytes(community)),
        Ber.Tlv(Response, Ber.Number(request), Ber.Number(reply.Error), Ber.Number(reply.Index), Ber.Tlv(Ber.Sequence, reply.Binds.ToArray())));

    // Tags and lengths of the three outer sequences, version, community, and three integers at their longest.
    private int Overhead => 40 + community.Length;

    private static List<byte[]> Echo(List<Oid> oids, List<byte[]>? values) => [.. oids.Select((oid, i) => Bind(oid, values?[i] ?? NullValue))];

    private static byte[] Bind(Oid oid, byte[] value) => Ber.Tlv(Ber.Sequence, Ber.Identifier(oid), value);

    private readonly record struct Reply(List<byte[]> Binds, int Error, int Index);
}
