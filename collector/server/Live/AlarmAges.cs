using EdgeDcim.Collector.Alarms;

namespace EdgeDcim.Collector.Live;

/// <summary>In which view each alarm last changed or left the list, so that a page is told only what it does not know.</summary>
internal sealed class AlarmAges
{
    /// <summary>Views for which it is remembered that an alarm left: a page that was slower than this many seconds is long gone.</summary>
    private const long Remembered = 3600;

    private readonly Dictionary<string, long> changed;
    private readonly Dictionary<string, long> gone;

    private AlarmAges(Dictionary<string, long> changed, Dictionary<string, long> gone) => (this.changed, this.gone) = (changed, gone);

    public static AlarmAges None { get; } = new([], []);

    public AlarmAges Next(AlarmsView before, AlarmsView now, long number)
    {
        if (ReferenceEquals(before.Live, now.Live))
        {
            return this;
        }

        var old = before.Live.ToDictionary(alarm => alarm.Id, StringComparer.Ordinal);
        var next = new Dictionary<string, long>(now.Live.Count, StringComparer.Ordinal);
        foreach (var alarm in now.Live)
        {
            next[alarm.Id] = old.Remove(alarm.Id, out var known) && ReferenceEquals(known, alarm) && changed.TryGetValue(alarm.Id, out var at) ? at : number;
        }

        var left = gone.Where(entry => entry.Value > number - Remembered && !next.ContainsKey(entry.Key)).ToDictionary(StringComparer.Ordinal);
        foreach (var id in old.Keys)
        {
            left[id] = number;
        }

        return new AlarmAges(next, left);
    }

    public bool HasChanged(string id, long since) => !changed.TryGetValue(id, out var at) || at > since;

    public IReadOnlyList<string> GoneSince(long since) => [.. gone.Where(entry => entry.Value > since).Select(entry => entry.Key)];
}
