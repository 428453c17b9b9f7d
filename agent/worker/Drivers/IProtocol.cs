using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Drivers;

/// <summary>One protocol that EdgeDcim can read; all of them stand in <see cref="ProtocolCatalog"/>.</summary>
internal interface IProtocol : IAsyncDisposable
{
    /// <summary>As profiles and endpoints write it: <c>modbus</c>, <c>snmp</c>.</summary>
    string Name { get; }

    /// <summary>Reads the protocol's own keys of a profile. Faults land in the map's problems.</summary>
    DeviceProfile ParseProfile(ProfileHeader header, YamlMap profile);

    /// <summary>Equal keys share one link and one lane: a serial port, a gateway, a host.</summary>
    string LaneKey(EndpointConfig endpoint);

    /// <summary>True when this build has a client for the path; an address may be right and not yet served.</summary>
    bool Serves(PathAddress path);

    /// <summary>
    /// A cheap sign of life without credentials, so that a search does not knock with a password at every door. True for protocols in which
    /// the first question is as cheap.
    /// </summary>
    ValueTask<bool> IsPresentAsync(EndpointConfig endpoint, CancellationToken cancel) => ValueTask.FromResult(true);

    /// <summary>The same access, bound to the certificate that the endpoint shows now where no authority vouches for it; null when there is nothing to bind.</summary>
    ValueTask<DeviceAccess?> PinAsync(EndpointConfig endpoint, DeviceAccess access, CancellationToken cancel) => ValueTask.FromResult<DeviceAccess?>(null);

    /// <summary>Makes the link; no I/O before the first read.</summary>
    ILink OpenLink(EndpointConfig endpoint);
}
