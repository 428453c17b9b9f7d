using System.Globalization;

namespace EdgeDcim.Simulator.Snmp;

/// <summary>An object identifier with the lexicographic order that GETNEXT walks in.</summary>
internal sealed class Oid : IComparable<Oid>, IEquatable<Oid>
{
    private readonly uint[] _arcs;

    public Oid(params ReadOnlySpan<uint> arcs) => _arcs = arcs.ToArray();

    public ReadOnlySpan<uint> Arcs => _arcs;

    public static Oid Parse(string text) => new(text.Split('.', StringSplitOptions.RemoveEmptyEntries).Select(arc => uint.Parse(arc, CultureInfo.InvariantCulture)).ToArray());

    public int CompareTo(Oid? other) => other is null ? 1 : Arcs.SequenceCompareTo(other.Arcs);

    public bool Equals(Oid? other) => other is not null && Arcs.SequenceEqual(other.Arcs);

    public override bool Equals(object? obj) => Equals(obj as Oid);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var arc in _arcs)
        {
            hash.Add(arc);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => string.Join('.', _arcs);
}
