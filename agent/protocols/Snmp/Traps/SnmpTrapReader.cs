using System.Net;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Snmp.Traps;

/// <summary>The notification inside a PDU.</summary>
internal static class SnmpTrapReader
{
    /// <summary>The generic trap of SNMPv1 that means: see the specific one (RFC 1157 section 4.1.6).</summary>
    private const int EnterpriseSpecific = 6;

    private static readonly Oid UpTime = Oid.Parse("1.3.6.1.2.1.1.3.0");
    private static readonly Oid TrapOid = Oid.Parse("1.3.6.1.6.3.1.1.4.1.0");

    /// <summary>RFC 3584 section 3.1: where a proxy puts the address of an SNMPv1 agent.</summary>
    private static readonly Oid TrapAddress = Oid.Parse("1.3.6.1.6.3.18.1.3.0");

    /// <summary>coldStart to egpNeighborLoss: RFC 3418 gives the generic traps of SNMPv1 the numbers from 1.</summary>
    private static readonly Oid GenericTraps = Oid.Parse("1.3.6.1.6.3.1.1.5");

    /// <summary>A Trap-PDU of SNMPv1 (RFC 1157 section 4.1.6) at the reader's position; null with a problem in the reader.</summary>
    public static SnmpNotification? ReadV1(ReadOnlySpan<byte> datagram, ref BerReader reader, IPEndPoint source, DateTimeOffset at)
    {
        var outer = reader.Enter(BerTag.TrapV1);
        if (!BerOids.TryRead(reader.Octets(BerTag.ObjectIdentifier), out var enterprise))
        {
            reader.Fail("an enterprise that cannot be read");
        }

        var address = reader.Octets(BerTag.IpAddress);
        var generic = reader.Integer32();
        var specific = reader.Integer32();
        if (!BerIntegers.TryReadUnsigned32(reader.Octets(BerTag.TimeTicks), out var upTime))
        {
            reader.Fail("a time stamp that cannot be read");
        }

        var varBinds = SnmpPdu.ReadVarBinds(ref reader);
        reader.Leave(outer);
        if (reader.Problem is not null || Variables(datagram[varBinds]) is not { } variables
            || generic is < 0 or > EnterpriseSpecific || enterprise.Arcs.Length > Oid.MaxArcs - 2)
        {
            return null;
        }

        return new SnmpNotification
        {
            Source = source,
            Version = SnmpVersion.V1,
            Trap = generic == EnterpriseSpecific ? enterprise.Append(0, (uint)specific) : GenericTraps.Append((uint)generic + 1),
            UpTime = (uint)upTime,
            Variables = variables,
            AgentAddress = address.Length == 4 ? new IPAddress(address) : null,
            ReceivedAt = at,
        };
    }

    /// <summary>An SNMPv2-Trap or InformRequest (RFC 3416 section 4.2.6): uptime and trap OID come first. Null when they do not.</summary>
    public static SnmpNotification? ReadV2(ReadOnlySpan<byte> datagram, in SnmpPdu pdu, SnmpVersion version, IPEndPoint source, DateTimeOffset at)
    {
        if (pdu.Kind is not (BerTag.Trap or BerTag.Inform) || Variables(datagram[pdu.VarBinds]) is not { Count: >= 2 } variables
            || variables[0].Oid != UpTime || variables[1].Oid != TrapOid || variables[1].Value.Type != SnmpType.ObjectIdentifier)
        {
            return null;
        }

        var origin = variables.FirstOrDefault(variable => variable.Oid == TrapAddress && variable.Value.Bytes.Length == 4).Value;
        return new SnmpNotification
        {
            Source = source,
            Version = version,
            Trap = variables[1].Value.ObjectIdentifier,
            UpTime = (uint)variables[0].Value.Unsigned,
            Variables = variables[2..],
            IsInform = pdu.Kind == BerTag.Inform,
            AgentAddress = origin.HasValue ? new IPAddress(origin.Bytes.Span) : null,
            ReceivedAt = at,
        };
    }

    private static List<SnmpVariable>? Variables(ReadOnlySpan<byte> varBinds)
    {
        var found = new List<SnmpVariable>();
        var reader = new VarBindReader(varBinds);
        while (reader.Next(out var variable))
        {
            found.Add(variable);
        }

        return reader.Problem is null ? found : null;
    }
}
