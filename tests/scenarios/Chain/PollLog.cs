using System.Globalization;

namespace EdgeDcim.Scenarios.Chain;

/// <summary>Which reading: the identity under which it must stand in the database exactly once.</summary>
internal readonly record struct RowKey(string Device, string Metric, string Part, long AtMs);

/// <summary>Reads the agent's own record of what it polled and journaled (setting <c>poll_log</c>).</summary>
internal static class PollLog
{
    /// <summary>
    /// Every reading that was committed to the journal, missing ones left out because a database has no row for them. Lines above the
    /// <c>last</c> offset of the next header of the same stream were never committed: the agent was killed before.
    /// </summary>
    public static Dictionary<RowKey, double> Read(string file)
    {
        var committed = new Dictionary<RowKey, double>();
        var open = new List<(long Offset, RowKey Key, double Value)>();
        foreach (var line in ReadLines(file))
        {
            if (line.StartsWith("# stream ", StringComparison.Ordinal))
            {
                var last = long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
                Take(open.Where(row => row.Offset <= last), committed);
                open.Clear();
            }
            else if (line.Split(',') is [var offset, var device, var metric, var part, var atMs, var value, var quality])
            {
                if (quality != "Missing")
                {
                    var key = new RowKey(device, metric, part, long.Parse(atMs, CultureInfo.InvariantCulture));
                    open.Add((long.Parse(offset, CultureInfo.InvariantCulture), key, double.Parse(value, CultureInfo.InvariantCulture)));
                }
            }
        }

        Take(open, committed);
        return committed;
    }

    public static int CountLines(string file) => File.Exists(file) ? ReadLines(file).Count() : 0;

    private static void Take(IEnumerable<(long Offset, RowKey Key, double Value)> rows, Dictionary<RowKey, double> into)
    {
        foreach (var (_, key, value) in rows)
        {
            into[key] = value;
        }
    }

    private static IEnumerable<string> ReadLines(string file)
    {
        // The agent has the file open and may be in the middle of a line.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
