using EdgeDcim.Collector.Facility;

namespace EdgeDcim.Collector.Alarms;

/// <summary>Suppression by design: a parent's trouble, a test, start-up, maintenance. It hides an alarm and never touches its state.</summary>
internal sealed class Suppression
{
    /// <summary>Words of a state metric that mean: it runs. A change to them is a start.</summary>
    private static readonly Dictionary<string, string[]> Running = new(StringComparer.Ordinal)
    {
        ["cooling.mode"] = ["cooling", "free_cooling", "mixed", "on"],
        ["pump.state"] = ["running"],
        ["compressor.state"] = ["running"],
        ["state.device"] = ["starting"],
        ["generator.state"] = ["running"],
    };

    /// <summary>Along which topologies a parent explains an alarm of a class: without power nothing cools and nothing answers.</summary>
    private static readonly Dictionary<AlarmClass, AlarmClass[]> Explained = new()
    {
        [AlarmClass.Power] = [AlarmClass.Power],
        [AlarmClass.Cooling] = [AlarmClass.Cooling, AlarmClass.Power],
        [AlarmClass.Communication] = [AlarmClass.Communication, AlarmClass.Power],
        [AlarmClass.Process] = [AlarmClass.Power],
        [AlarmClass.Anomaly] = [AlarmClass.Cooling, AlarmClass.Power],
    };

    private readonly AlarmPlan plan;
    private readonly HashSet<string> guarded;
    private readonly Dictionary<(string Device, string Metric), string?> words = [];
    private readonly Dictionary<string, long> startedMs = new(StringComparer.Ordinal);
    private readonly Dictionary<(AlarmClass Class, string Device), HashSet<Watch>> up = [];
    private readonly Dictionary<string, string> agentOf = new(StringComparer.Ordinal);

    public Suppression(AlarmPlan plan)
    {
        this.plan = plan;
        guarded = plan.Rules.SelectMany(rule => new[] { rule.When, rule.Unless }).OfType<Guard>().Select(guard => guard.Metric).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Learns what guards and start-up ask for.</summary>
    public void Watch(SeriesSlot series, long nowMs)
    {
        var metric = series.Series.Metric;
        var starts = Running.TryGetValue(metric, out var running);
        if ((!starts && !guarded.Contains(metric)) || series.Metric?.StateName(series.Value) is not { } word)
        {
            return;
        }

        var key = (series.Series.Device, series.Series.MetricPath);
        if (starts && words.TryGetValue(key, out var before) && before is not null && !running!.Contains(before) && running.Contains(word))
        {
            startedMs[series.Series.Device] = nowMs;
        }

        words[key] = word;
        if (series.Series.Part is not null)
        {
            words[(series.Series.Device, metric)] = word;
        }
    }

    public void Knows(string device, string agent) => agentOf[device] = agent;

    public void Sort(Watch watch)
    {
        if (watch.Rule.Parent is not { } kind)
        {
            return;
        }

        var key = (kind, watch.Device);
        if (watch.Holds || watch.IsActive)
        {
            if (!up.TryGetValue(key, out var holding))
            {
                up[key] = holding = [];
            }

            holding.Add(watch);
        }
        else if (up.TryGetValue(key, out var holding) && holding.Remove(watch) && holding.Count == 0)
        {
            up.Remove(key);
        }
    }

    public bool Holds(Guard guard, string device) => words.GetValueOrDefault((device, guard.Metric)) is { } word && guard.Words.Contains(word);

    /// <summary>Why the alarm is to be quiet now; null when it is not.</summary>
    public string? Of(AlarmSlot slot, long nowMs)
    {
        if (slot.Signs.Count == 0)
        {
            return slot.Alarm?.SuppressedBy;
        }

        if (plan.Maintenance.FirstOrDefault(work => work.Covers(slot.Device, nowMs)) is { } maintenance)
        {
            return $"maintenance: {maintenance.Reason}";
        }

        string? why = null;
        foreach (var sign in slot.Signs)
        {
            why = Of(sign.Rule, slot.Device, nowMs);
            if (why is null)
            {
                return null;
            }
        }

        return why;
    }

    /// <summary>The trouble of a parent that explains this one.</summary>
    public string? ByParent(AlarmRule rule, string device)
    {
        if (rule.Safety || up.Count == 0)
        {
            return null;
        }

        foreach (var kind in Explained[rule.Class])
        {
            foreach (var above in plan.Topology.Above(kind, device))
            {
                if (ByParent(kind, above) is { } why)
                {
                    return why;
                }
            }

            if (kind == AlarmClass.Communication && agentOf.TryGetValue(device, out var agent) && ByParent(kind, agent) is { } gone)
            {
                return gone;
            }
        }

        return null;
    }

    private string? ByParent(AlarmClass kind, string above) =>
        up.TryGetValue((kind, above), out var holding) ? $"{above}: {holding.First().Rule.Cause}" : null;

    private string? Of(AlarmRule rule, string device, long nowMs)
    {
        if (rule.Unless is { } unless && Holds(unless, device))
        {
            return $"{unless.Metric} is {words[(device, unless.Metric)]}";
        }

        if (!rule.Safety && rule.StartUp > TimeSpan.Zero && startedMs.TryGetValue(device, out var started) && nowMs - started < rule.StartUp.TotalMilliseconds)
        {
            return "start-up";
        }

        return ByParent(rule, device);
    }
}
