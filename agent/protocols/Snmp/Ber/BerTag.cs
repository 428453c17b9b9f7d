namespace EdgeDcim.Protocols.Snmp.Ber;

/// <summary>The identifier octets that SNMP uses (RFC 1157, RFC 3416, RFC 2578; X.690 section 8.1.2).</summary>
internal static class BerTag
{
    public const byte Integer = 0x02;
    public const byte OctetString = 0x04;
    public const byte Null = 0x05;
    public const byte ObjectIdentifier = 0x06;
    public const byte Sequence = 0x30;

    public const byte IpAddress = 0x40;
    public const byte Counter32 = 0x41;
    public const byte Gauge32 = 0x42;
    public const byte TimeTicks = 0x43;
    public const byte Opaque = 0x44;

    /// <summary>RFC 1442's NsapAddress, obsolete, still sent by old agents.</summary>
    public const byte NsapAddress = 0x45;
    public const byte Counter64 = 0x46;

    /// <summary>RFC 1442's UInteger32, obsolete, the same as Gauge32.</summary>
    public const byte UInteger32 = 0x47;

    public const byte NoSuchObject = 0x80;
    public const byte NoSuchInstance = 0x81;
    public const byte EndOfMibView = 0x82;

    public const byte Get = 0xA0;
    public const byte GetNext = 0xA1;
    public const byte Response = 0xA2;
    public const byte TrapV1 = 0xA4;
    public const byte GetBulk = 0xA5;
    public const byte Inform = 0xA6;
    public const byte Trap = 0xA7;
    public const byte Report = 0xA8;
}
