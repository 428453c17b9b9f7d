using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Alarms;

/// <summary>
/// Turns what changed in a second into changes of alarms. It looks at the series that have news and at the few conditions that wait or hold,
/// never at all of them. One thread at a time; its memory is the alarms and the watches, and every change it makes is in <see cref="Changes"/>.
/// </summary>
internal sealed class AlarmEngine
{
    private readonly AlarmPlan plan;
    private readonly Dictionary<string, AlarmSlot> slots = new(StringComparer.Ordinal);
    private readonly HashSet<AlarmSlot> live = [];
    private readonly Dictionary<string, AlarmSlot> awaited = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Watch> watches = new(StringComparer.Ordinal);
    private int watched;
    private readonly HashSet<Watch> pending = [];
    private readonly HashSet<Watch> active = [];
    private readonly Silence silence;
    private readonly Suppression suppression;
    private readonly List<AlarmChange> changes = [];
    private readonly Dictionary<string, UpsState> ups = new(StringComparer.Ordinal);

    public AlarmEngine(AlarmPlan plan, IEnumerable<Alarm> restored)
    {
        this.plan = plan;
        suppression = new Suppression(plan);
        silence = new Silence(plan, Bound);
        var rules = plan.Rules.ToDictionary(rule => rule.Name, StringComparer.Ordinal);
        foreach (var alarm in restored)
        {
            var slot = SlotOf(alarm.Device, alarm.Cause, alarm.Part);
            slot.Alarm = alarm;
            slot.Annunciated = alarm.IsShown;
            foreach (var source in alarm.Sources.Where(source => rules.TryGetValue(source.Split(':', 2)[0], out var rule) && !plan.At(rule, alarm.Device).Off))
            {
                slot.Awaited.Add(source);
                awaited[source] = slot;
            }

            Sort(slot);
        }
    }

    public Flood Flood { get; } = new();

    /// <summary>Alarms of which more is known than at the last look, without anything having happened to them.</summary>
    public HashSet<string> Touched { get; } = new(StringComparer.Ordinal);

    /// <summary>What happened since the list was last cleared, in order.</summary>
    public List<AlarmChange> Changes => changes;

    public IEnumerable<Alarm> Alarms => live.Select(slot => slot.Alarm).OfType<Alarm>();

    public Alarm? Find(string id) => slots.TryGetValue(id, out var slot) ? slot.Alarm : null;

    /// <summary>Series that have a rule.</summary>
    public int Watched => watched;

    public void Tick(FacilitySnapshot snapshot, IReadOnlyList<SeriesSlot> news)
    {
        var nowMs = snapshot.NowMs;
        ups.Clear();
        foreach (var state in snapshot.UpsStates)
        {
            ups[state.Device] = state;
        }

        silence.Observe(snapshot, suppression, Sort);
        foreach (var series in news)
        {
            if (series.Watches is not { } bound || bound.Kind != series.Device.Info?.Kind)
            {
                series.Watches = bound = new BoundWatches(series.Device.Info?.Kind, Bind(series));
            }

            foreach (var watch in bound.Watches)
            {
                watch.Other ??= watch.Rule.Minus is { } minus ? OtherOf(series, minus) : null;
                watch.Judge(nowMs, series.Series.Metric == "ups.mode" ? EffectiveMode(series) : null);
                Sort(watch);
            }

            suppression.Watch(series, nowMs);
        }

        foreach (var watch in active)
        {
            // Only the data of what holds is looked at for its age; the rest has nothing to lose.
            if (watch is { Slot: { } slot, IsBlind: false } && slot.Sample().IsStale(nowMs))
            {
                watch.Blind();
            }
        }

        foreach (var watch in pending.Where(watch => watch.IsPending && nowMs >= watch.DueMs).OrderBy(watch => watch.DueMs).ToList())
        {
            Settle(watch, nowMs);
        }

        pending.RemoveWhere(static watch => !watch.IsPending);
        Live(nowMs);
        Flood.Tick(nowMs);
    }

