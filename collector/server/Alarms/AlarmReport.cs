using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeDcim.Collector.Alarms;

/// <summary>
/// How good the alarms of a period were, held against the targets of ISA-18.2 and EEMUA 191, and what to do about the worst. Only what was
/// annunciated counts: an alarm that came up suppressed or on a shelf bothered nobody.
/// </summary>
internal sealed record AlarmReport(
    DateTimeOffset From, DateTimeOffset To, int Raised, double Per10Minutes, int Peak10Minutes, double PerDay, double FloodShare, double TopTenShare,
    IReadOnlyList<AlarmCulprit> TopTen, IReadOnlyList<AlarmCulprit> Chattering, IReadOnlyList<AlarmCulprit> Fleeting, IReadOnlyList<AlarmCulprit> Stale,
    IReadOnlyList<AlarmCulprit> Shelved, IReadOnlyDictionary<string, double> PriorityShare, double? AcknowledgeMedianSeconds, double? AcknowledgeWorstSeconds,
    int NeverAcknowledged, IReadOnlyList<AlarmVerdict> Targets, IReadOnlyList<string> Proposals)
{
    /// <summary>Changes looked at, at most.</summary>
    public const int MaxChanges = 500_000;

    private const long TenMinutesMs = 600_000;
    private const long DayMs = 86_400_000;

    public static AlarmReport Of(IReadOnlyList<AlarmChange> changes, AlarmsView view, long fromMs, long toMs)
    {
        var lives = changes.GroupBy(change => change.AlarmId).Select(group => new Life([.. group])).Where(life => life.Subject is not null).ToList();
        var raises = lives.SelectMany(life => life.Raises.Select(at => (at, life))).OrderBy(raise => raise.at).ToList();
        var days = Math.Max((toMs - fromMs) / (double)DayMs, 1.0 / 1440);
        var slots = raises.GroupBy(raise => (raise.at - fromMs) / TenMinutesMs).ToDictionary(group => group.Key, group => group.Count());
        var top = lives.Where(life => life.Raises.Count > 0).OrderByDescending(life => life.Raises.Count).ThenBy(life => life.Id, StringComparer.Ordinal).Take(10).ToList();
        var share = raises.Count == 0 ? 0 : top.Sum(life => life.Raises.Count) / (double)raises.Count;
        var chattering = lives.Where(life => life.Chatters).ToList();
        var fleeting = lives.Where(life => life.Fleeting > 0).OrderByDescending(life => life.Fleeting).Take(20).ToList();
        var stale = view.Live.Where(alarm => alarm is { IsShown: true, IsActive: true } && toMs - alarm.RaisedMs > DayMs).ToList();
        var waits = lives.SelectMany(life => life.Waits).Order().ToList();
        var per10 = raises.Count / (days * 144);
        var flood = TimeInFlood([.. raises.Select(raise => raise.at)], fromMs, toMs);
        var priorities = Enum.GetValues<AlarmPriority>().ToDictionary(
            priority => priority.ToString().ToLowerInvariant(),
            priority => raises.Count == 0 ? 0 : Math.Round(raises.Count(raise => raise.life.Subject!.Priority == priority) / (double)raises.Count, 4));
        return new AlarmReport(
            At(fromMs), At(toMs), raises.Count, Math.Round(per10, 3), slots.Values.DefaultIfEmpty().Max(), Math.Round(raises.Count / days, 1), Math.Round(flood, 4), Math.Round(share, 4),
            [.. top.Select(life => life.Culprit(life.Raises.Count))], [.. chattering.Select(life => life.Culprit(life.Raises.Count))], [.. fleeting.Select(life => life.Culprit(life.Fleeting))],
            [.. stale.Select(alarm => new AlarmCulprit(alarm.Id, alarm.Subject, alarm.Cause, alarm.Times))],
            [.. view.Live.Where(alarm => alarm.Shelf is not null).Select(alarm => new AlarmCulprit(alarm.Id, alarm.Subject, alarm.Cause, alarm.Times))],
            priorities, waits.Count == 0 ? null : Math.Round(waits[waits.Count / 2] / 1000.0, 1), waits.Count == 0 ? null : Math.Round(waits[^1] / 1000.0, 1),
            lives.Sum(life => life.NeverAcknowledged),
            [
                Target("annunciated per 10 min", per10, 1, 2), Target("annunciated per day", raises.Count / days, 150, 300), Target("share of time in flood", flood, 0.01, 0.01),
                Target("share of the top ten", raises.Count < 50 ? 0 : share, 0.05, 0.2), Target("chattering alarms", chattering.Count, 0, 0), Target("stale alarms", stale.Count, 4, 4),
            ],
            Propose(top, raises.Count, chattering, fleeting, stale, priorities));
    }

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static AlarmVerdict Target(string what, double value, double target, double ceiling) =>
        new(what, Math.Round(value, 3), target, ceiling, value <= target ? "good" : value <= ceiling ? "manageable" : "too much");

    /// <summary>The share of the time between the eleventh alarm in ten minutes and the moment when fewer than five are left of them.</summary>
    private static double TimeInFlood(IReadOnlyList<long> raises, long fromMs, long toMs)
    {
        var flood = new Flood();
        var (inFlood, sinceMs) = (0L, 0L);
        foreach (var at in raises)
        {
            for (var tick = Math.Max(sinceMs, 0); flood.SinceMs > 0 && tick < at; tick += 10_000)
            {
                flood.Tick(tick);
                inFlood += flood.SinceMs > 0 ? Math.Min(10_000, at - tick) : 0;
            }

            flood.Annunciated(at);
            flood.Tick(at);
            sinceMs = at;
        }

        for (var tick = sinceMs; flood.SinceMs > 0 && tick < toMs; tick += 10_000)
        {
            flood.Tick(tick);
            inFlood += flood.SinceMs > 0 ? Math.Min(10_000, toMs - tick) : 0;
        }

        return inFlood / (double)Math.Max(1, toMs - fromMs);
    }

    private static List<string> Propose(List<Life> top, int raised, List<Life> chattering, List<Life> fleeting, List<Alarm> stale, Dictionary<string, double> priorities)
    {
        var found = new List<string>();
        found.AddRange(chattering.Select(life => $"{life.Name} chatters ({life.Raises.Count} times, {life.Worst} within a minute): raise the off_delay or dead_band of {life.Rule}, or mend the sensor"));
        found.AddRange(fleeting.Where(life => life.Fleeting >= 5 && !life.Chatters).Select(life => $"{life.Name} clears by itself within a minute ({life.Fleeting} times): raise the on_delay of {life.Rule}"));
        found.AddRange(top.Where(life => raised >= 50 && life.Raises.Count > raised / 10 && !life.Chatters).Select(life => $"{life.Name} is {Percent(life.Raises.Count / (double)raised)} of all alarms: mend its cause, or ask whether {life.Rule} needs a person to act"));
        found.AddRange(stale.Select(alarm => $"{alarm.Subject}: {alarm.Cause} holds for more than a day: mend it, take it out of service, or make it no alarm"));
        if (raised >= 50 && priorities["high"] + priorities["critical"] > 0.2)
        {
            found.Add($"{Percent(priorities["high"] + priorities["critical"])} of the alarms are high or critical, where about 5 % should be: lower the priority of those that can wait");
        }

        return found;
    }

    private static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>What one alarm did in the period.</summary>
    private sealed class Life
    {
        public Life(IReadOnlyList<AlarmChange> changes)
        {
            Id = changes[0].AlarmId;
            var (raisedMs, acknowledged, hidden) = (0L, true, false);
            foreach (var change in changes)
            {
                switch (change.Event)
                {
                    case AlarmEvent.Raised:
                        Subject = change.Subject ?? Subject;
                        (raisedMs, acknowledged) = (change.AtMs, false);
                        if (!hidden)
                        {
                            Raises.Add(change.AtMs);
                        }

                        break;
                    case AlarmEvent.Reprioritised:
                        Subject = change.Subject ?? Subject;
                        break;
                    case AlarmEvent.Suppressed when change.AtMs == raisedMs && Raises.Count > 0 && Raises[^1] == raisedMs:
                        // It came up suppressed: nobody saw it.
                        Raises.RemoveAt(Raises.Count - 1);
                        break;
                    case AlarmEvent.Released:
                        Raises.Add(change.AtMs);
                        break;
                    case AlarmEvent.Shelved or AlarmEvent.TakenOut:
                        hidden = true;
                        break;
                    case AlarmEvent.Unshelved or AlarmEvent.ShelfExpired or AlarmEvent.PutBack:
                        hidden = false;
                        break;
                    case AlarmEvent.Acknowledged when !acknowledged:
                        acknowledged = true;
                        Waits.Add(change.AtMs - raisedMs);
                        break;
                    case AlarmEvent.Cleared:
                        Fleeting += raisedMs > 0 && change.AtMs - raisedMs < 60_000 ? 1 : 0;
                        NeverAcknowledged += acknowledged ? 0 : 1;
                        acknowledged = true;
                        break;
                }
            }

            for (var i = 0; i < Raises.Count; i++)
            {
                Worst = Math.Max(Worst, Raises.Skip(i).TakeWhile(at => at - Raises[i] <= 60_000).Count());
            }
        }

        public string Id { get; }

        public Alarm? Subject { get; private set; }

        public List<long> Raises { get; } = [];

        public List<long> Waits { get; } = [];

        public int Fleeting { get; private set; }

        public int NeverAcknowledged { get; private set; }

        /// <summary>Raises within one minute.</summary>
        public int Worst { get; }

        public bool Chatters => Worst >= 3;

        public string Name => $"{Subject!.Subject}: {Subject.Cause}";

        public string Rule => Subject!.Sources.Count > 0 ? $"rule {Subject.Sources[0].Split(':')[0]}" : "its rule";

        public AlarmCulprit Culprit(int count) => new(Id, Subject!.Subject, Subject.Cause, count);
    }
}

/// <summary>An alarm that the report points at.</summary>
internal sealed record AlarmCulprit(string Id, string Subject, string Cause, int Count);

/// <summary>A figure against its target; above the ceiling a person cannot keep up.</summary>
internal sealed record AlarmVerdict(string What, double Value, double Target, double Ceiling, string Verdict);

[JsonSerializable(typeof(AlarmReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Signs as they are, since nothing of it goes into HTML.</summary>
    public static ReportJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
