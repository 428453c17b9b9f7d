using System.Net;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>SNMP as the agent uses it: one transport for all targets of the process.</summary>
internal sealed class SnmpProtocol(TimeProvider time) : IProtocol
{
    private readonly SnmpTransport transport = new(time);

    public string Name => "snmp";

    public DeviceProfile ParseProfile(ProfileHeader header, YamlMap profile) => new SnmpProfileReader(header, profile).Read();

    public string LaneKey(EndpointConfig endpoint) => endpoint.At.ToString()!;

    public bool Serves(PathAddress path) => path is HostAddress { Scheme: "snmp" };

    public ILink OpenLink(EndpointConfig endpoint)
    {
        var host = (HostAddress)endpoint.At;
        return new SnmpLink(
            transport, IPAddress.TryParse(host.Host, out var address) ? new IPEndPoint(address, host.Port) : new DnsEndPoint(host.Host, host.Port),
            endpoint.Timeout ?? TimeSpan.FromSeconds(2), time);
    }

    public ValueTask DisposeAsync() => transport.DisposeAsync();
}
