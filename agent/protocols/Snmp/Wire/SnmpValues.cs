using EdgeDcim.Protocols.Snmp.Ber;

namespace EdgeDcim.Protocols.Snmp.Wire;

/// <summary>The value part of a variable binding.</summary>
internal static class SnmpValues
{
    /// <summary>Allocates for strings and OIDs only.</summary>
    public static bool TryRead(byte tag, ReadOnlySpan<byte> content, out SnmpValue value)
    {
        value = default;
        switch (tag)
        {
            case BerTag.Integer:
                return BerIntegers.TryRead(content, out var signed) && Found(SnmpValue.FromWire(SnmpType.Integer32, signed), out value);
            case BerTag.Counter32:
                return TryUnsigned32(SnmpType.Counter32, content, out value);
            case BerTag.Gauge32 or BerTag.UInteger32:
                return TryUnsigned32(SnmpType.Gauge32, content, out value);
            case BerTag.TimeTicks:
                return TryUnsigned32(SnmpType.TimeTicks, content, out value);
            case BerTag.Counter64:
                return BerIntegers.TryReadUnsigned64(content, out var large) && Found(SnmpValue.FromWire(SnmpType.Counter64, (long)large), out value);
            case BerTag.OctetString or BerTag.NsapAddress:
                return Found(SnmpValue.OfBytes(SnmpType.OctetString, content), out value);
            case BerTag.IpAddress:
                return Found(SnmpValue.OfBytes(SnmpType.IpAddress, content), out value);
            case BerTag.Opaque:
                return Found(SnmpValue.OfBytes(SnmpType.Opaque, content), out value);
            case BerTag.ObjectIdentifier:
                return BerOids.TryRead(content, out var oid) && Found(SnmpValue.OfObjectIdentifier(oid), out value);
            case BerTag.Null:
                return true;
            case BerTag.NoSuchObject:
                return Found(SnmpValue.Absent(SnmpType.NoSuchObject), out value);
            case BerTag.NoSuchInstance:
                return Found(SnmpValue.Absent(SnmpType.NoSuchInstance), out value);
            case BerTag.EndOfMibView:
                return Found(SnmpValue.Absent(SnmpType.EndOfMibView), out value);
            default:
                return false;
        }
    }

    private static bool TryUnsigned32(SnmpType type, ReadOnlySpan<byte> content, out SnmpValue value)
    {
        var readable = BerIntegers.TryReadUnsigned32(content, out var number);
        value = SnmpValue.FromWire(type, number);
        return readable;
    }

    private static bool Found(SnmpValue found, out SnmpValue value)
    {
        value = found;
        return true;
    }
}
