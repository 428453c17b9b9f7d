using EdgeDcim.Collector.Alarms;

namespace EdgeDcim.Collector.Notification;

/// <summary>What a receiver was last told of an alarm, by one route.</summary>
/// <param name="By">The host id of the collector that told it.</param>
/// <param name="Priority">The priority it was last told with.</param>
/// <param name="RaisedMs">When it was last told that the alarm holds; 0 for never.</param>
/// <param name="ClearedMs">When it was last told that the alarm is over; 0 for never.</param>
internal sealed record Told(string Channel, string Route, string Alarm, string By, AlarmPriority Priority, long RaisedMs, long ClearedMs)
{
    /// <summary>How far apart two collectors may notice the same thing: each looks once a second, and commits twenty times a second.</summary>
    private const long ApartMs = 5_000;

    public long LastMs => Math.Max(RaisedMs, ClearedMs);

    /// <summary>The receiver believes that the alarm holds.</summary>
    public bool Holds => RaisedMs > ClearedMs;

    /// <summary>Whether the receiver knows this already, from whoever told it.</summary>
    public bool Covers(NotifyEvent news) => news.Kind switch
    {
        NotifyKind.Raised => news.Alarm.Priority <= Priority && (Holds || news.AtMs <= RaisedMs + ApartMs),
        NotifyKind.Reminder => !Holds || news.AtMs <= RaisedMs + ApartMs,
        NotifyKind.Cleared => !Holds,
        _ => false,
    };

    /// <summary>By the clock of another machine.</summary>
    public Told Shifted(long byMs) => this with { RaisedMs = RaisedMs == 0 ? 0 : RaisedMs + byMs, ClearedMs = ClearedMs == 0 ? 0 : ClearedMs + byMs };
}