    /// <summary>A condition that no watch judges: a detector's.</summary>
    public void Detected(AlarmRule rule, string device, string? part, Sign? sign, string key, long nowMs)
    {
        var slot = SlotOf(device, rule.Cause, rule.WholeDevice ? null : part);
        slot.Signs.RemoveAll(held => held.Key == key);
        slot.Awaited.Remove(key);
        if (sign is not null)
        {
            slot.Signs.Add(sign);
        }

        Weigh(slot, nowMs);
        Sort(slot);
    }

    /// <summary>What a person does. False when it cannot be done to the alarm as it is.</summary>
    public bool Act(AlarmChange change)
    {
        if (!slots.TryGetValue(change.AlarmId, out var slot) || slot.Alarm is null || !Apply(slot, change))
        {
            return false;
        }

        Sort(slot);
        return true;
    }

    /// <summary>Remembers whom the notifier has told; no event of the alarm's life.</summary>
    public void Notified(string id, IReadOnlyDictionary<string, long> routes)
    {
        if (slots.TryGetValue(id, out var slot) && slot.Alarm is { } alarm)
        {
            slot.Alarm = alarm with { Notified = routes };
            Touched.Add(id);
        }
    }

    private void Settle(Watch watch, long nowMs)
    {
        if (watch.Holds && watch.Rule.Comparison == Comparison.Silent && suppression.ByParent(watch.Rule, watch.Device) is not null)
        {
            // Who is behind a silent gateway is not asked; when the gateway is back, so is the question.
            return;
        }

        if (watch.Holds && watch.Rule.When is { } when && !suppression.Holds(when, watch.Device))
        {
            return;
        }

        if (!watch.Settle(nowMs))
        {
            return;
        }

        var slot = SlotOf(watch.Device, watch.Rule.Cause, watch.Part);
        slot.Awaited.Remove(watch.Key);
        slot.Signs.RemoveAll(sign => sign.Key == watch.Key);
        if (watch.IsActive)
        {
            active.Add(watch);
            slot.Signs.Add(new Sign(watch.Key, watch.Rule, watch.Text(), watch.Evidence(), null, watch));
        }
        else
        {
            active.Remove(watch);
        }

        suppression.Sort(watch);
        Weigh(slot, nowMs);
        Sort(slot);
    }

    /// <summary>Everything that time alone changes about the alarms there are.</summary>
    private void Live(long nowMs)
    {
        foreach (var slot in live.ToList())
        {
            var alarm = slot.Alarm!;
            if (alarm.Shelf is { } shelf && nowMs >= shelf.UntilMs)
            {
                Apply(slot, new AlarmChange(slot.Id, nowMs, AlarmEvent.ShelfExpired, AlarmChange.System));
            }

            if (alarm.IsActive && slot.Signs.Count == 0 && slot.Awaited.Count == 0)
            {
                Apply(slot, new AlarmChange(slot.Id, nowMs, AlarmEvent.Cleared, AlarmChange.System, "its rule is gone"));
            }
            else if (alarm.IsActive)
            {
                var isBlind = slot.IsBlind;
                if (isBlind != alarm.Unknown)
                {
                    Apply(slot, new AlarmChange(slot.Id, nowMs, isBlind ? AlarmEvent.LostSight : AlarmEvent.SawAgain, AlarmChange.System));
                }

                var why = suppression.Of(slot, nowMs);
                if (why is null != (slot.Alarm!.SuppressedBy is null))
                {
                    Apply(slot, new AlarmChange(slot.Id, nowMs, why is null ? AlarmEvent.Released : AlarmEvent.Suppressed, AlarmChange.System, why));
                }
            }

            if (slot.Alarm is { IsShown: true } shown && !slot.Annunciated)
            {
                slot.Annunciated = true;
                Flood.Annunciated(nowMs);
            }

            Sort(slot);
        }
    }

