using System.Globalization;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies.Replay;

/// <summary>A recorded series as readings, row after row. What cannot be read is counted and is a missing value, never a number.</summary>
internal sealed class Recording : IDisposable
{
    private readonly ReplayMap map;
    private readonly CsvRows csv;
    private readonly int[] timeAt;
    private readonly int[] columnAt;
    private readonly string[] timeCells;

    private Recording(ReplayMap map, CsvRows csv, int[] timeAt, int[] columnAt) =>
        (this.map, this.csv, this.timeAt, this.columnAt, timeCells) = (map, csv, timeAt, columnAt, new string[timeAt.Length]);

    /// <summary>Data rows read so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows whose time could not be read; they were left out.</summary>
    public long Timeless { get; private set; }

    /// <summary>Cells that hold no number, or none that is plausible.</summary>
    public long Corrupt { get; private set; }

    /// <summary>Columns of the file that the map does not mention.</summary>
    public IReadOnlyList<string> Unmapped { get; private set; } = [];

    /// <exception cref="ConfigException">The map names columns that the file does not have.</exception>
    public static Recording Open(string file, ReplayMap map)
    {
        var csv = CsvRows.Open(file, map.Separator);
        var problems = new ConfigProblems();
        int At(string name)
        {
            var at = csv.Header.ToList().IndexOf(name.Trim());
            if (at < 0)
            {
                problems.Add(file, 1, 1, $"the map names the column '{name}', which this file does not have{Spelling.DidYouMean(name, csv.Header)}; it has {string.Join(", ", csv.Header)}");
            }

            return at;
        }

        var times = map.Time.Columns.Select(At).ToArray();
        var columns = map.Columns.Select(column => At(column.Column)).ToArray();
        if (problems.Sorted.Count > 0)
        {
            csv.Dispose();
            problems.ThrowIfAny();
        }

        var known = map.Time.Columns.Concat(map.Columns.Select(column => column.Column)).Concat(map.Ignored).Select(name => name.Trim()).ToHashSet(StringComparer.Ordinal);
        return new Recording(map, csv, times, columns) { Unmapped = [.. csv.Header.Where(name => !known.Contains(name))] };
    }

    /// <summary>The next row that has a time: its number from 0, its time, and its readings in <paramref name="into"/>. False at the end.</summary>
    public bool Read(List<Reading> into, out long row, out long atMs)
    {
        into.Clear();
        while (csv.Read() is { } cells)
        {
            row = Rows++;
            for (var i = 0; i < timeAt.Length; i++)
            {
                timeCells[i] = timeAt[i] < cells.Count ? cells[timeAt[i]] : "";
            }

            if (map.Time.Parse(timeCells) is not { } at)
            {
                Timeless++;
                continue;
            }

            atMs = at;
            for (var i = 0; i < columnAt.Length; i++)
            {
                into.Add(Reading(map.Columns[i], columnAt[i] < cells.Count ? cells[columnAt[i]] : "", at));
            }

            return true;
        }

        (row, atMs) = (0, 0);
        return false;
    }

    public void Dispose() => csv.Dispose();

    private Reading Reading(ReplayColumn column, string cell, long atMs)
    {
        var text = cell.AsSpan().Trim();
        double value;
        if (column.States.Count > 0)
        {
            if (!column.States.TryGetValue(text.ToString(), out var code) && !(TryNumber(text, out var number) && column.States.TryGetValue(number.ToString(CultureInfo.InvariantCulture), out code)))
            {
                Corrupt += text.IsEmpty ? 0 : 1;
                return Core.Telemetry.Reading.Missing(column.Series, atMs);
            }

            value = code;
        }
        else if (!TryNumber(text, out value))
        {
            Corrupt += IsEmpty(text) ? 0 : 1;
            return Core.Telemetry.Reading.Missing(column.Series, atMs);
        }
        else if (column.Missing.Contains(value))
        {
            return Core.Telemetry.Reading.Missing(column.Series, atMs);
        }
        else
        {
            value = column.Conversion.Apply(value);
        }

        var plausible = column.Metric.IsPlausible(value);
        Corrupt += plausible ? 0 : 1;
        return new Reading(column.Series, atMs, value, plausible ? Quality.Good : Quality.Suspect);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static bool IsEmpty(ReadOnlySpan<char> text) =>
        text.IsEmpty || text.Equals("nan", StringComparison.OrdinalIgnoreCase) || text.Equals("null", StringComparison.OrdinalIgnoreCase) || text is "-" or "NA" or "N/A";
}
