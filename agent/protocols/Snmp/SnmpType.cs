namespace EdgeDcim.Protocols.Snmp;

/// <summary>What a value is: the types of RFC 2578 section 2 and the three exceptions of RFC 3416 section 3.</summary>
public enum SnmpType : byte
{
    /// <summary>No value: the placeholder of a request, or what an agent gave for a variable that it failed to read.</summary>
    Null,
    Integer32,
    OctetString,
    ObjectIdentifier,
    IpAddress,
    Counter32,
    Gauge32,
    TimeTicks,
    Opaque,
    Counter64,
    NoSuchObject,
    NoSuchInstance,
    EndOfMibView,
}
