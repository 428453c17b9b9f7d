using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.LocalSensors;

namespace EdgeDcim.Agent.Drivers.Local;

/// <summary>The sensors of the machine that the agent runs on, on one lane.</summary>
internal sealed class LocalProtocol(LocalHardware hardware, TimeProvider time) : IProtocol
{
    public string Name => "local";

    public DeviceProfile ParseProfile(ProfileHeader header, YamlMap profile) => new LocalProfileReader(header, profile).Read();

    public string LaneKey(EndpointConfig endpoint) => "local";

    public bool Serves(PathAddress path) => path is LocalAddress;

    public ILink OpenLink(EndpointConfig endpoint) => new LocalLink(new LocalSensorReader(hardware, time));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
