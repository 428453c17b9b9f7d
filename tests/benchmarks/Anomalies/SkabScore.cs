using EdgeDcim.Collector.Anomalies.Replay;

namespace EdgeDcim.Benchmarks.Anomalies;

/// <summary>The protocol of the SKAB benchmark: learn on the first 400 rows, score the rest.</summary>
internal sealed class SkabScore
{
    private const int LearnRows = 400;

    private readonly List<double> delays = [];
    private int falseEpisodes;
    private int falseRows;
    private int soundRows;
    private double soundHours;
    private (int TruePositive, int FalsePositive, int TrueNegative, int FalseNegative) rows;

    public int Missed { get; private set; }

    public double MedianDelay
    {
        get
        {
            delays.Sort();
            return delays.Count == 0 ? double.NaN : delays[delays.Count / 2];
        }
    }

    public double FalseEpisodesPerHour => falseEpisodes / soundHours;

    public double FalseRows => (double)falseRows / soundRows;

    public double F1 => 2.0 * rows.TruePositive / ((2.0 * rows.TruePositive) + rows.FalsePositive + rows.FalseNegative);

    public double FalseAlarmRate => (double)rows.FalsePositive / (rows.FalsePositive + rows.TrueNegative);

    public double MissingAlarmRate => (double)rows.FalseNegative / (rows.FalseNegative + rows.TruePositive);

    /// <summary>Scores one experiment; gives one line about it.</summary>
    public string Take(string file, string map)
    {
        var scored = RecordingScore.Run(file, map, learnRows: LearnRows);
        var (labels, times) = Labels(file);
        var states = scored.States();
        var first = Array.IndexOf(labels, true);
        var last = Array.LastIndexOf(labels, true);
        for (var i = LearnRows; i < labels.Length; i++)
        {
            rows = (labels[i], states[i]) switch
            {
                (true, true) => rows with { TruePositive = rows.TruePositive + 1 },
                (false, true) => rows with { FalsePositive = rows.FalsePositive + 1 },
                (false, false) => rows with { TrueNegative = rows.TrueNegative + 1 },
                _ => rows with { FalseNegative = rows.FalseNegative + 1 },
            };
        }

        var (episodes, wrong) = (0, 0);
        for (var i = LearnRows; i < first; i++)
        {
            episodes += states[i] && !states[i - 1] ? 1 : 0;
            wrong += states[i] ? 1 : 0;
        }

        falseEpisodes += episodes;
        falseRows += wrong;
        soundRows += first - LearnRows;
        soundHours += (times[first] - times[LearnRows]).TotalHours;
        var hit = Array.IndexOf(states, true, first, last - first + 1);
        var delay = hit < 0 ? double.PositiveInfinity : (times[hit] - times[first]).TotalSeconds;
        delays.Add(delay);
        Missed += hit < 0 ? 1 : 0;
        var within = states.AsSpan(first, last - first + 1).Count(true) / (double)(last - first + 1);
        var after = last + 1 < labels.Length ? states.AsSpan(last + 1).Count(true) / (double)(labels.Length - last - 1) : 0;
        var said = scored.Changes.Where(change => change.Row <= last && change.Change.State == Collector.Anomalies.AnomalyState.Anomalous).Select(change => $"{change.Row} {change.Change.Detector}: {change.Change.Cause}");
        return FormattableString.Invariant(
            $"| {Path.GetFileNameWithoutExtension(file)} | {delay:0} | {episodes} | {wrong} | {within:P0} | {after:P0} | {string.Join("; ", said)} |");
    }

    private static (bool[] Labels, DateTime[] Times) Labels(string file)
    {
        using var csv = CsvRows.Open(file, ';');
        var label = csv.Header.ToList().IndexOf("anomaly");
        var (labels, times) = (new List<bool>(), new List<DateTime>());
        while (csv.Read() is { } cells)
        {
            labels.Add(cells[label].StartsWith('1'));
            times.Add(DateTime.Parse(cells[0], System.Globalization.CultureInfo.InvariantCulture));
        }

        return ([.. labels], [.. times]);
    }
}
