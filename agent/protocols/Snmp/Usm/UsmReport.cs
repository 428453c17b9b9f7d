using EdgeDcim.Protocols.Snmp.Ber;

namespace EdgeDcim.Protocols.Snmp.Usm;

/// <summary>What the other side had to say about our message instead of an answer: the counters of RFC 3414 section 5, RFC 3412 section 5 and RFC 3413 section 5.1.</summary>
internal enum UsmReport
{
    Unknown,
    UnsupportedSecurityLevel,
    NotInTimeWindow,
    UnknownUser,
    UnknownEngineId,
    WrongDigest,
    DecryptionError,
    UnknownContext,
}

internal static class UsmReports
{
    private static readonly Oid UsmStats = Oid.Parse("1.3.6.1.6.3.15.1.1");
    private static readonly Oid TargetStats = Oid.Parse("1.3.6.1.6.3.12.1");

    /// <summary>The scalar whose value a report carries.</summary>
    public static Oid OidOf(UsmReport report) => UsmStats.Append((uint)report, 0);

    public static UsmReport KindOf(ReadOnlySpan<byte> encodedOid)
    {
        if (!BerOids.TryRead(encodedOid, out var oid))
        {
            return UsmReport.Unknown;
        }

        var arcs = oid.Arcs;
        if (oid.StartsWith(UsmStats) && arcs.Length > UsmStats.Arcs.Length && arcs[UsmStats.Arcs.Length] <= (uint)UsmReport.DecryptionError)
        {
            return (UsmReport)arcs[UsmStats.Arcs.Length];
        }

        // snmpUnavailableContexts (4) and snmpUnknownContexts (5).
        return oid.StartsWith(TargetStats) && arcs.Length > TargetStats.Arcs.Length && arcs[TargetStats.Arcs.Length] is 4 or 5
            ? UsmReport.UnknownContext
            : UsmReport.Unknown;
    }
}
