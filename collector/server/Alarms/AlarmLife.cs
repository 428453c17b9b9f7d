namespace EdgeDcim.Collector.Alarms;

/// <summary>
/// The life cycle of ISA-18.2 as one pure function.
/// <code>
///            raised                     acknowledged
///  normal ──────────► active, unacked ──────────────► active, acked ──► normal
///    ▲ ▲                │ cleared                          cleared
///    │ └────────────────┤ (latching)
///    │ acknowledged     ▼
///    └──────── returned, unacked
/// </code>
/// Shelved, suppressed and out of service stand beside it: the state goes on below them.
/// </summary>
internal static class AlarmLife
{
    /// <summary>The alarm after the change, or null when the change cannot happen to it as it is.</summary>
    public static Alarm? Apply(Alarm? alarm, AlarmChange change)
    {
        if (alarm is null)
        {
            return change is { Event: AlarmEvent.Raised, Subject: { } first } ? Raise(first with { State = AlarmState.Normal, Times = 0 }, first, change) : null;
        }

        var next = change.Event switch
        {
            AlarmEvent.Raised => change.Subject is { } subject && !alarm.IsActive ? Raise(alarm, subject, change) : null,
            AlarmEvent.Cleared => Clear(alarm, change),
            AlarmEvent.Acknowledged => Acknowledge(alarm, change),
            AlarmEvent.Reprioritised => change.Subject is { } subject ? Reprioritise(alarm, subject) : null,
            AlarmEvent.Shelved => change.UntilMs > change.AtMs && change.UntilMs - change.AtMs <= Shelf.MaxMs
                ? alarm with { Shelf = new Shelf(change.User, change.Reason ?? "", change.AtMs, change.UntilMs) }
                : null,
            AlarmEvent.Unshelved or AlarmEvent.ShelfExpired => alarm.Shelf is null ? null : alarm with { Shelf = null },
            AlarmEvent.Suppressed => alarm.SuppressedBy is null && change.Reason is { } why ? alarm with { SuppressedBy = why } : null,
            AlarmEvent.Released => alarm.SuppressedBy is null ? null : alarm with { SuppressedBy = null },
            AlarmEvent.TakenOut => alarm.OutOfService is null ? alarm with { OutOfService = new OutOfService(change.User, change.Reason ?? "", change.AtMs) } : null,
            AlarmEvent.PutBack => alarm.OutOfService is null ? null : alarm with { OutOfService = null },
            AlarmEvent.LostSight => alarm.IsActive && !alarm.Unknown ? alarm with { Unknown = true } : null,
            AlarmEvent.SawAgain => alarm.Unknown ? alarm with { Unknown = false } : null,
            AlarmEvent.Commented => alarm with { Comment = change.Reason },
            _ => null,
        };
        return next is null ? null : next with { ChangedMs = change.AtMs };
    }

    private static Alarm Raise(Alarm alarm, Alarm subject, AlarmChange change) => alarm with
    {
        State = AlarmState.ActiveUnacknowledged,
        Class = subject.Class,
        Priority = subject.Priority,
        Text = subject.Text,
        Evidence = subject.Evidence,
        Confidence = subject.Confidence,
        Safety = subject.Safety,
        Latches = subject.Latches,
        Sources = subject.Sources,
        CascadeMs = subject.CascadeMs,
        Order = subject.Order,
        RaisedMs = change.AtMs,
        ChangedMs = change.AtMs,
        ClearedMs = 0,
        AcknowledgedMs = 0,
        AcknowledgedBy = null,
        Unknown = false,
        Times = alarm.Times + 1,
        Notified = Alarm.Nobody,
    };

    private static Alarm? Clear(Alarm alarm, AlarmChange change) => alarm.IsActive
        ? alarm with
        {
            State = alarm is { State: AlarmState.ActiveUnacknowledged, Latches: true } ? AlarmState.ReturnedUnacknowledged : AlarmState.Normal,
            ClearedMs = change.AtMs,
            Unknown = false,
            SuppressedBy = null,
            Sources = [],
        }
        : null;

    private static Alarm? Acknowledge(Alarm alarm, AlarmChange change) => alarm.State switch
    {
        AlarmState.ActiveUnacknowledged => alarm with { State = AlarmState.ActiveAcknowledged, AcknowledgedMs = change.AtMs, AcknowledgedBy = change.User },
        AlarmState.ReturnedUnacknowledged => alarm with { State = AlarmState.Normal, AcknowledgedMs = change.AtMs, AcknowledgedBy = change.User },
        _ => null,
    };

    private static Alarm? Reprioritise(Alarm alarm, Alarm subject)
    {
        if (!alarm.IsActive || subject.Priority == alarm.Priority)
        {
            return null;
        }

        var worse = subject.Priority > alarm.Priority;
        return alarm with
        {
            Priority = subject.Priority,
            Text = subject.Text,
            Evidence = subject.Evidence,
            Safety = alarm.Safety || subject.Safety,
            Latches = alarm.Latches || subject.Latches,
            Sources = subject.Sources,
            State = worse ? AlarmState.ActiveUnacknowledged : alarm.State,
            AcknowledgedMs = worse ? 0 : alarm.AcknowledgedMs,
            AcknowledgedBy = worse ? null : alarm.AcknowledgedBy,
            Notified = worse ? Alarm.Nobody : alarm.Notified,
        };
    }
}
