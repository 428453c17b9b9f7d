using EdgeDcim.Collector.Alarms;

namespace EdgeDcim.Collector.Notification;

/// <summary>
/// What receivers have been told by either of two collectors, so that whoever tells next repeats nothing. What this collector told itself is no
/// reason to keep quiet: its own outbox knows. Durable; safe from any thread.
/// </summary>
internal sealed class ToldBook
{
    private static readonly TimeSpan KeepEnded = TimeSpan.FromDays(2);
    private readonly string own;
    private readonly AlarmStore store;
    private readonly Lock gate = new();
    private readonly Dictionary<(string Channel, string Route, string Alarm), Told> entries = [];

    /// <param name="own">The host id of this collector.</param>
    public ToldBook(string own, AlarmStore store)
    {
        (this.own, this.store) = (own, store);
        foreach (var told in store.Told())
        {
            entries[(told.Channel, told.Route, told.Alarm)] = told;
        }
    }

    /// <summary>A receiver has taken a message of this collector; what the other one should know of it.</summary>
    public IReadOnlyList<Told> Sent(string channel, IEnumerable<NotifyEvent> events, long nowMs)
    {
        lock (gate)
        {
            var news = new Dictionary<(string, string, string), Told>();
            foreach (var one in events.Where(one => one.Kind != NotifyKind.Test))
            {
                var key = (channel, one.Route, one.Alarm.Id);
                var before = news.GetValueOrDefault(key) ?? entries.GetValueOrDefault(key) ?? new Told(channel, one.Route, one.Alarm.Id, own, one.Alarm.Priority, 0, 0);
                news[key] = one.Kind == NotifyKind.Cleared
                    ? before with { By = own, ClearedMs = Math.Max(nowMs, before.RaisedMs) }
                    : before with { By = own, Priority = one.Alarm.Priority, RaisedMs = Math.Max(nowMs, before.ClearedMs + 1) };
            }

            Keep(news.Values);
            return [.. news.Values];
        }
    }

    /// <summary>
    /// What the other collector says that was told, in the time of this one. What this one told itself comes back in a list of the whole, and counts
    /// as the other's word only where it is not known here any more.
    /// </summary>
    public void Heard(IEnumerable<Told> said)
    {
        lock (gate)
        {
            var news = said.Where(told => !entries.TryGetValue((told.Channel, told.Route, told.Alarm), out var known) || (told.By != own && told.LastMs > known.LastMs))
                .Select(told => told.By == own ? told with { By = "" } : told).ToList();
            Keep(news);
        }
    }

    public bool Covers(string channel, NotifyEvent news)
    {
        lock (gate)
        {
            return entries.TryGetValue((channel, news.Route, news.Alarm.Id), out var told) && told.By != own && told.Covers(news);
        }
    }

    /// <summary>All that the other one has to know when it comes.</summary>
    public IReadOnlyList<Told> All()
    {
        lock (gate)
        {
            return [.. entries.Values];
        }
    }

    /// <summary>Forgets ends that are long past.</summary>
    public void Trim(long nowMs)
    {
        lock (gate)
        {
            var before = nowMs - (long)KeepEnded.TotalMilliseconds;
            var old = entries.Values.Where(told => !told.Holds && told.LastMs < before).ToList();
            old.ForEach(told => entries.Remove((told.Channel, told.Route, told.Alarm)));
            store.ForgetTold(old);
        }
    }

    private void Keep(IReadOnlyCollection<Told> news)
    {
        foreach (var told in news)
        {
            entries[(told.Channel, told.Route, told.Alarm)] = told;
        }

        store.SaveTold(news);
    }
}
