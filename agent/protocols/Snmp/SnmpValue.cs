using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using EdgeDcim.Protocols.Snmp.Ber;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>One value as the agent gave it, numbers without an allocation.</summary>
public readonly struct SnmpValue : IEquatable<SnmpValue>
{
    private readonly object? content;
    private readonly ulong bits;

    private SnmpValue(SnmpType type, ulong bits, object? content)
    {
        Type = type;
        this.bits = bits;
        this.content = content;
    }

    public SnmpType Type { get; }

    /// <summary>False for Null, NoSuchObject, NoSuchInstance and EndOfMibView.</summary>
    public bool HasValue => Type is not (SnmpType.Null or SnmpType.NoSuchObject or SnmpType.NoSuchInstance or SnmpType.EndOfMibView);

    /// <summary>The number of Integer32 and of the unsigned types that fit; 0 for everything else.</summary>
    public long Integer => (long)bits;

    /// <summary>The number of Counter32, Gauge32, TimeTicks (hundredths of a second) and Counter64; 0 for what has no number.</summary>
    public ulong Unsigned => bits;

    /// <summary>The bytes of OctetString, IpAddress and Opaque; empty for everything else.</summary>
    public ReadOnlyMemory<byte> Bytes => content as byte[];

    /// <summary>The value of an ObjectIdentifier; empty for everything else.</summary>
    public Oid ObjectIdentifier => content is Oid oid ? oid : default;

    public static SnmpValue OfInteger(int number) => new(SnmpType.Integer32, (ulong)(long)number, null);

    /// <param name="type">Counter32, Gauge32, TimeTicks or Counter64.</param>
    /// <param name="number">At most 2^32 - 1 but for Counter64.</param>
    public static SnmpValue OfUnsigned(SnmpType type, ulong number) => type switch
    {
        SnmpType.Counter64 => new(type, number, null),
        SnmpType.Counter32 or SnmpType.Gauge32 or SnmpType.TimeTicks => new(type, checked((uint)number), null),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "has no unsigned number"),
    };

    /// <param name="type">OctetString, IpAddress or Opaque.</param>
    /// <param name="bytes">Copied.</param>
    public static SnmpValue OfBytes(SnmpType type, ReadOnlySpan<byte> bytes) => type is SnmpType.OctetString or SnmpType.IpAddress or SnmpType.Opaque
        ? new(type, 0, bytes.ToArray())
        : throw new ArgumentOutOfRangeException(nameof(type), type, "has no bytes");

    public static SnmpValue OfText(string text) => new(SnmpType.OctetString, 0, Encoding.UTF8.GetBytes(text));

    public static SnmpValue OfObjectIdentifier(Oid oid) => new(SnmpType.ObjectIdentifier, 0, oid);

    /// <summary>Null and the three exceptions.</summary>
    public static SnmpValue Absent(SnmpType type) => type is SnmpType.Null or SnmpType.NoSuchObject or SnmpType.NoSuchInstance or SnmpType.EndOfMibView
        ? new(type, 0, null)
        : throw new ArgumentOutOfRangeException(nameof(type), type, "is the type of a value");

    /// <summary>
    /// The value as a number: of the numeric types, of an OctetString that is a decimal number (with white space around or NUL after it), and of
    /// an Opaque that wraps a float, a double or a 64-bit integer (net-snmp's NET-SNMP-TC).
    /// </summary>
    public bool TryGetNumber(out double number)
    {
        switch (Type)
        {
            case SnmpType.Integer32:
                number = Integer;
                return true;
            case SnmpType.Counter32 or SnmpType.Gauge32 or SnmpType.TimeTicks or SnmpType.Counter64:
                number = bits;
                return true;
            case SnmpType.OctetString:
                return double.TryParse(Bytes.Span.Trim(" \t\r\n\0"u8), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
            case SnmpType.Opaque:
                return TryUnwrap(Bytes.Span, out number);
            default:
                number = 0;
                return false;
        }
    }

    /// <summary>The value for people: text when every byte is printable UTF-8 (NULs at the end cut off), else hexadecimal as <c>0A FF</c>.</summary>
    public string AsText() => Type switch
    {
        SnmpType.Integer32 => Integer.ToString(CultureInfo.InvariantCulture),
        SnmpType.Counter32 or SnmpType.Gauge32 or SnmpType.TimeTicks or SnmpType.Counter64 => bits.ToString(CultureInfo.InvariantCulture),
        SnmpType.OctetString => TextOf(Bytes.Span),
        SnmpType.ObjectIdentifier => ObjectIdentifier.ToString(),
        SnmpType.IpAddress when Bytes.Length == 4 => string.Join('.', Bytes.ToArray()),
        SnmpType.Opaque when TryUnwrap(Bytes.Span, out var number) => number.ToString("R", CultureInfo.InvariantCulture),
        SnmpType.IpAddress or SnmpType.Opaque => HexOf(Bytes.Span),
        _ => string.Empty,
    };

    public override string ToString() => HasValue ? $"{Type} {AsText()}" : Type.ToString();

    public bool Equals(SnmpValue other) => Type == other.Type && bits == other.bits && Bytes.Span.SequenceEqual(other.Bytes.Span)
        && ObjectIdentifier == other.ObjectIdentifier;

    public override bool Equals(object? obj) => obj is SnmpValue other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Type);
        hash.Add(bits);
        hash.AddBytes(Bytes.Span);
        hash.Add(ObjectIdentifier);
        return hash.ToHashCode();
    }

    public static bool operator ==(SnmpValue left, SnmpValue right) => left.Equals(right);

    public static bool operator !=(SnmpValue left, SnmpValue right) => !left.Equals(right);

    internal static SnmpValue FromWire(SnmpType type, long number) => new(type, (ulong)number, null);

    /// <summary>NET-SNMP-TC wraps a value in an Opaque as context tag 0x9F, a type byte, a length: 0x78 float, 0x79 double, 0x7A Integer64, 0x7B Unsigned64, 0x76 Counter64.</summary>
    private static bool TryUnwrap(ReadOnlySpan<byte> opaque, out double number)
    {
        number = 0;
        if (opaque.Length < 4 || opaque[0] != 0x9F || opaque[2] != opaque.Length - 3)
        {
            return false;
        }

        var inner = opaque[3..];
        switch (opaque[1])
        {
            case 0x78 when inner.Length == 4:
                number = BinaryPrimitives.ReadSingleBigEndian(inner);
                return true;
            case 0x79 when inner.Length == 8:
                number = BinaryPrimitives.ReadDoubleBigEndian(inner);
                return true;
            case 0x7A when BerIntegers.TryRead(inner, out var signed):
                number = signed;
                return true;
            case 0x7B or 0x76 when BerIntegers.TryReadUnsigned64(inner, out var unsigned):
                number = unsigned;
                return true;
            default:
                return false;
        }
    }

    private static string TextOf(ReadOnlySpan<byte> bytes)
    {
        var trimmed = bytes.TrimEnd((byte)0);
        Span<char> letters = trimmed.Length <= 256 ? stackalloc char[256] : new char[trimmed.Length];
        if (!Encoding.UTF8.TryGetChars(trimmed, letters, out var count))
        {
            return HexOf(bytes);
        }

        foreach (var letter in letters[..count])
        {
            if ((char.IsControl(letter) && letter is not ('\r' or '\n' or '\t')) || letter == '\uFFFD')
            {
                return HexOf(bytes);
            }
        }

        return new string(letters[..count]);
    }

    private static string HexOf(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 3);
        foreach (var octet in bytes)
        {
            text.Append(text.Length > 0 ? " " : string.Empty).Append(CultureInfo.InvariantCulture, $"{octet:X2}");
        }

        return text.ToString();
    }
}