    /// <summary>Sets the alarm to what its signs come to.</summary>
    private void Weigh(AlarmSlot slot, long nowMs)
    {
        if (slot.Signs.Count == 0)
        {
            if (slot.Awaited.Count == 0)
            {
                Apply(slot, new AlarmChange(slot.Id, nowMs, AlarmEvent.Cleared, AlarmChange.System));
            }

            return;
        }

        var worst = slot.Signs.MaxBy(sign => sign.Rule.Priority)!;
        var isNew = slot.Alarm is not { IsActive: true };
        var (cascade, order) = isNew ? Flood.Place(nowMs) : (slot.Alarm!.CascadeMs, slot.Alarm.Order);
        var subject = new Alarm(
            slot.Id, slot.Device, slot.Cause, slot.Part, worst.Rule.Class, worst.Rule.Priority, AlarmState.ActiveUnacknowledged, worst.Text,
            string.Join("; ", slot.Signs.Select(sign => sign.Evidence).Distinct()), slot.Signs.Exists(sign => sign.Rule.Safety), slot.Signs.Exists(sign => sign.Rule.Latches),
            [.. slot.Signs.Select(sign => sign.Key), .. slot.Awaited])
        {
            Confidence = worst.Confidence,
            CascadeMs = cascade,
            Order = order,
        };
        if (isNew)
        {
            slot.Annunciated = false;
            Apply(slot, new AlarmChange(slot.Id, nowMs, AlarmEvent.Raised, AlarmChange.System, null, subject));
        }
        else if (slot.Alarm!.Priority != subject.Priority)
        {
            Apply(slot, new AlarmChange(slot.Id, nowMs, AlarmEvent.Reprioritised, AlarmChange.System, null, subject));
        }
        else
        {
            slot.Alarm = slot.Alarm with { Sources = subject.Sources, Evidence = subject.Evidence };
            Touched.Add(slot.Id);
        }
    }

    private bool Apply(AlarmSlot slot, AlarmChange change)
    {
        if (AlarmLife.Apply(slot.Alarm, change) is not { } next)
        {
            return false;
        }

        slot.Alarm = next;
        changes.Add(change);
        return true;
    }

    private Watch[] Bind(SeriesSlot series)
    {
        var rules = plan.RulesFor(series.Device.Info?.Kind, series.Series);
        Watch[] bound = [.. rules.Select(rule => Bound(rule, series.Series.Device, series))];
        watched += bound.Length > 0 ? 1 : 0;

        return bound;
    }

    private Watch Bound(AlarmRule rule, string device, SeriesSlot? series)
    {
        var key = Watch.KeyOf(rule.Name, device, series?.Series);
        if (watches.TryGetValue(key, out var known) && known.Rule == rule)
        {
            return known;
        }

        var watch = new Watch(rule, device, series);
        watches[key] = watch;
        if (awaited.Remove(key, out var slot) && slot.Awaited.Remove(key))
        {
            watch.Resume();
            active.Add(watch);
            suppression.Sort(watch);
            slot.Signs.Add(new Sign(key, rule, slot.Alarm!.Text, slot.Alarm.Evidence, null, watch));
            Sort(slot);
        }

        return watch;
    }

    private static SeriesSlot? OtherOf(SeriesSlot series, string metric) =>
        series.Device.Series.FirstOrDefault(one => one.Series.Metric == metric && one.Series.Part == series.Series.Part)
        ?? series.Device.Series.FirstOrDefault(one => one.Series.Metric == metric && one.Series.Part is null)
        ?? series.Device.Series.FirstOrDefault(one => one.Series.Metric == metric);

    /// <summary>A UPS without a word for ECO says bypass; where the facility knows better, that counts. NaN while it is being found out.</summary>
    private double? EffectiveMode(SeriesSlot series) =>
        ups.TryGetValue(series.Series.Device, out var state) && series.Metric is { } metric && metric.StateName(series.Value) == "bypass"
            ? state.Reason == UpsReason.Eco ? metric.StateCode("eco") : state.MayBeEco ? metric.StateCode("unknown") : null
            : null;

    private void Sort(Watch watch)
    {
        if (watch.IsPending)
        {
            pending.Add(watch);
        }

        suppression.Sort(watch);
    }

    private void Sort(AlarmSlot slot)
    {
        if (slot.Alarm is { IsLive: true })
        {
            live.Add(slot);
        }
        else
        {
            live.Remove(slot);
        }
    }

    private AlarmSlot SlotOf(string device, string cause, string? part)
    {
        var id = Alarm.IdOf(device, cause, part);
        if (!slots.TryGetValue(id, out var slot))
        {
            slots[id] = slot = new AlarmSlot(id, device, cause, part);
        }

        return slot;
    }
}

/// <summary>The watches of a series, and the kind of device that they were chosen for.</summary>
internal sealed record BoundWatches(string? Kind, Watch[] Watches);
