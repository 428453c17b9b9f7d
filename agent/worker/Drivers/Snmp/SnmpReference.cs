using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>An object that a profile names: a scalar instance, or a column whose row has the index of the point's own.</summary>
internal sealed record SnmpReference(Oid Oid, bool IsColumn);
