using System.Security.Cryptography;
using System.Text;

namespace EdgeDcim.Collector.Alarms;

/// <summary>How soon a person must act. Ordered.</summary>
internal enum AlarmPriority
{
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>Where an alarm is in its life (ISA-18.2).</summary>
internal enum AlarmState
{
    Normal,
    ActiveUnacknowledged,
    ActiveAcknowledged,

    /// <summary>Gone again, and nobody has seen it yet; only latching alarms wait here.</summary>
    ReturnedUnacknowledged,
}

/// <summary>What kind of trouble it is; says along which topology a parent's trouble explains it.</summary>
internal enum AlarmClass
{
    Process,
    Power,
    Cooling,
    Communication,

    /// <summary>Found by a detector and not by a limit.</summary>
    Anomaly,
}

/// <summary>Set aside by a person, for a time and with a reason.</summary>
internal sealed record Shelf(string User, string Reason, long SinceMs, long UntilMs)
{
    /// <summary>Longest time on the shelf; what takes longer is out of service.</summary>
    public const long MaxMs = 24 * 3_600_000L;
}

/// <summary>Taken out of service by a person, until one puts it back.</summary>
internal sealed record OutOfService(string User, string Reason, long SinceMs);

/// <summary>One alarm: one cause at one place. It keeps its identity when it clears and comes again.</summary>
/// <param name="Id">Follows from device, cause and part, so it is the same after a restart and on another collector.</param>
/// <param name="Sources">The conditions that hold now: a limit, the device's own alarm, a detector. One cause, one alarm.</param>
/// <param name="Unknown">Its data does not come: the state is frozen, neither raised nor cleared.</param>
/// <param name="Safety">Leak, fire, over-temperature: never hidden by a flood or by a parent's alarm.</param>
/// <param name="Times">How often it was raised.</param>
/// <param name="CascadeMs">When the cascade began that it is part of.</param>
/// <param name="Order">1 for what was raised first in its cascade.</param>
/// <param name="Notified">By route, when that was last told of this raise.</param>
internal sealed record Alarm(
    string Id, string Device, string Cause, string? Part, AlarmClass Class, AlarmPriority Priority, AlarmState State, string Text, string Evidence,
    bool Safety, bool Latches, IReadOnlyList<string> Sources)
{
    public double? Confidence { get; init; }

    public bool Unknown { get; init; }

    public long RaisedMs { get; init; }

    public long ChangedMs { get; init; }

    public long ClearedMs { get; init; }

    public long AcknowledgedMs { get; init; }

    public string? AcknowledgedBy { get; init; }

    public int Times { get; init; }

    public Shelf? Shelf { get; init; }

    /// <summary>Why the design keeps it quiet: the parent's alarm, start-up, maintenance.</summary>
    public string? SuppressedBy { get; init; }

    public OutOfService? OutOfService { get; init; }

    public string? Comment { get; init; }

    public long CascadeMs { get; init; }

    public int Order { get; init; }

    public IReadOnlyDictionary<string, long> Notified { get; init; } = Nobody;

    public static IReadOnlyDictionary<string, long> Nobody { get; } = new Dictionary<string, long>();

    public bool IsActive => State is AlarmState.ActiveUnacknowledged or AlarmState.ActiveAcknowledged;

    public bool IsUnacknowledged => State is AlarmState.ActiveUnacknowledged or AlarmState.ReturnedUnacknowledged;

    /// <summary>Somebody or something keeps it off the list.</summary>
    public bool IsHidden => Shelf is not null || SuppressedBy is not null || OutOfService is not null;

    /// <summary>On the list that an operator works off.</summary>
    public bool IsShown => State != AlarmState.Normal && !IsHidden;

    /// <summary>There is a reason to remember more than its past.</summary>
    public bool IsLive => State != AlarmState.Normal || Shelf is not null || OutOfService is not null;

    public string Subject => Part is null ? Device : $"{Device}/{Part}";

    public static string IdOf(string device, string cause, string? part) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{device}\n{cause}\n{part}")).AsSpan(0, 6));
}
