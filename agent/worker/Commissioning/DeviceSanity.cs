using System.Collections.Immutable;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Commissioning;

/// <summary>
/// The sanity of one device from its first polls on. A point that fails a check is suspect at once; when it fails three times in a row it stays
/// so until the configuration accepts it. A check that held three times under load is settled and never asked again; when all that can be asked
/// are, the device is looked at every ten seconds only.
/// </summary>
/// <param name="accepted">Points that a person has looked at: <c>metric</c> or <c>metric/part</c>.</param>
internal sealed class DeviceSanity(IReadOnlyCollection<string> accepted)
{
    /// <summary>So many reasons are told in full; a profile that is wrong altogether needs no more to be recognised.</summary>
    public const int MaxSuspicions = 50;

    private const int Settles = 3;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly Snapshot values = new();
    private readonly Dictionary<(string Check, (string Metric, string? Part) Point), int> streaks = [];
    private readonly Dictionary<(string Energy, string? Part), EnergySlope> slopes = [];
    private readonly List<string> notes = [];
    private long judgeAtMs;
    private int judged;
    private int suspected;
    private ImmutableHashSet<(string Metric, string? Part)> suspects = [];
    private volatile string? suspicions;

    /// <summary>
    /// One line, the path <c>metric/part</c>, a tab and the reason, for each point that stays suspect, at most <see cref="MaxSuspicions"/>; null while there is none.
    /// Any thread may ask.
    /// </summary>
    public string? Suspicions => suspicions;

    /// <summary>That of the sample alone, or suspect when a check fails on its point. Any thread may ask.</summary>
    public Quality QualityOf(in Sample sample) =>
        sample.Quality == Quality.Good && !suspects.IsEmpty && suspects.Contains((sample.Instance.Point.Metric.Name, sample.Instance.Part)) ? Quality.Suspect : sample.Quality;

    /// <summary>Takes what a poll gave.</summary>
    public void Observe(IReadOnlyList<Sample> samples, long atMs)
    {
        for (var i = 0; i < samples.Count; i++)
        {
            values.Take(samples[i]);
        }

        var open = false;
        var known = values.Count;
        if (atMs >= judgeAtMs || atMs < judgeAtMs - LookAgain.TotalMilliseconds || known != judged)
        {
            judged = known;
            foreach (var verdict in SanityChecks.Judge(values))
            {
                open |= Take(verdict);
            }

            judgeAtMs = open ? atMs : atMs + (long)LookAgain.TotalMilliseconds;
        }

        foreach (var (energy, power) in EnergySlope.Pairs)
        {
            foreach (var part in values.PartsOf(energy))
            {
                if (!slopes.TryGetValue((energy, part), out var slope))
                {
                    slopes[(energy, part)] = slope = new EnergySlope(energy, power, part);
                }

                if (slope.Observe(values, atMs) is { } verdict)
                {
                    open |= Take(verdict);
                }
            }
        }

        if (open)
        {
            suspects = [.. streaks.Where(entry => entry.Value < 0).Select(entry => entry.Key.Point)];
        }
    }

    /// <summary>What is worth one line of the log each, once.</summary>
    public IReadOnlyList<string> TakeNotes()
    {
        if (notes.Count == 0)
        {
            return [];
        }

        string[] taken = [.. notes];
        notes.Clear();
        return taken;
    }

    /// <summary>Streaks count up while a check holds and down while it fails; both ends are final. True when something changed.</summary>
    private bool Take(Verdict verdict)
    {
        var path = PathOf(verdict.Point);
        if (accepted.Contains(path) || accepted.Contains(verdict.Point.Metric))
        {
            return false;
        }

        var key = (verdict.Check, verdict.Point);
        var streak = streaks.GetValueOrDefault(key);
        if (Math.Abs(streak) >= Settles)
        {
            return false;
        }

        streak = verdict.Passed ? Math.Max(streak, 0) + 1 : Math.Min(streak, 0) - 1;
        streaks[key] = streak;
        if (streak == -Settles)
        {
            if (suspected++ < MaxSuspicions)
            {
                suspicions = $"{(suspicions is null ? "" : suspicions + "\n")}{path}\t{verdict.Reason}";
            }

            notes.Add($"{path} is suspect and feeds no KPI: {verdict.Reason}. Correct the profile, or write accept: [{path}] at the device");
        }

        return true;
    }

    public static string PathOf((string Metric, string? Part) point) => point.Part is null ? point.Metric : $"{point.Metric}/{point.Part}";
}
