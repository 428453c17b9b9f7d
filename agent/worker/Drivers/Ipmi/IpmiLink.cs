using System.Net;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Ipmi;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>One controller's address and the session with it; the socket belongs to the whole process.</summary>
internal sealed class IpmiLink(IpmiTransport transport, EndPoint endPoint, TimeSpan timeout, DriverMemory memory, TimeProvider time) : ILink
{
    private readonly Dictionary<(LoginAccess Access, IpmiPrivilege Privilege), IpmiClient> clients = [];

    public IDeviceDriver CreateDriver(DeviceConfig device)
    {
        var profile = (IpmiProfile)device.Profile;
        var client = Client(device.Access, profile.Privilege);
        return new IpmiDriver(client, profile, new IpmiEvents(client, memory, device.Id, time), time);
    }

    public async ValueTask<IReadOnlyList<ProfileMatch>> IdentifyAsync(DeviceAccess access, IReadOnlyList<DeviceProfile> profiles, CancellationToken cancel)
    {
        var client = Client(access, IpmiPrivilege.User);
        try
        {
            var id = await client.ReadDeviceIdAsync(cancel);
            var says = IpmiDriver.IdentityOf(id, await client.ReadFruAsync(0, cancel));
            var hasPower = await HasPowerAsync(client, cancel);
            var matches = new List<ProfileMatch>();
            foreach (var profile in profiles.OfType<IpmiProfile>().Where(profile => !profile.Fingerprint.IsEmpty))
            {
                var closeness = profile.Fingerprint.Closeness(id.Manufacturer, $"{says.Vendor} {says.Model}".Trim(), hasPower, out var because);
                if (closeness > 0)
                {
                    matches.Add(new ProfileMatch(profile, closeness, because));
                }
            }

            return [.. matches.OrderByDescending(match => match.Closeness).ThenBy(match => match.Profile.Name, StringComparer.Ordinal)];
        }
        catch (IpmiException fault)
        {
            throw new DeviceFault(IpmiDriver.KindOf(fault), fault.Message, fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients.Values)
        {
            await client.DisposeAsync();
        }

        clients.Clear();
    }

    private static async ValueTask<bool> HasPowerAsync(IpmiClient client, CancellationToken cancel)
    {
        try
        {
            return await client.ReadPowerAsync(cancel) is not null;
        }
        catch (IpmiException refused) when (refused.CompletionCode != 0 || refused.Fault == IpmiFault.Unanswered)
        {
            // A user who may not ask it cannot read it either.
            return false;
        }
    }

    /// <summary>Devices behind one controller with the same login share its session, of which controllers have few.</summary>
    private IpmiClient Client(DeviceAccess access, IpmiPrivilege privilege)
    {
        var login = (LoginAccess)access;
        if (!clients.TryGetValue((login, privilege), out var client))
        {
            clients[(login, privilege)] = client = new IpmiClient(
                transport, new IpmiTarget(endPoint, login.User ?? "", login.Password?.Reveal() ?? "")
                {
                    Timeout = timeout, Retries = 1, Privilege = privilege, BmcKey = IpmiTarget.ParseBmcKey(login.BmcKey?.Reveal() ?? ""),
                });
        }

        return client;
    }
}
