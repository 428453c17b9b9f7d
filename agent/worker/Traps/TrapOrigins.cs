using System.Net;
using System.Net.Sockets;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers.Snmp;
using EdgeDcim.Agent.Polling;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Traps;

/// <summary>
/// Tells which device a trap is from: by the address that it names or came from, else by its engine; where several devices share an address
/// (ports, a gateway, clones), by engine, credentials and the objects that it speaks of. What fits none, or several, is nobody's.
/// </summary>
internal sealed class TrapOrigins
{
    private readonly IReadOnlyList<Origin> origins;
    private readonly ILookup<IPAddress, Origin> byAddress;
    private readonly TrapCredentials credentials;

    private TrapOrigins(IReadOnlyList<Origin> origins, TrapCredentials credentials)
    {
        this.origins = origins;
        this.credentials = credentials;
        byAddress = origins.SelectMany(origin => origin.Addresses.Select(address => (address, origin))).ToLookup(each => each.address, each => each.origin);
    }

    /// <summary>Names are looked up anew whenever this is built; one that does not resolve leaves its device to be told by engine alone.</summary>
    public static async Task<TrapOrigins> BuildAsync(IEnumerable<PolledDevice> devices, TrapCredentials credentials, CancellationToken cancel)
    {
        var origins = new List<Origin>();
        foreach (var device in devices)
        {
            if (device.Driver is SnmpDriver driver && device.Config.Endpoint.At is HostAddress host)
            {
                origins.Add(new Origin(device, driver, await AddressesOfAsync(host.Host, cancel)));
            }
        }

        return new TrapOrigins(origins, credentials);
    }

    /// <summary>Null when it is nobody's that we know.</summary>
    public PolledDevice? Find(SnmpNotification told)
    {
        var found = told.AgentAddress is { } named ? byAddress[Plain(named)].ToList() : [];
        if (found.Count == 0)
        {
            found = [.. byAddress[Plain(told.Source.Address)]];
        }

        if (found.Count == 0)
        {
            found = [.. origins.Where(origin => HasEngine(origin, told))];
        }

        if (found.Count > 1)
        {
            found = Narrow(found, origin => HasEngine(origin, told));
            found = Narrow(found, origin => credentials.Fit(origin.Device.Config.Access, told));
            found = Narrow(found, origin => told.Variables.Any(variable => origin.Driver.TryTake(variable, out _)));
        }

        return found.Count == 1 ? found[0].Device : null;
    }

    private static List<Origin> Narrow(List<Origin> found, Func<Origin, bool> fits)
    {
        var fitting = found.Where(fits).ToList();
        return fitting.Count > 0 ? fitting : found;
    }

    private static bool HasEngine(Origin origin, SnmpNotification told) =>
        told.EngineId.Length > 0 && origin.Driver.Target.EngineId.Span.SequenceEqual(told.EngineId.Span);

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static async Task<IPAddress[]> AddressesOfAsync(string host, CancellationToken cancel)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [Plain(address)];
        }

        try
        {
            return [.. (await Dns.GetHostAddressesAsync(host, cancel)).Select(Plain)];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private sealed record Origin(PolledDevice Device, SnmpDriver Driver, IReadOnlyList<IPAddress> Addresses);
}
