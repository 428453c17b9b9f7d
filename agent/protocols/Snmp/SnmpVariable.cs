namespace EdgeDcim.Protocols.Snmp;

/// <summary>One object instance and what the agent said about it.</summary>
public readonly record struct SnmpVariable(Oid Oid, SnmpValue Value);
