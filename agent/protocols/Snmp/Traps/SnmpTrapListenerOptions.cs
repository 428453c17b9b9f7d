using System.Net;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>Where to listen for traps and whom to believe.</summary>
public sealed class SnmpTrapListenerOptions
{
    /// <summary>The port that traps are sent to (RFC 3417 section 3.1).</summary>
    public const int DefaultPort = 162;

    /// <summary>As a community: any.</summary>
    public const string AnyCommunity = "*";

    /// <summary>Loopback unless said otherwise; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, DefaultPort);

    /// <summary>The communities of SNMPv1 and v2c that are believed; none: then only SNMPv3 is.</summary>
    public IReadOnlyList<string> Communities { get; init; } = [];

    /// <summary>The users of SNMPv3 that are believed, each at its own security level or a higher one.</summary>
    public IReadOnlyList<SnmpUser> Users { get; init; } = [];

    /// <summary>Our engine id, 5 to 32 octets, to which informs are addressed; null makes a new one, which senders discover.</summary>
    public byte[]? EngineId { get; init; }

    /// <summary>How often this engine id began, at least 1: whoever keeps an engine id counts this up at every start.</summary>
    public int EngineBoots { get; init; } = 1;

    /// <summary>
    /// Takes each notification at once, on the receiving thread and in place of the queue: it must neither block nor throw. False when it was not
    /// taken: an inform is then not confirmed, and its sender sends it again.
    /// </summary>
    public Func<SnmpNotification, bool>? Take { get; init; }

    /// <summary>Notifications that wait to be read; what comes beyond is dropped and counted, an inform is then not confirmed.</summary>
    public int Capacity { get; init; } = 1024;
}
