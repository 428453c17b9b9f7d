using System.Text;
using System.Text.RegularExpressions;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>A sensor's name with <c>*</c> and <c>?</c> for what differs; upper and lower case are the same.</summary>
internal sealed class SensorPattern
{
    private readonly Regex expression;

    public SensorPattern(string text)
    {
        Text = text;
        var pattern = new StringBuilder("^");
        foreach (var letter in text)
        {
            pattern.Append(letter switch { '*' => "(.*?)", '?' => "(.)", _ => Regex.Escape(letter.ToString()) });
        }

        // Without backtracking: a name that was made to be slow is as fast as any.
        expression = new Regex(pattern.Append('$').ToString(), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    public string Text { get; }

    /// <summary>What the wildcards stand for; null when the name does not fit.</summary>
    public string? Match(string name)
    {
        var match = expression.Match(name);
        return match.Success ? string.Join(' ', match.Groups.Cast<Group>().Skip(1).Select(group => group.Value.Trim()).Where(text => text.Length > 0)) : null;
    }
}
