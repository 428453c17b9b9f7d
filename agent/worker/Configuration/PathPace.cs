namespace EdgeDcim.Agent.Configuration;

/// <summary>How gently a path wants to be asked, as a profile or an endpoint states it. The defaults demand nothing.</summary>
internal sealed record PathPace
{
    public static PathPace Default { get; } = new();

    /// <summary>Rest between a connection and its first request, for devices that drop what comes too early.</summary>
    public TimeSpan ConnectDelay { get; init; }

    /// <summary>Rest between the end of a connection and the next, for devices that free their only slot slowly.</summary>
    public TimeSpan ReconnectDelay { get; init; }

    /// <summary>Closes a connection that was quiet for so long, so that others get the device's only slot; null keeps it.</summary>
    public TimeSpan? CloseAfter { get; init; }

    /// <summary>Requests that may be under way together; more than one only where the model is known to cope.</summary>
    public int InFlight { get; init; } = 1;

    /// <summary>What suits every device on a path: the longest rests, the soonest close, and together only what all of them cope with.</summary>
    public static PathPace Common(IReadOnlyCollection<PathPace> endpoints, IReadOnlyCollection<PathPace> profiles)
    {
        var all = endpoints.Concat(profiles).ToList();
        return new PathPace
        {
            ConnectDelay = all.Max(pace => pace.ConnectDelay),
            ReconnectDelay = all.Max(pace => pace.ReconnectDelay),
            CloseAfter = all.Min(pace => pace.CloseAfter),
            InFlight = profiles.Min(pace => pace.InFlight),
        };
    }
}
