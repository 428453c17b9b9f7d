using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Profiles.Tests.Peers;

namespace EdgeDcim.Profiles.Tests;

/// <summary>One recording behind a real socket, and the agent's own driver in front of it.</summary>
internal sealed class ReplayedDevice : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ProtocolCatalog protocols = ProtocolCatalog.Standard(TimeProvider.System);
    private readonly ReplayedAgent? agent;
    private readonly ReplayedRegisters? registers;
    private readonly EndpointConfig endpoint;
    private readonly DeviceAccess access;
    private readonly ILink link;

    public ReplayedDevice(string protocol, DeviceRecording recording)
    {
        HostAddress address;
        if (protocol == "snmp")
        {
            agent = new ReplayedAgent(recording);
            address = new HostAddress("snmp", "127.0.0.1", agent.EndPoint.Port);
            access = new SnmpCommunityAccess(SnmpDialect.V2c, Secret.Literal("public"));
        }
        else
        {
            registers = new ReplayedRegisters(recording);
            address = new HostAddress("modbus", "127.0.0.1", registers.Port);
            access = new ModbusAccess(1);
        }

        endpoint = new EndpointConfig("replay", protocol, address, Patience, TimeSpan.Zero);
        link = protocols.Get(protocol).OpenLink(endpoint);
    }

    /// <summary>The address to give to a verb of the agent.</summary>
    public string At => $"{endpoint.At}?{(agent is null ? "unit=1" : "community=public")}";

    /// <summary>The device of a recording, whose lines say of which protocol it is.</summary>
    public static ReplayedDevice Of(DeviceRecording recording) => new(recording.Objects.Count > 0 ? "snmp" : "modbus", recording);

    public async Task<IReadOnlyList<Sample>> ReadAsync(DeviceProfile profile, CancellationToken cancel)
    {
        var driver = link.CreateDriver(new DeviceConfig("replay", profile, "any", endpoint, access));
        var samples = new List<Sample>();
        foreach (var group in Enum.GetValues<PollGroup>())
        {
            samples.AddRange(await driver.ReadAsync(group, cancel));
        }

        return samples;
    }

    /// <summary>As <c>--profile auto</c> does it: what fits, and of guesses the one that the device really has.</summary>
    public Task<Identified> FindAsync(IReadOnlyList<DeviceProfile> library, CancellationToken cancel) => Identification.FindAsync(link, endpoint, access, library, cancel);

    public async ValueTask DisposeAsync()
    {
        await link.DisposeAsync();
        await protocols.DisposeAsync();
        if (agent is not null)
        {
            await agent.DisposeAsync();
        }

        if (registers is not null)
        {
            await registers.DisposeAsync();
        }
    }
}
