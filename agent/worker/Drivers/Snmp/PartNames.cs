using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>Gives each row of a table the name of its part: out of its index, its label, or the profile's list.</summary>
internal static class PartNames
{
    private const int MaxLength = 64;

    /// <summary>False when the profile lists parts and this row is not among them.</summary>
    /// <param name="point">Its part is the template.</param>
    /// <param name="index">Arcs behind the column.</param>
    /// <param name="label">What the label column says; null or empty: the index takes its place.</param>
    /// <param name="taken">Names that rows before got; a label that repeats is told apart by its index.</param>
    /// <param name="part">The name.</param>
    [SuppressMessage("Design", "CA1021", Justification = "a try method")]
    public static bool Of(SnmpPoint point, uint[] index, string? label, HashSet<string> taken, out string? part)
    {
        var text = string.Join('.', index);
        part = point.Part;
        string? listed = null;
        if (point.Parts is not null && !point.Parts.TryGetValue(text, out listed))
        {
            return false;
        }

        if (part is null)
        {
            part = listed;
            return true;
        }

        var name = Clean(label);
        var filled = part.Replace("{part}", listed, StringComparison.Ordinal)
            .Replace("{index}", text, StringComparison.Ordinal)
            .Replace("{label}", name.Length > 0 ? name : text, StringComparison.Ordinal);
        for (var i = 0; i < index.Length; i++)
        {
            filled = filled.Replace($"{{{i + 1}}}", index[i].ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        part = taken.Add(filled) || !part.Contains("{label}", StringComparison.Ordinal) ? filled : $"{filled}-{text}";
        return true;
    }

    /// <summary>A slash separates levels of a part, control characters and long texts are of no use in a name.</summary>
    private static string Clean(string? label)
    {
        var text = new StringBuilder();
        foreach (var letter in label ?? "")
        {
            if (text.Length < MaxLength)
            {
                text.Append(letter is '/' ? '-' : char.IsControl(letter) ? ' ' : letter);
            }
        }

        return text.ToString().Trim();
    }
}
