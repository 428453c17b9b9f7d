using System.Globalization;
using System.Text;
using EdgeDcim.Core.Durability;

namespace EdgeDcim.Core.Sparkplug;

/// <summary>
/// The text of <see cref="SparkplugNames.Acknowledge"/>: which offsets of which journal the host has made its own.
/// Form: <c>3f2504e0-4f89-41d3-9a0c-0305e82c3301 17-42,50,52-60</c>.
/// </summary>
public sealed record Acknowledgement(Guid Stream, IReadOnlyList<OffsetRange> Ranges)
{
    /// <summary>A text with more ranges is refused, so that one message cannot ask for unbounded work.</summary>
    public const int MaxRanges = 10_000;

    /// <exception cref="SparkplugException">The text does not have the form.</exception>
    public static Acknowledgement Parse(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !Guid.TryParseExact(text.AsSpan(0, space), "D", out var stream))
        {
            throw new SparkplugException("an acknowledgement must be a journal stream id, a space and offsets");
        }

        var ranges = new List<OffsetRange>();
        var list = text.AsSpan(space + 1);
        foreach (var part in list.Split(','))
        {
            var range = list[part];
            var dash = range.IndexOf('-');
            var first = Offset(dash < 0 ? range : range[..dash]);
            var last = dash < 0 ? first : Offset(range[(dash + 1)..]);
            if (last < first || ranges.Count == MaxRanges)
            {
                throw new SparkplugException($"an acknowledgement holds a reversed range, or more than {MaxRanges} ranges");
            }

            ranges.Add(new OffsetRange(first, last));
        }

        return new Acknowledgement(stream, ranges);
    }

    public override string ToString()
    {
        var text = new StringBuilder(Stream.ToString("D"));
        var separator = ' ';
        foreach (var (first, last) in Ranges)
        {
            text.Append(separator).Append(first);
            if (last != first)
            {
                text.Append('-').Append(last);
            }

            separator = ',';
        }

        return text.ToString();
    }

    private static long Offset(ReadOnlySpan<char> digits) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : throw new SparkplugException("an acknowledgement holds something that is not an offset");
}
