using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Facility;

internal enum DeviceState
{
    /// <summary>Named in the facility file or seen in data, but never announced.</summary>
    Unknown,

    Online,

    /// <summary>Answers in part: some values are missing or late, or its agent says so.</summary>
    Degraded,

    /// <summary>Its agent says that it does not answer.</summary>
    Offline,

    /// <summary>Nothing came for longer than its rhythm allows, or its agent went away.</summary>
    Stale,
}

/// <summary>One device at the instant of a snapshot.</summary>
/// <param name="LastAnswerMs">Time of its newest reading that held a value; 0 when there was none.</param>
/// <param name="Samples">Every series of it.</param>
/// <param name="Vitals">At most six samples that say most about a device of this kind.</param>
internal sealed record DeviceSnapshot(
    string Id, DeviceInfo? Info, DeviceState State, Quality Quality, long LastAnswerMs,
    IReadOnlyList<SeriesSample> Samples, IReadOnlyList<SeriesSample> Vitals)
{
    public string Kind => Info?.Kind ?? "unknown";

    public string? Agent => Info?.Agent;
}

/// <summary>One agent at the instant of a snapshot.</summary>
internal readonly record struct AgentSnapshot(string Id, bool Online, long SinceMs);

/// <summary>The whole facility at one instant; immutable, so that any thread may read it.</summary>
internal sealed class FacilitySnapshot(
    long nowMs,
    IReadOnlyList<AgentSnapshot> agents,
    IReadOnlyList<DeviceSnapshot> devices,
    IReadOnlyDictionary<Series, SeriesSample> inputs,
    IReadOnlyList<UpsState> upsStates,
    long readings)
{
    public static FacilitySnapshot Empty { get; } = new(0, [], [], new Dictionary<Series, SeriesSample>(), [], 0);

    public long NowMs { get; } = nowMs;

    public IReadOnlyList<AgentSnapshot> Agents { get; } = agents;

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyList<DeviceSnapshot> Devices { get; } = devices;

    /// <summary>How every UPS of the facility file feeds its load.</summary>
    public IReadOnlyList<UpsState> UpsStates { get; } = upsStates;

    /// <summary>Readings applied since the start; live and historical.</summary>
    public long Readings { get; } = readings;

    /// <summary>The sample of a series that the facility file names; false when no agent has sent it yet.</summary>
    public bool TryInput(Series series, out SeriesSample sample) => inputs.TryGetValue(series, out sample);

    public DeviceSnapshot? Device(string id) => Devices.FirstOrDefault(device => device.Id == id);
}
