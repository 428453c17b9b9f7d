using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Profiles;

/// <summary>One line of a profile: a metric, and how to turn what the device holds into the metric's unit. Protocols add where it stands.</summary>
internal abstract record Point
{
    public required Metric Metric { get; init; }

    /// <summary>The piece of the device; may hold placeholders (<c>outlet/{index}</c>) that the driver fills per row or instance.</summary>
    public string? Part { get; init; }

    public PollGroup Every { get; init; } = PollGroup.Normal;

    /// <summary>From raw to the metric's unit.</summary>
    public Conversion Conversion { get; init; } = Conversion.None;

    /// <summary>A counter begins again at 0 when it reaches this value, in the metric's unit; null when the profile does not say.</summary>
    public double? Rollover { get; init; }

    /// <summary>The choice that this point is one alternative of; null for a point of its own.</summary>
    public Choice? Choice { get; init; }

    /// <summary>Where in the device the value stands, for people.</summary>
    public virtual string Place => "";

    /// <summary>Line of the profile's file, for messages.</summary>
    public int Line { get; init; }
}
