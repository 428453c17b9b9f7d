using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>Redfish as the agent uses it: one link a service.</summary>
internal sealed class RedfishProtocol(TimeProvider time) : IProtocol
{
    /// <summary>Management controllers are slow: seconds for one resource are common.</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    public string Name => "redfish";

    public DeviceProfile ParseProfile(ProfileHeader header, YamlMap profile) => new RedfishProfileReader(header, profile).Read();

    public string LaneKey(EndpointConfig endpoint) => endpoint.At.ToString()!;

    public bool Serves(PathAddress path) => path is HostAddress { Scheme: "redfish+http" or "redfish+https" };

    public ILink OpenLink(EndpointConfig endpoint)
    {
        var host = (HostAddress)endpoint.At;
        return new RedfishLink(
            new UriBuilder(host.Scheme["redfish+".Length..], host.Host, host.Port).Uri, endpoint.Timeout ?? DefaultTimeout, time);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
