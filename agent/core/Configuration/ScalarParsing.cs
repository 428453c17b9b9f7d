using System.Globalization;

namespace EdgeDcim.Core.Configuration;

/// <summary>Turns one scalar into a number, a truth or a word, and reports what is none. Null for an absent scalar and for a wrong one.</summary>
internal static class ScalarParsing
{
    public static double? Number(YamlScalar? scalar, string path)
    {
        if (scalar is not { } given)
        {
            return null;
        }

        if (double.TryParse(given.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return number;
        }

        given.Problem($"'{path}' is '{given.Text}'; write a number");
        return null;
    }

    public static int? Integer(YamlScalar? scalar, string path, int min, int max)
    {
        if (scalar is not { } given)
        {
            return null;
        }

        if (!Quantities.TryInteger(given.Text, out var number))
        {
            given.Problem($"'{path}' is '{given.Text}'; write a whole number");
            return null;
        }

        if (number < min || number > max)
        {
            given.Problem($"'{path}' is {given.Text}; it must lie between {min} and {max}");
            return null;
        }

        return (int)number;
    }

    public static bool? Boolean(YamlScalar? scalar, string path)
    {
        switch (scalar?.Text)
        {
            case null: return null;
            case "true": return true;
            case "false": return false;
            default:
                scalar.Value.Problem($"'{path}' is '{scalar.Value.Text}'; write true or false");
                return null;
        }
    }

    public static T? Enum<T>(YamlScalar? scalar, string path)
        where T : struct, Enum
    {
        if (scalar is not { } given)
        {
            return null;
        }

        var match = System.Enum.GetNames<T>().FirstOrDefault(name => Quantities.SnakeCase(name) == given.Text);
        if (match is not null)
        {
            return System.Enum.Parse<T>(match);
        }

        var words = Words<T>();
        given.Problem($"'{path}' is '{given.Text}'{Spelling.DidYouMean(given.Text, words)}; write one of: {string.Join(", ", words)}");
        return null;
    }

    /// <summary>The members of an enum as they are written in YAML.</summary>
    public static IReadOnlyList<string> Words<T>()
        where T : struct, Enum => [.. System.Enum.GetNames<T>().Select(Quantities.SnakeCase)];
}
