using System.Globalization;
using System.Text;

namespace EdgeDcim.Core.Configuration;

/// <summary>The small notations of the configuration files: durations, sizes, whole numbers, snake_case words.</summary>
public static class Quantities
{
    private static readonly (string Suffix, double Seconds)[] DurationUnits =
        [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    private static readonly (string Suffix, long Bytes)[] SizeUnits =
        [("KB", 1L << 10), ("MB", 1L << 20), ("GB", 1L << 30), ("TB", 1L << 40), ("B", 1)];

    public static TimeSpan? ParseDuration(YamlScalar scalar, string path)
    {
        foreach (var (suffix, seconds) in DurationUnits)
        {
            if (scalar.Text.EndsWith(suffix, StringComparison.Ordinal) && TryAmount(scalar.Text[..^suffix.Length], out var amount))
            {
                return TimeSpan.FromSeconds(amount * seconds);
            }
        }

        scalar.Problem($"'{path}' is '{scalar.Text}'; write a duration with its unit, such as 250ms, 10s, 5m, 1h or 7d");
        return null;
    }

    public static long? ParseSize(YamlScalar scalar, string path)
    {
        foreach (var (suffix, bytes) in SizeUnits)
        {
            if (scalar.Text.EndsWith(suffix, StringComparison.Ordinal) && TryAmount(scalar.Text[..^suffix.Length], out var amount))
            {
                return (long)(amount * bytes);
            }
        }

        scalar.Problem($"'{path}' is '{scalar.Text}'; write a size with its unit, such as 64KB, 512MB or 2GB");
        return null;
    }

    /// <summary>Decimal or <c>0x</c> hexadecimal.</summary>
    public static bool TryInteger(string text, out long number) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    public static string SnakeCase(string pascal)
    {
        var text = new StringBuilder();
        foreach (var letter in pascal)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private static bool TryAmount(string text, out double amount) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount) && amount >= 0;
}
