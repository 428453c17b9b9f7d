using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>An object identifier: immutable, compared arc by arc, so that its order is the order in which an agent walks.</summary>
public readonly struct Oid : IEquatable<Oid>, IComparable<Oid>
{
    /// <summary>RFC 2578 section 3.5: at most 128 sub-identifiers.</summary>
    public const int MaxArcs = 128;

    private readonly uint[]? arcs;

    /// <exception cref="ArgumentException">Fewer than 2 or more than 128 arcs, or a first or second arc that X.660 does not know.</exception>
    public Oid(params ReadOnlySpan<uint> arcs)
    {
        if (!IsEncodable(arcs))
        {
            throw new ArgumentException($"an OID has 2 to {MaxArcs} arcs, the first is 0 to 2, the second below 40 unless the first is 2; got '{Join(arcs)}'", nameof(arcs));
        }

        this.arcs = arcs.ToArray();
    }

    private Oid(uint[] arcs) => this.arcs = arcs;

    public ReadOnlySpan<uint> Arcs => arcs;

    /// <summary>The default value: names nothing.</summary>
    public bool IsEmpty => arcs is null or { Length: 0 };

    /// <summary>Reads <c>1.3.6.1.2.1</c>, with or without a leading dot.</summary>
    /// <exception cref="FormatException">The text is no OID.</exception>
    public static Oid Parse(string text) => TryParse(text, out var oid)
        ? oid
        : throw new FormatException($"'{text}' is no OID; write numbers with dots between, such as 1.3.6.1.2.1.1.3.0");

    public static bool TryParse(string? text, out Oid oid)
    {
        oid = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var rest = text.AsSpan(text[0] == '.' ? 1 : 0);
        Span<uint> found = stackalloc uint[MaxArcs];
        var count = 0;
        foreach (var range in rest.Split('.'))
        {
            if (count == MaxArcs || !uint.TryParse(rest[range], NumberStyles.None, CultureInfo.InvariantCulture, out found[count]))
            {
                return false;
            }

            count++;
        }

        if (!IsEncodable(found[..count]))
        {
            return false;
        }

        oid = new Oid(found[..count].ToArray());
        return true;
    }

    /// <summary>True for the prefix itself too.</summary>
    public bool StartsWith(Oid prefix) => Arcs.StartsWith(prefix.Arcs);

    /// <exception cref="ArgumentException">The result would have more than 128 arcs.</exception>
    public Oid Append(params ReadOnlySpan<uint> more) => new((ReadOnlySpan<uint>)[.. Arcs, .. more]);

    public int CompareTo(Oid other) => Arcs.SequenceCompareTo(other.Arcs);

    public bool Equals(Oid other) => Arcs.SequenceEqual(other.Arcs);

    public override bool Equals(object? obj) => obj is Oid other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(Arcs));
        return hash.ToHashCode();
    }

    /// <summary>Dotted, without a leading dot; empty for the default value.</summary>
    public override string ToString() => Join(Arcs);

    public static bool operator ==(Oid left, Oid right) => left.Equals(right);

    public static bool operator !=(Oid left, Oid right) => !left.Equals(right);

    public static bool operator <(Oid left, Oid right) => left.CompareTo(right) < 0;

    public static bool operator >(Oid left, Oid right) => left.CompareTo(right) > 0;

    public static bool operator <=(Oid left, Oid right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Oid left, Oid right) => left.CompareTo(right) >= 0;

    /// <summary>Arcs straight from the wire, where X.660's limits cannot be broken by construction.</summary>
    internal static Oid FromWire(ReadOnlySpan<uint> arcs) => new(arcs.ToArray());

    private static bool IsEncodable(ReadOnlySpan<uint> arcs) =>
        arcs.Length is >= 2 and <= MaxArcs && arcs[0] <= 2 && (arcs[0] == 2 ? arcs[1] <= uint.MaxValue - 80 : arcs[1] < 40);

    private static string Join(ReadOnlySpan<uint> arcs)
    {
        var text = new StringBuilder(arcs.Length * 4);
        foreach (var arc in arcs)
        {
            if (text.Length > 0)
            {
                text.Append('.');
            }

            text.Append(CultureInfo.InvariantCulture, $"{arc}");
        }

        return text.ToString();
    }
}
