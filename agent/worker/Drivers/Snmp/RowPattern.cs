using System.Globalization;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>Picks rows of a table by their index: <c>*.2-9.5</c> takes three arcs, any, two to nine, five.</summary>
internal sealed class RowPattern
{
    private readonly (uint Low, uint High)[] arcs;

    private RowPattern((uint, uint)[] arcs) => this.arcs = arcs;

    /// <summary>Null when the text is no pattern.</summary>
    public static RowPattern? Parse(string text)
    {
        var parts = text.Split('.');
        var arcs = new (uint, uint)[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var dash = parts[i].IndexOf('-', StringComparison.Ordinal);
            if (parts[i] == "*")
            {
                arcs[i] = (0, uint.MaxValue);
            }
            else if (TryArc(dash < 0 ? parts[i] : parts[i][..dash], out var low) && TryArc(dash < 0 ? parts[i] : parts[i][(dash + 1)..], out var high) && low <= high)
            {
                arcs[i] = (low, high);
            }
            else
            {
                return null;
            }
        }

        return new RowPattern(arcs);
    }

    /// <summary>Arcs of an index that can fit.</summary>
    public int Length => arcs.Length;

    public bool Fits(ReadOnlySpan<uint> index)
    {
        if (index.Length != arcs.Length)
        {
            return false;
        }

        for (var i = 0; i < arcs.Length; i++)
        {
            if (index[i] < arcs[i].Low || index[i] > arcs[i].High)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryArc(string text, out uint arc) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out arc);
}
