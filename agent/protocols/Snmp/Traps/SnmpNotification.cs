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

    /// <summary>The user of SNMPv3, else null.</summary>
    public string? User { get; init; }

    /// <summary>Which of the communities that the listener believes it bore, by its place in the options; null for any other and for SNMPv3. The text is not told.</summary>
    public int? Community { get; init; }

    /// <summary>The engine that speaks: of an SNMPv3 trap the one that vouches for it, of an inform the one of its context. Empty for SNMPv1 and v2c.</summary>
    public ReadOnlyMemory<byte> EngineId { get; init; }

    /// <summary>The device that an SNMPv1 trap or a proxy names as its origin, else null.</summary>
    public IPAddress? AgentAddress { get; init; }

    /// <summary>
    /// False when an SNMPv3 trap is older than what its sender said before: either it is played back by somebody, or the sender lost its boots
    /// counter. It cannot be told from a trap which; polling the sender can. True for everything else.
    /// </summary>
    public bool IsTimely { get; init; } = true;

    public required DateTimeOffset ReceivedAt { get; init; }
}
