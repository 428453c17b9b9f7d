using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Configuration;

/// <summary>How many seconds each poll group is at this site.</summary>
internal sealed record PollConfig(TimeSpan Fast, TimeSpan Normal, TimeSpan Slow)
{
    /// <summary>Polls of one slot are spread over this window, each device at its own stable place in it.</summary>
    public TimeSpan Spread { get; init; } = TimeSpan.FromMilliseconds(250);

    public static PollConfig Default { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60));

    public TimeSpan this[PollGroup group] => group switch
    {
        PollGroup.Fast => Fast,
        PollGroup.Slow => Slow,
        _ => Normal,
    };
}
