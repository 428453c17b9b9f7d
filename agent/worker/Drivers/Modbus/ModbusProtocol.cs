using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>Modbus as the agent uses it: one link a gateway or line, many units behind it.</summary>
internal sealed class ModbusProtocol(TimeProvider time) : IProtocol
{
    public string Name => "modbus";

    public DeviceProfile ParseProfile(ProfileHeader header, YamlMap profile) => new ModbusProfileReader(header, profile).Read();

    public string LaneKey(EndpointConfig endpoint) => endpoint.At is SerialAddress serial ? $"serial:{serial.Device}" : endpoint.At.ToString()!;

    public bool Serves(PathAddress path) => path is HostAddress { Scheme: "modbus" };

    public ILink OpenLink(EndpointConfig endpoint)
    {
        var host = (HostAddress)endpoint.At;
        return new ModbusLink(time, new ModbusTcpClient(
            new ModbusTcpOptions
            {
                Host = host.Host,
                Port = host.Port,
                Timeout = endpoint.Timeout ?? TimeSpan.FromSeconds(1),
                Gap = endpoint.Gap,
            },
            time));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
