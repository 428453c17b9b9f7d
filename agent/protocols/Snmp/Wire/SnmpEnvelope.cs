using EdgeDcim.Protocols.Snmp.Ber;

namespace EdgeDcim.Protocols.Snmp.Wire;

/// <summary>The outside of a message: what the receive loop needs to find the request that a datagram answers.</summary>
internal static class SnmpEnvelope
{
    /// <summary>
    /// Version and id of an answer without decoding the rest: the request-id of v1 and v2c, the msgID of v3. False for anything that cannot
    /// be an answer to one of our requests. A cut answer keeps its id, so that its request can say what is wrong with the agent.
    /// </summary>
    public static bool TryPeek(ReadOnlySpan<byte> datagram, out SnmpVersion version, out int id)
    {
        var reader = new BerReader(datagram);
        reader.EnterCut(BerTag.Sequence);
        version = (SnmpVersion)reader.Integer32();
        if (version == SnmpVersion.V3)
        {
            reader.EnterCut(BerTag.Sequence);
            id = reader.Integer32();
            return reader.Problem is null;
        }

        reader.Octets(BerTag.OctetString);
        reader.EnterCut(BerTag.Response);
        id = reader.Integer32();
        return reader.Problem is null && version is (SnmpVersion.V1 or SnmpVersion.V2c);
    }

    public static void Write(ref BerWriter writer, SnmpVersion version, ReadOnlySpan<byte> community, in SnmpRequest request, int id)
    {
        var mark = writer.Length;
        request.WritePdu(ref writer, id);
        writer.Octets(BerTag.OctetString, community);
        writer.Integer((int)version);
        writer.Close(BerTag.Sequence, mark);
    }

    /// <summary>The answer inside an SNMPv1 or v2c message.</summary>
    public static SnmpPdu ReadCommunityAnswer(ReadOnlySpan<byte> datagram, SnmpVersion expected, out string? problem)
    {
        var reader = new BerReader(datagram);
        reader.Enter(BerTag.Sequence);
        if (reader.Integer32() != (int)expected)
        {
            reader.Fail("another SNMP version than it was asked in");
        }

        reader.Octets(BerTag.OctetString);
        var pdu = SnmpPdu.Read(ref reader);
        if (pdu.Kind != BerTag.Response)
        {
            reader.Fail("a PDU that is no response");
        }

        problem = reader.Problem;
        return pdu;
    }
}
