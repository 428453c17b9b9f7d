using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Configuration;

/// <summary>One device to be polled. Two are equal when they are polled alike, so a reload touches only what differs.</summary>
/// <param name="Kind">The class it stands for: the profile's unless the configuration says otherwise.</param>
internal sealed record DeviceConfig(string Id, DeviceProfile Profile, string Kind, EndpointConfig Endpoint, DeviceAccess Access)
{
    /// <summary>Points whose failed sanity checks a person has looked at and accepts, <c>metric</c> or <c>metric/part</c>, with commas; part of what makes two equal.</summary>
    public string Accept { get; init; } = "";
}
