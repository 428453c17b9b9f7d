namespace EdgeDcim.Agent.Configuration;

/// <summary>The whole of <c>agent.yaml</c>, validated: nobody checks it again.</summary>
/// <param name="Site">The Sparkplug group.</param>
/// <param name="Agent">The Sparkplug edge node.</param>
/// <param name="Hosts">The collectors that must all have a reading before it is forgotten, and one of which must be online before data flows; empty: nobody.</param>
/// <param name="Devices">In the order of the file; ids are unique.</param>
/// <param name="ClockWait">How long readings wait after a start for a clock that is not synchronised; zero: a plausible clock is taken as it is.</param>
/// <param name="PollLog">File that gets one line for every reading as it is journaled; null: none.</param>
internal sealed record AgentConfig(
    string Site, string Agent, IReadOnlyList<string> Hosts, BrokerConfig Broker, PollConfig Poll, JournalConfig Journal, IReadOnlyList<DeviceConfig> Devices,
    string? PollLog = null, TimeSpan ClockWait = default)
{
    /// <summary>Null: no traps are received.</summary>
    public TrapsConfig? Traps { get; init; }
}
