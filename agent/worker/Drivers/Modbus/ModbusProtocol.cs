using System.IO.Ports;
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

    /// <summary>The port or the host, whatever is spoken there: a serial line has one owner, and many devices have one TCP slot.</summary>
    public string LaneKey(EndpointConfig endpoint) => endpoint.At is HostAddress host
        ? $"{host.Host.ToLowerInvariant()} {host.Port}"
        : $"serial:{((SerialAddress)endpoint.At).Device}";

    public bool Serves(PathAddress path) => path is SerialAddress or HostAddress { Scheme: "modbus" or "modbus-rtu-tcp" or "modbus-ascii-tcp" };

    public ILink OpenLink(EndpointConfig endpoint) => new ModbusLink(time, endpoint.At switch
    {
        SerialAddress { Scheme: "modbus-ascii" } line => new ModbusAsciiClient(Options(line, endpoint), time),
        SerialAddress line => new ModbusRtuClient(Options(line, endpoint), time),
        HostAddress { Scheme: "modbus-rtu-tcp" } server => new ModbusRtuOverTcpClient(Options(server, endpoint), time),
        HostAddress { Scheme: "modbus-ascii-tcp" } server => new ModbusAsciiOverTcpClient(Options(server, endpoint), time),
        _ => new ModbusTcpClient(Options((HostAddress)endpoint.At, endpoint) with { MaxInFlight = endpoint.Pace.InFlight }, time),
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ModbusSerialOptions Options(SerialAddress line, EndpointConfig endpoint) => new()
    {
        Port = line.Device,
        BaudRate = line.Baud,
        DataBits = line.DataBits,
        Parity = line.Parity switch
        {
            SerialParity.None => Parity.None,
            SerialParity.Odd => Parity.Odd,
            _ => Parity.Even,
        },
        StopBits = line.StopBits == 2 ? StopBits.Two : StopBits.One,
        Timeout = endpoint.Timeout ?? TimeSpan.FromSeconds(1),
        Gap = endpoint.Gap,
    };

    private static ModbusTcpOptions Options(HostAddress host, EndpointConfig endpoint) => new()
    {
        Host = host.Host,
        Port = host.Port,
        Timeout = endpoint.Timeout ?? TimeSpan.FromSeconds(1),
        Gap = endpoint.Gap,
        ConnectDelay = endpoint.Pace.ConnectDelay,
        ReconnectDelay = endpoint.Pace.ReconnectDelay,
        CloseAfterIdle = endpoint.Pace.CloseAfter,
    };
}
