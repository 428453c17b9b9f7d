using System.IO.Enumeration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Alarms;

/// <summary>How a value is compared.</summary>
internal enum Comparison
{
    Above,
    Below,

    /// <summary>A state metric says one of the words.</summary>
    Is,

    /// <summary>Grows by that much within the span.</summary>
    Rises,

    /// <summary>A state changes that often within the span.</summary>
    Changes,

    /// <summary>Not a series: a detector says so.</summary>
    Detected,

    /// <summary>Not a series: the device, or everything behind a gateway or agent, does not answer.</summary>
    Silent,
}

/// <summary>Another value of the same device that decides whether the rule speaks.</summary>
internal sealed record Guard(string Metric, IReadOnlyList<string> Words);

/// <summary>When something counts as an alarm, for all devices of a kind. Limits of a place replace its own where they are given.</summary>
/// <param name="Kinds">Kinds of devices; empty for all.</param>
/// <param name="Devices">Pattern of device ids with <c>*</c>, or null for all.</param>
/// <param name="Part">Pattern of parts; null for any, empty for the whole device only.</param>
/// <param name="Minus">A metric of the same device that is taken off first: set point, dew point, command.</param>
/// <param name="Apart">The difference counts in both directions.</param>
/// <param name="Words">For <see cref="Comparison.Is"/>; for <see cref="Comparison.Changes"/> the words between which changes count, or all.</param>
/// <param name="Cause">The cause that it is a sign of; rules with one cause at one place make one alarm.</param>
/// <param name="WholeDevice">The cause concerns the device, not the part.</param>
/// <param name="Parent">Its alarm explains those below it in that topology.</param>
/// <param name="Unless">While this holds, the alarm is suppressed by design.</param>
/// <param name="When">Unless this holds, there is no alarm.</param>
internal sealed record AlarmRule(string Name, string Metric, Comparison Comparison)
{
    public IReadOnlyList<string> Kinds { get; init; } = [];

    public string? Devices { get; init; }

    public string? Part { get; init; }

    public double Limit { get; init; }

    public TimeSpan Within { get; init; }

    public IReadOnlyList<string> Words { get; init; } = [];

    public string? Minus { get; init; }

    public bool Apart { get; init; }

    public double DeadBand { get; init; }

    public TimeSpan OnDelay { get; init; }

    public TimeSpan OffDelay { get; init; }

    public AlarmPriority Priority { get; init; } = AlarmPriority.Medium;

    public AlarmClass Class { get; init; }

    public AlarmClass? Parent { get; init; }

    public string Cause { get; init; } = Name;

    public bool WholeDevice { get; init; }

    public bool Latches { get; init; }

    public bool Safety { get; init; }

    public TimeSpan StartUp { get; init; }

    public Guard? Unless { get; init; }

    public Guard? When { get; init; }

    public string? Text { get; init; }

    public bool Off { get; init; }

    /// <summary>Only for series that no other rule watches.</summary>
    public bool Otherwise { get; init; }

    public bool Fits(string? kind, Series series) =>
        series.Metric == Metric && Comparison is not (Comparison.Silent or Comparison.Detected) && FitsDevice(kind, series.Device)
        && (Part is null || (Part.Length == 0 ? series.Part is null : series.Part is { } part && FileSystemName.MatchesSimpleExpression(Part, part, ignoreCase: false)));

    public bool FitsDevice(string? kind, string device) =>
        (Kinds.Count == 0 || (kind is not null && Kinds.Contains(kind)))
        && (Devices is null || FileSystemName.MatchesSimpleExpression(Devices, device, ignoreCase: false));
}

/// <summary>What a place says otherwise about a rule; null is not said.</summary>
internal sealed record RuleOverride(string At, string Rule)
{
    public double? Limit { get; init; }

    public double? DeadBand { get; init; }

    public TimeSpan? OnDelay { get; init; }

    public TimeSpan? OffDelay { get; init; }

    public AlarmPriority? Priority { get; init; }

    public bool? Off { get; init; }

    public AlarmRule Over(AlarmRule rule) => rule with
    {
        Limit = Limit ?? rule.Limit,
        DeadBand = DeadBand ?? rule.DeadBand,
        OnDelay = OnDelay ?? rule.OnDelay,
        OffDelay = OffDelay ?? rule.OffDelay,
        Priority = Priority ?? rule.Priority,
        Off = Off ?? rule.Off,
    };
}
