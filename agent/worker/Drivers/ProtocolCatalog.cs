using EdgeDcim.Agent.Drivers.Ipmi;
using EdgeDcim.Agent.Drivers.Local;
using EdgeDcim.Agent.Drivers.Modbus;
using EdgeDcim.Agent.Drivers.Redfish;
using EdgeDcim.Agent.Drivers.Snmp;
using EdgeDcim.Protocols.LocalSensors;

namespace EdgeDcim.Agent.Drivers;

/// <summary>The protocols that this build can read: the one place where a new one is named. Owns what they share over the whole process.</summary>
internal sealed class ProtocolCatalog(params IReadOnlyList<IProtocol> protocols) : IAsyncDisposable
{
    /// <summary>Every protocol that this build has.</summary>
    /// <param name="time">The clock of all of them.</param>
    /// <param name="memory">What their drivers keep over a restart; null: nothing.</param>
    public static ProtocolCatalog Standard(TimeProvider time, DriverMemory? memory = null) => new(
        new ModbusProtocol(time), new SnmpProtocol(time), new IpmiProtocol(time, memory ?? new DriverMemory()), new RedfishProtocol(time), new LocalProtocol(new LocalHardware(), time));

    public IEnumerable<string> Names => protocols.Select(protocol => protocol.Name);

    public IProtocol? Find(string name) => protocols.FirstOrDefault(protocol => protocol.Name == name);

    /// <exception cref="ArgumentException">This build does not have it.</exception>
    public IProtocol Get(string name) => Find(name) ?? throw new ArgumentException($"this build reads no protocol '{name}'", nameof(name));

    public async ValueTask DisposeAsync()
    {
        foreach (var protocol in protocols)
        {
            await protocol.DisposeAsync();
        }
    }
}
