using EdgeDcim.Protocols.Snmp.Ber;

namespace EdgeDcim.Protocols.Snmp.Wire;

/// <summary>The head of a PDU (RFC 3416 section 3) and where its variable bindings stand in the datagram.</summary>
internal readonly record struct SnmpPdu(byte Kind, int RequestId, int ErrorStatus, int ErrorIndex, Range VarBinds)
{
    /// <summary>Every PDU but the Trap of SNMPv1, which is built differently.</summary>
    public static SnmpPdu Read(ref BerReader reader)
    {
        var kind = reader.NextTag;
        if (kind is < BerTag.Get or > BerTag.Report or BerTag.TrapV1)
        {
            reader.Fail("something else than a PDU");
        }

        var outer = reader.Enter(kind);
        var id = reader.Integer32();
        var status = reader.Integer32();
        var index = reader.Integer32();
        var varBinds = ReadVarBinds(ref reader);
        reader.Leave(outer);
        return new SnmpPdu(kind, id, status, index, varBinds);
    }

    public static Range ReadVarBinds(ref BerReader reader)
    {
        var outer = reader.Enter(BerTag.Sequence);
        var start = reader.Position;
        reader.Rest();
        var end = reader.Position;
        reader.Leave(outer);
        return start..end;
    }
}
