using System.Net;
using System.Net.Sockets;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Tests.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Tests.Snmp;
using EdgeDcim.Simulator.Ipmi;

namespace EdgeDcim.Agent.Tests.Drivers;

/// <summary>Devices of any protocol on loopback that have one thing to say: a power of 231 W.</summary>
internal static class PowerDevices
{
    public const double Watts = 231;

    private const string Oid = "1.3.6.1.4.1.99999.1.1.0";

    public static DeviceProfile Profile(string protocol) => ProfileText.Read(protocol, protocol switch
    {
        "modbus" => "modbus: { function: holding, base: zero }\npoints: [{ metric: power.active, address: 7, type: u16, every: fast }]",
        "snmp" => $"points: [{{ metric: power.active, oid: {Oid}, every: fast }}]",
        _ => "ipmi: { events: false }\npoints: [{ metric: power.active, dcmi: power, every: fast }]",
    });

    /// <param name="protocol">modbus, snmp or ipmi.</param>
    /// <param name="isAlive">Else it listens and never says a word.</param>
    public static (IAsyncDisposable Server, int Port) Start(string protocol, bool isAlive)
    {
        switch (protocol)
        {
            case "modbus" when isAlive:
                var registers = new RegisterServer();
                registers.Registers[7] = (ushort)Watts;
                return (registers, registers.Port);
            case "snmp" when isAlive:
                var agent = new TestAgent(request => request.AnswerNumbers((long)Watts));
                return (agent, agent.EndPoint.Port);
            case "ipmi" when isAlive:
                var controller = new BmcServer(new BmcModel { Power = ((ushort)Watts, 1, 2, 3) }, new BmcOptions());
                return (controller, controller.EndPoint.Port);
            default:
                var silent = new Silent(protocol == "modbus" ? SocketType.Stream : SocketType.Dgram);
                return (silent, silent.Port);
        }
    }

    public static DeviceConfig Config(string protocol, DeviceProfile profile, string id, int port, TimeSpan? timeout = null) => new(
        id, profile, "pdu", new EndpointConfig(id, protocol, new HostAddress(protocol, "127.0.0.1", port), timeout, TimeSpan.Zero), protocol switch
        {
            "modbus" => new ModbusAccess(1),
            "snmp" => new SnmpCommunityAccess(SnmpDialect.V2c, Secret.Literal("public")),
            _ => new LoginAccess(new BmcOptions().User, Secret.Literal(new BmcOptions().Password)),
        });

    private sealed class Silent : IAsyncDisposable
    {
        private readonly Socket socket;

        public Silent(SocketType type)
        {
            socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            if (type == SocketType.Stream)
            {
                socket.Listen();
            }
        }

        public int Port => ((IPEndPoint)socket.LocalEndPoint!).Port;

        public ValueTask DisposeAsync()
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
