using System.Globalization;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Api;

/// <summary>Strict reading of a query: an unknown, repeated or unreadable parameter is an error with a sentence, never ignored.</summary>
internal sealed class Question
{
    private readonly IQueryCollection query;

    /// <exception cref="BadQuestionException">A parameter is not one of <paramref name="known"/>, or is given twice.</exception>
    public Question(HttpContext context, params ReadOnlySpan<string> known)
    {
        query = context.Request.Query;
        foreach (var (key, values) in query)
        {
            if (!known.Contains(key))
            {
                throw BadQuestionException.Wrong(
                    $"the parameter '{key}' is not known here{Spelling.DidYouMean(key, known.ToArray())}; known: {(known.IsEmpty ? "none" : string.Join(", ", known.ToArray()))}");
            }

            if (values.Count != 1)
            {
                throw BadQuestionException.Wrong($"the parameter '{key}' is given {values.Count} times; give it once");
            }
        }
    }

    public string? Text(string key) => query.TryGetValue(key, out var values) && values[0] is { Length: > 0 } text ? text : null;

    public string Required(string key) => Text(key) ?? throw BadQuestionException.Wrong($"the parameter '{key}' is missing");

    /// <summary>An instant: ISO 8601 with an offset, or Unix milliseconds.</summary>
    public long Instant(string key, long otherwiseMs)
    {
        if (Text(key) is not { } text)
        {
            return otherwiseMs;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= 253_402_300_799_999)
        {
            return ms;
        }

        // A plus sign that was not escaped arrives as a space.
        return DateTimeOffset.TryParse(
                text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && at.Year >= 1970
            ? at.ToUnixTimeMilliseconds()
            : throw BadQuestionException.Wrong($"'{key}' is '{Shorten(text)}'; write an instant such as 2026-10-01T12:00:00Z, or Unix milliseconds");
    }

    /// <summary>A duration such as 10s or 5m, or milliseconds; null when it is not given.</summary>
    public long? Step(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms))
        {
            var span = Quantities.ParseDuration(new YamlScalar("", 0, 0, key, text, new ConfigProblems()), key);
            ms = span is { } given ? (long)given.TotalMilliseconds : 0;
        }

        return ms is >= 1 and <= 366L * 86_400_000
            ? ms
            : throw BadQuestionException.Wrong($"'{key}' is '{Shorten(text)}'; write a duration such as 10s, 5m or 1h, or milliseconds");
    }

    /// <summary>A whole number of 0 up to <paramref name="most"/>.</summary>
    public int Whole(string key, int otherwise, int most) => Text(key) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number
        : throw BadQuestionException.Wrong($"'{key}' is '{Shorten(text)}'; write a whole number up to {most}");

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
