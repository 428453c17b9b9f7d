namespace EdgeDcim.Collector.Alarms;

/// <summary>One alarm in the making: what there is of it, and the signs that hold now.</summary>
internal sealed class AlarmSlot(string id, string device, string cause, string? part)
{
    public string Id { get; } = id;

    public string Device { get; } = device;

    public string Cause { get; } = cause;

    public string? Part { get; } = part;

    public Alarm? Alarm { get; set; }

    /// <summary>The conditions that hold, in the order in which they came.</summary>
    public List<Sign> Signs { get; } = [];

    /// <summary>Sources from before a restart that have not spoken since; the alarm stays for them.</summary>
    public HashSet<string> Awaited { get; } = new(StringComparer.Ordinal);

    /// <summary>Counted for the flood since it was raised.</summary>
    public bool Annunciated { get; set; }

    public bool IsBlind => Signs.TrueForAll(sign => sign.Watch is { IsBlind: true });
}

/// <summary>One reason for an alarm: a watch, or a detector.</summary>
internal sealed record Sign(string Key, AlarmRule Rule, string Text, string Evidence, double? Confidence, Watch? Watch);
