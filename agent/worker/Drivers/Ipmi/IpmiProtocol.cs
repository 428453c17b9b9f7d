using System.Net;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Ipmi;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>IPMI as the agent uses it: one transport for all controllers of the process.</summary>
internal sealed class IpmiProtocol(TimeProvider time, DriverMemory memory) : IProtocol
{
    private readonly IpmiTransport transport = new(time);

    public string Name => "ipmi";

    public DeviceProfile ParseProfile(ProfileHeader header, YamlMap profile) => new IpmiProfileReader(header, profile).Read();

    public string LaneKey(EndpointConfig endpoint) => endpoint.At.ToString()!;

    public bool Serves(PathAddress path) => path is HostAddress { Scheme: "ipmi" };

    public ILink OpenLink(EndpointConfig endpoint)
    {
        var host = (HostAddress)endpoint.At;
        return new IpmiLink(
            transport, IPAddress.TryParse(host.Host, out var address) ? new IPEndPoint(address, host.Port) : new DnsEndPoint(host.Host, host.Port),
            endpoint.Timeout ?? TimeSpan.FromSeconds(2), memory, time);
    }

    public ValueTask DisposeAsync() => transport.DisposeAsync();
}
