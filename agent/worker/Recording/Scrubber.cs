using System.Text;
using System.Text.RegularExpressions;

namespace EdgeDcim.Agent.Recording;

/// <summary>
/// Takes out of a recording what tells whose device it was: the words that are known to be private (serial numbers, names, contacts) wherever
/// they stand, and everything that looks like an address. Documentation addresses take their place (RFC 5737, RFC 7042), numbers stay.
/// </summary>
internal sealed partial class Scrubber
{
    /// <summary>A shorter word is part of too many others.</summary>
    private const int LeastLength = 4;

    private readonly List<string> words;

    /// <param name="privates">Whole texts that are private.</param>
    public Scrubber(IEnumerable<string> privates) =>
        words = [.. privates.Select(word => word.Trim()).Where(word => word.Length >= LeastLength).Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(word => word.Length)];

    public string Text(string text)
    {
        foreach (var word in words)
        {
            text = text.Replace(word, "scrubbed", StringComparison.OrdinalIgnoreCase);
        }

        text = Address().Replace(text, "00:00:5E:00:53:01");
        text = Mail().Replace(text, "noc@example.org");
        text = Link().Replace(text, "http://example.org");
        text = Host().Replace(text, "host.example.org");
        text = Quad().Replace(text, "192.0.2.1");
        return Serial().Replace(text, "$1scrubbed");
    }

    /// <summary>Octets that are no text: six of them are the address of a network card.</summary>
    public static byte[] Octets(byte[] octets) => octets.Length == 6 && !IsText(octets) ? [0x00, 0x00, 0x5E, 0x00, 0x53, 0x01] : octets;

    public static bool IsText(ReadOnlySpan<byte> octets)
    {
        foreach (var octet in octets)
        {
            if (octet is < 0x20 or > 0x7E)
            {
                return false;
            }
        }

        return true;
    }

    [GeneratedRegex(@"\b[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}\b")]
    private static partial Regex Address();

    [GeneratedRegex(@"[\w.+-]+@[\w-]+(\.[\w-]+)+")]
    private static partial Regex Mail();

    [GeneratedRegex(@"https?://[^\s""']+")]
    private static partial Regex Link();

    /// <summary>A name of three levels or more, however the last is called; versions begin with a digit.</summary>
    [GeneratedRegex(@"(?<![\w.@-])(?!example\.org)[A-Za-z][\w-]*(\.[A-Za-z0-9][\w-]*)+\.[A-Za-z]{2,8}\b(?!\.)")]
    private static partial Regex Host();

    [GeneratedRegex(@"\b(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}\b")]
    private static partial Regex Quad();

    [GeneratedRegex(@"\b((?:S/?N|Serial(?: ?(?:No\.?|Number|#))?)\s*[:=#]?\s*)(?=[A-Z0-9-]*\d)[A-Z0-9-]{5,}", RegexOptions.IgnoreCase)]
    private static partial Regex Serial();
}
