namespace EdgeDcim.Collector.Alarms;

/// <summary>
/// What people did on the other collector of the site, until it can be done here: the alarm may come a second later, or once the first readings are
/// in after a start. What cannot be done within its time is dropped. Not thread-safe.
/// </summary>
internal sealed class MirroredActs
{
    private const int Most = 10_000;
    private const long SoonMs = 10_000;
    private const long AfterStartMs = 300_000;
    private readonly List<Waiting> waiting = [];

    public void Add(AlarmChange change) => Add(change, SoonMs);

    /// <summary>Makes out of their alarm what has to be done to ours, so that both look the same to an operator.</summary>
    public void Adopt(Alarm theirs, Alarm? ours)
    {
        if (theirs.State == AlarmState.ActiveAcknowledged && ours?.State is null or AlarmState.Normal or AlarmState.ActiveUnacknowledged)
        {
            Add(new AlarmChange(theirs.Id, theirs.AcknowledgedMs, AlarmEvent.Acknowledged, theirs.AcknowledgedBy ?? AlarmChange.System), AfterStartMs);
        }

        if (theirs.Shelf is { } shelf)
        {
            Add(shelf != ours?.Shelf, new AlarmChange(theirs.Id, shelf.SinceMs, AlarmEvent.Shelved, shelf.User, shelf.Reason, null, shelf.UntilMs));
        }
        else
        {
            Add(ours?.Shelf is not null, new AlarmChange(theirs.Id, theirs.ChangedMs, AlarmEvent.Unshelved, AlarmChange.System));
        }

        if (theirs.OutOfService is { } taken)
        {
            Add(ours?.OutOfService is null, new AlarmChange(theirs.Id, taken.SinceMs, AlarmEvent.TakenOut, taken.User, taken.Reason));
        }
        else
        {
            Add(ours?.OutOfService is not null, new AlarmChange(theirs.Id, theirs.ChangedMs, AlarmEvent.PutBack, AlarmChange.System));
        }

        Add(theirs.Comment is not null && theirs.Comment != ours?.Comment, new AlarmChange(theirs.Id, theirs.ChangedMs, AlarmEvent.Commented, AlarmChange.System, theirs.Comment));
    }

    /// <summary>Does what can be done now.</summary>
    public void Try(Func<AlarmChange, bool> act, long nowMs) => waiting.RemoveAll(one =>
    {
        one.SinceMs ??= nowMs;
        return act(one.Change) || nowMs - one.SinceMs >= one.ForMs;
    });

    private void Add(bool isDue, AlarmChange change)
    {
        if (isDue)
        {
            Add(change, AfterStartMs);
        }
    }

    private void Add(AlarmChange change, long forMs)
    {
        if (waiting.Count < Most)
        {
            waiting.Add(new Waiting(change, forMs));
        }
    }

    private sealed class Waiting(AlarmChange change, long forMs)
    {
        public AlarmChange Change => change;

        public long ForMs => forMs;

        public long? SinceMs { get; set; }
    }
}
