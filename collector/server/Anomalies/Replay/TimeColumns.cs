using System.Globalization;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Anomalies.Replay;

/// <summary>Where a recording says when a row was sampled, and how: one column with a date, a number since 1970 or since the start, or several that add up.</summary>
internal sealed class TimeColumns
{
    private static readonly Dictionary<string, double> Numbers = new(StringComparer.Ordinal)
    {
        ["unix_s"] = 1000, ["unix_ms"] = 1, ["seconds"] = 1000, ["minutes"] = 60_000, ["hours"] = 3_600_000, ["days"] = 86_400_000,
    };

    /// <summary>2000-01-01: numbers since the start of a recording begin here, unless the map names a start.</summary>
    private const long DefaultStartMs = 946_684_800_000;

    private readonly string format;
    private readonly double[] factors;
    private readonly long startMs;
    private readonly TimeZoneInfo zone;

    private TimeColumns(IReadOnlyList<string> columns, string format, double[] factors, long startMs, TimeZoneInfo zone) =>
        (Columns, this.format, this.factors, this.startMs, this.zone) = (columns, format, factors, startMs, zone);

    public IReadOnlyList<string> Columns { get; }

    public static TimeColumns? Read(YamlMap entry)
    {
        var columns = entry.Has("columns") ? [.. entry.Strings("columns").Select(scalar => scalar.Text)] : new List<string> { entry.RequiredString("column") };
        var format = entry.String("format", columns.Count > 1 ? "seconds" : "iso");
        var zone = Zone(entry);
        var start = DefaultStartMs;
        if (entry.Scalar("start") is { } given)
        {
            if (DateTimeOffset.TryParse(given.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            {
                start = at.ToUnixTimeMilliseconds();
            }
            else
            {
                given.Problem($"'start' is '{given.Text}'; write an instant such as 2024-01-31T00:00:00Z");
            }
        }

        double[] factors = [Numbers.GetValueOrDefault(format, 1)];
        var each = entry.Strings("each");
        if (columns.Count > 1)
        {
            if (each.Count == columns.Count)
            {
                factors = [.. each.Select(scalar => Quantities.ParseDuration(scalar, "each")?.TotalMilliseconds ?? 1)];
            }
            else
            {
                entry.Problem("columns", "several time columns add up: give 'each' as many durations, such as columns: [cycle, second], each: [60s, 1s]");
            }
        }
        else if (each.Count > 0)
        {
            entry.Problem("each", "'each' belongs to several 'columns'; for one column write 'format'");
        }

        if (!Numbers.ContainsKey(format) && format != "iso" && !Pattern(format).Any(char.IsAsciiLetter))
        {
            entry.Problem("format", $"'format' is '{format}'; write iso, {string.Join(", ", Numbers.Keys)}, or a pattern such as yyyy-MM-dd HH:mm:ss");
        }

        if (format is "unix_s" or "unix_ms")
        {
            start = 0;
        }

        entry.RejectUnknownKeys();
        return new TimeColumns(columns, Numbers.ContainsKey(format) ? format : Pattern(format), factors, start, zone);
    }

    /// <summary>Milliseconds since 1970; null when the cells hold no time.</summary>
    public long? Parse(ReadOnlySpan<string> cells)
    {
        if (cells.Length == 1 && !Numbers.ContainsKey(format))
        {
            return ParseDate(cells[0].Trim());
        }

        var sum = 0.0;
        for (var i = 0; i < cells.Length; i++)
        {
            if (!double.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            {
                return null;
            }

            sum += number * factors[i];
        }

        return Math.Abs(sum) < 1e15 ? startMs + (long)Math.Round(sum) : null;
    }

    private static TimeZoneInfo Zone(YamlMap entry)
    {
        if (entry.Scalar("zone") is not { } given)
        {
            return TimeZoneInfo.Utc;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(given.Text, out var zone))
        {
            return zone;
        }

        given.Problem($"'zone' is '{given.Text}', which is no time zone; write an IANA name such as Europe/Amsterdam or UTC");
        return TimeZoneInfo.Utc;
    }

    /// <summary>Patterns of other languages (<c>%Y-%m-%d %H:%M</c>) are taken too.</summary>
    private static string Pattern(string format) => !format.Contains('%', StringComparison.Ordinal) ? format : format
        .Replace("%Y", "yyyy", StringComparison.Ordinal).Replace("%y", "yy", StringComparison.Ordinal).Replace("%m", "M", StringComparison.Ordinal)
        .Replace("%d", "d", StringComparison.Ordinal).Replace("%H", "H", StringComparison.Ordinal).Replace("%I", "h", StringComparison.Ordinal)
        .Replace("%M", "m", StringComparison.Ordinal).Replace("%S", "s", StringComparison.Ordinal).Replace("%f", "FFFFFFF", StringComparison.Ordinal)
        .Replace("%p", "tt", StringComparison.Ordinal).Replace("%z", "zzz", StringComparison.Ordinal).Replace("%b", "MMM", StringComparison.Ordinal);

    private long? ParseDate(string cell)
    {
        if (format == "iso")
        {
            return DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal, out var at) && HasZone(cell)
                ? at.ToUnixTimeMilliseconds()
                : DateTime.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var plain) ? InZone(plain) : null;
        }

        if (format.Contains('z', StringComparison.Ordinal) || format.Contains('K', StringComparison.Ordinal))
        {
            return DateTimeOffset.TryParseExact(cell, format, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal, out var exact)
                ? exact.ToUnixTimeMilliseconds()
                : null;
        }

        return DateTime.TryParseExact(cell, format, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var local) ? InZone(local) : null;
    }

    /// <summary>True when the text itself says its zone: it ends in Z or in ±hh:mm after the time.</summary>
    private static bool HasZone(string cell) =>
        cell.EndsWith('Z') || (cell.Length > 16 && (cell[^6] is '+' or '-' || cell[^5] is '+' or '-') && cell.LastIndexOf(':') > 10);

    private long InZone(DateTime at)
    {
        var plain = DateTime.SpecifyKind(at, DateTimeKind.Unspecified);
        return new DateTimeOffset(plain, zone.GetUtcOffset(plain)).ToUnixTimeMilliseconds();
    }
}
