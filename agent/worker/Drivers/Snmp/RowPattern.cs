using System.Globalization;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>Picks rows of a table by their index: <c>*.1.5</c> takes three arcs of which the last two are fixed.</summary>
internal sealed class RowPattern
{
    private readonly uint?[] arcs;

    private RowPattern(uint?[] arcs) => this.arcs = arcs;

    /// <summary>Null when the text is no pattern.</summary>
    public static RowPattern? Parse(string text)
    {
        var parts = text.Split('.');
        var arcs = new uint?[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] == "*")
            {
                continue;
            }

            if (!uint.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var arc))
            {
                return null;
            }

            arcs[i] = arc;
        }

        return new RowPattern(arcs);
    }

    public bool Fits(ReadOnlySpan<uint> index)
    {
        if (index.Length != arcs.Length)
        {
            return false;
        }

        for (var i = 0; i < arcs.Length; i++)
        {
            if (arcs[i] is { } wanted && wanted != index[i])
            {
                return false;
            }
        }

        return true;
    }
}
