using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Notification;

namespace EdgeDcim.Collector.Alarms;

/// <summary>
/// The alarms of the site: evaluated once a second on the ingest loop, acted upon by people from any thread, durable before anybody is shown or told.
/// </summary>
internal sealed class AlarmService
{
    private const long TrimEveryMs = 3_600_000;
    private readonly AlarmPlan plan;
    private readonly AlarmStore store;
    private readonly AlarmEngine engine;
    private readonly NotifyPlanner planner;
    private readonly Lock gate = new();
    private readonly List<SeriesSlot> news = [];
    private readonly List<OutboxRow> outbox = [];
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);
    private readonly Counter raised;
    private readonly MirroredActs mirrored = new();
    private AlarmsView view;
    private long trimmedMs;

    public AlarmService(AlarmConfig config, AlarmStore store, MetricRegistry metrics)
    {
        (plan, this.store) = (config.Plan, store);
        engine = new AlarmEngine(plan, store.Alarms());
        planner = new NotifyPlanner(config.Notify);
        view = AlarmsView.Of(engine.Alarms, engine.Flood);
        raised = metrics.Counter("edgedcim_alarms_raised_total", "Alarms raised.");
        foreach (var priority in Enum.GetValues<AlarmPriority>())
        {
            metrics.Gauge("edgedcim_alarms", "Alarms on the list.", () => View.Shown.Count(alarm => alarm.Priority == priority), ("priority", priority.ToString().ToLowerInvariant()));
        }

        metrics.Gauge("edgedcim_alarms_watched_series", "Series that a rule watches.", () => engine.Watched);
    }

    public AlarmPlan Plan => plan;

    public AlarmsView View => Volatile.Read(ref view);

    public AlarmStore Store => store;

    /// <summary>Called with what changed, alarm by alarm, when it is durable.</summary>
    public Action<Alarm, AlarmChange> Changed { get; set; } = static (_, _) => { };

    /// <summary>Called with what a person did here, for the other collector of the site.</summary>
    public Action<AlarmChange> Acted { get; set; } = static _ => { };

    /// <summary>One second of the site.</summary>
    public void Tick(FacilityState facility, FacilitySnapshot snapshot, IReadOnlyList<AnomalyChange> anomalies)
    {
        lock (gate)
        {
            facility.TakeNews(news);
            engine.Tick(snapshot, news);
            foreach (var anomaly in anomalies)
            {
                Detected(anomaly, snapshot.NowMs);
            }

            mirrored.Try(engine.Act, snapshot.NowMs);
            Finish(snapshot.NowMs);
            if (snapshot.NowMs - trimmedMs >= TrimEveryMs)
            {
                trimmedMs = snapshot.NowMs;
                store.Trim(snapshot.NowMs - (long)plan.Keep.TotalMilliseconds);
            }
        }
    }

    public Alarm? Find(string id)
    {
        lock (gate)
        {
            return engine.Find(id);
        }
    }

    /// <summary>What a person does; false when it cannot be done to the alarm as it is.</summary>
    public bool Act(AlarmChange change)
    {
        lock (gate)
        {
            if (!engine.Act(change))
            {
                return false;
            }

            Finish(change.AtMs);
        }

        Acted(change);
        return true;
    }

    /// <summary>What a person did on the other collector; waits a little where the alarm has not come here yet.</summary>
    public void Mirror(AlarmChange change)
    {
        lock (gate)
        {
            mirrored.Add(change);
        }
    }

    /// <summary>What people have done to these alarms on the other collector, which was there when this one was not.</summary>
    public void Adopt(IReadOnlyList<Alarm> theirs)
    {
        lock (gate)
        {
            foreach (var alarm in theirs)
            {
                mirrored.Adopt(alarm, engine.Find(alarm.Id));
            }
        }
    }

    private void Detected(AnomalyChange anomaly, long nowMs)
    {
        var rule = AnomalySigns.RuleOf(plan, anomaly);
        if (rule is not null)
        {
            var (device, part) = AnomalySigns.Place(anomaly.Subject);
            engine.Detected(rule, device, part, AnomalySigns.SignOf(rule, anomaly), AnomalySigns.KeyOf(rule, anomaly), nowMs);
        }
    }

    /// <summary>Durable first, then seen, then told on.</summary>
    private void Finish(long nowMs)
    {
        var flood = view.FloodSinceMs;
        if (engine.Changes.Count > 0 || engine.Touched.Count > 0)
        {
            Volatile.Write(ref view, AlarmsView.Of(engine.Alarms, engine.Flood));
            touched.UnionWith(engine.Touched);
            engine.Touched.Clear();
        }
        else if (flood != engine.Flood.SinceMs || view.Recent != engine.Flood.Recent)
        {
            Volatile.Write(ref view, view with { FloodSinceMs = engine.Flood.SinceMs, Recent = engine.Flood.Recent });
        }

        planner.Live(view, nowMs, outbox, (alarm, routes) => engine.Notified(alarm.Id, routes));
        touched.UnionWith(engine.Touched);
        foreach (var change in engine.Changes)
        {
            touched.Add(change.AlarmId);
            raised.Add(change.Event == AlarmEvent.Raised ? 1 : 0);
            if (change.Event == AlarmEvent.Cleared && engine.Find(change.AlarmId) is { } cleared)
            {
                planner.Cleared(cleared, nowMs, outbox);
            }
        }

        if (touched.Count == 0)
        {
            return;
        }

        store.Save(engine.Changes, touched.Select(id => (id, engine.Find(id))), outbox);
        foreach (var change in engine.Changes)
        {
            if (engine.Find(change.AlarmId) is { } alarm)
            {
                Changed(alarm, change);
            }
        }

        engine.Changes.Clear();
        touched.Clear();
        outbox.Clear();
    }
}
