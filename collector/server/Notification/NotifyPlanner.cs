using EdgeDcim.Collector.Alarms;

namespace EdgeDcim.Collector.Notification;

/// <summary>
/// Decides whom an alarm concerns now. One rule covers the first word, on-call hours, escalation, reminders and what comes out of a shelf or from behind
/// a parent: whoever fits and has not been told of this raise is told. In a flood only safety and critical alarms go out by themselves.
/// </summary>
internal sealed class NotifyPlanner(NotifyConfig config)
{
    /// <summary>In a flood the others wait for each other this long.</summary>
    private const long FloodWaitMs = 5 * 60_000;

    private readonly Dictionary<string, NotifyRoute> routes = config.Routes.ToDictionary(route => route.Name, StringComparer.Ordinal);

    /// <summary>What to tell of the alarms that hold; <paramref name="told"/> is called with the routes that know of it from now on.</summary>
    public void Live(AlarmsView view, long nowMs, List<OutboxRow> into, Action<Alarm, IReadOnlyDictionary<string, long>> told)
    {
        if (routes.Count == 0)
        {
            return;
        }

        foreach (var alarm in view.Live)
        {
            if (alarm is { IsShown: true, IsActive: true })
            {
                Live(alarm, view.FloodSinceMs > 0, nowMs, into, told);
            }
        }
    }

    /// <summary>The end, for those who know of the beginning.</summary>
    public void Cleared(Alarm alarm, long nowMs, List<OutboxRow> into)
    {
        foreach (var name in alarm.Notified.Keys)
        {
            if (routes.TryGetValue(name, out var route))
            {
                Add(route, NotifyKind.Cleared, alarm, nowMs, nowMs + WaitMs(alarm, false), into);
            }
        }
    }

    /// <summary>Which of the alarms that hold this channel knows of.</summary>
    public IReadOnlyList<Alarm> KnownTo(string channel, AlarmsView view) =>
        [.. view.Live.Where(alarm => alarm is { IsShown: true, IsActive: true } && alarm.Notified.Keys.Any(name => routes.TryGetValue(name, out var route) && route.Channels.Contains(channel)))];

    private void Live(Alarm alarm, bool isFlood, long nowMs, List<OutboxRow> into, Action<Alarm, IReadOnlyDictionary<string, long>> told)
    {
        Dictionary<string, long>? known = null;
        foreach (var route in config.Routes)
        {
            var before = alarm.Notified.TryGetValue(route.Name, out var at);
            var isDue = before
                ? route.Repeat > TimeSpan.Zero && alarm.IsUnacknowledged && nowMs - at >= route.Repeat.TotalMilliseconds
                : route.After == TimeSpan.Zero || (alarm.IsUnacknowledged && nowMs - alarm.RaisedMs >= route.After.TotalMilliseconds);
            if (!isDue || !route.Fits(alarm) || route.Window?.Covers(nowMs) == false)
            {
                continue;
            }

            Add(route, before ? NotifyKind.Reminder : NotifyKind.Raised, alarm, nowMs, nowMs + WaitMs(alarm, isFlood), into);
            known ??= alarm.Notified.ToDictionary(StringComparer.Ordinal);
            known[route.Name] = nowMs;
        }

        if (known is not null)
        {
            told(alarm, known);
        }
    }

    /// <summary>High and above goes at once; below waits for company.</summary>
    private long WaitMs(Alarm alarm, bool isFlood) =>
        alarm.Safety || alarm.Priority == AlarmPriority.Critical ? 0
        : isFlood ? FloodWaitMs
        : alarm.Priority == AlarmPriority.High ? 0
        : (long)config.GroupWait.TotalMilliseconds;

    private static void Add(NotifyRoute route, NotifyKind kind, Alarm alarm, long nowMs, long dueMs, List<OutboxRow> into)
    {
        foreach (var channel in route.Channels)
        {
            into.Add(new OutboxRow(channel, nowMs, dueMs, alarm.Safety || alarm.Priority >= AlarmPriority.High, new NotifyEvent(kind, route.Name, nowMs, alarm)));
        }
    }
}
