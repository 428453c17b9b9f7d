using EdgeDcim.Protocols.Snmp.Ber;

namespace EdgeDcim.Protocols.Snmp.Wire;

/// <summary>Goes through the variable bindings of an answer where they lie in the datagram.</summary>
internal ref struct VarBindReader(ReadOnlySpan<byte> varBinds)
{
    private BerReader reader = new(varBinds);

    public readonly string? Problem => reader.Problem;

    /// <summary>The encoded OID and the value's tag and contents; false at the end or at the first fault.</summary>
    public bool Next(out ReadOnlySpan<byte> oid, out byte tag, out ReadOnlySpan<byte> content)
    {
        oid = content = default;
        tag = 0;
        if (reader.AtEnd)
        {
            return false;
        }

        var outer = reader.Enter(BerTag.Sequence);
        oid = reader.Octets(BerTag.ObjectIdentifier);
        content = reader.Element(out tag);
        reader.Leave(outer);
        return reader.Problem is null;
    }

    /// <summary>The same, decoded.</summary>
    public bool Next(out SnmpVariable variable)
    {
        variable = default;
        if (!Next(out var encodedOid, out var tag, out var content))
        {
            return false;
        }

        if (!BerOids.TryRead(encodedOid, out var oid))
        {
            reader.Fail("an OID that cannot be read");
            return false;
        }

        if (!SnmpValues.TryRead(tag, content, out var value))
        {
            reader.Fail($"a value of {oid} that cannot be read (tag 0x{tag:X2}, {content.Length} octets)");
            return false;
        }

        variable = new SnmpVariable(oid, value);
        return true;
    }
}
