using System.Net;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>A trap or an inform, in the form of SNMPv2 whatever it came as.</summary>
public sealed record SnmpNotification
{
    /// <summary>Who sent the datagram.</summary>
    public required IPEndPoint Source { get; init; }

    public required SnmpVersion Version { get; init; }

    /// <summary>What happened: snmpTrapOID; of an SNMPv1 trap made as RFC 3584 section 3.1 says.</summary>
    public required Oid Trap { get; init; }

    /// <summary>How long the sender had been up, in hundredths of a second.</summary>
    public required uint UpTime { get; init; }

    /// <summary>What the trap says about it, without uptime and trap OID.</summary>
    public required IReadOnlyList<SnmpVariable> Variables { get; init; }

    /// <summary>It was confirmed.</summary>
    public bool IsInform { get; init; }

    /// <summary>The user of SNMPv3, else null. Communities are not told.</summary>
    public string? User { get; init; }

    /// <summary>The device that an SNMPv1 trap or a proxy names as its origin, else null.</summary>
    public IPAddress? AgentAddress { get; init; }

    /// <summary>
    /// False when an SNMPv3 trap is older than what its sender said before: either it is played back by somebody, or the sender lost its boots
    /// counter. It cannot be told from a trap which; polling the sender can. True for everything else.
    /// </summary>
    public bool IsTimely { get; init; } = true;

    public required DateTimeOffset ReceivedAt { get; init; }
}
