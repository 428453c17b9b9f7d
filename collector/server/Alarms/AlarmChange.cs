namespace EdgeDcim.Collector.Alarms;

/// <summary>Everything that can happen to an alarm.</summary>
internal enum AlarmEvent
{
    Raised,
    Cleared,
    Acknowledged,

    /// <summary>Another priority while it holds; a higher one asks for acknowledgement anew.</summary>
    Reprioritised,

    Shelved,
    Unshelved,
    ShelfExpired,
    Suppressed,
    Released,
    TakenOut,
    PutBack,

    /// <summary>Its data stopped: frozen.</summary>
    LostSight,
    SawAgain,
    Commented,
}

/// <summary>One line of the audit trail. Replaying an alarm's lines gives the alarm.</summary>
/// <param name="User">Who did it; <see cref="System"/> when nobody did.</param>
/// <param name="Reason">Why, in the person's or the system's words.</param>
/// <param name="Subject">The alarm as it is raised or reprioritised: text, evidence, priority. Null for everything else.</param>
/// <param name="UntilMs">End of a shelf.</param>
internal sealed record AlarmChange(
    string AlarmId, long AtMs, AlarmEvent Event, string User, string? Reason = null, Alarm? Subject = null, long UntilMs = 0)
{
    public const string System = "edgedcim";
}
