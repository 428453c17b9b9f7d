using EdgeDcim.Protocols.Snmp.Ber;

namespace EdgeDcim.Protocols.Snmp.Wire;

/// <summary>What is asked, before an id, a community or a key is put around it: encoded anew for every attempt.</summary>
/// <param name="Kind">GET, GETNEXT or GETBULK. Nothing in this folder knows the tag of a SET.</param>
/// <param name="VarBinds">The encoded variable bindings.</param>
/// <param name="First">The first OID, for messages.</param>
/// <param name="Count">How many variables are asked.</param>
/// <param name="NonRepeaters">Of GETBULK, else 0.</param>
/// <param name="Repetitions">max-repetitions of GETBULK, at least 1; else 0.</param>
internal readonly record struct SnmpRequest(byte Kind, ReadOnlyMemory<byte> VarBinds, Oid First, int Count, int NonRepeaters = 0, int Repetitions = 0)
{
    public void WritePdu(ref BerWriter writer, int id)
    {
        var mark = writer.Length;
        writer.Raw(VarBinds.Span);
        writer.Close(BerTag.Sequence, mark);
        writer.Integer(Repetitions);
        writer.Integer(NonRepeaters);
        writer.Integer(id);
        writer.Close(Kind, mark);
    }

    public override string ToString()
    {
        var verb = Kind switch
        {
            BerTag.Get => "GET",
            BerTag.GetNext => "GETNEXT",
            _ => $"GETBULK({Repetitions})",
        };
        return Count > 1 ? $"{verb} {First} and {Count - 1} more" : $"{verb} {First}";
    }
}
