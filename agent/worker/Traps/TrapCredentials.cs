using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers.Snmp;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Traps;

/// <summary>Whom the trap port believes: the communities and users that the devices themselves are polled with. Equal when a new configuration believes the same.</summary>
internal sealed class TrapCredentials : IEquatable<TrapCredentials>
{
    private readonly List<Secret> communities;
    private readonly List<SnmpUserAccess> users;

    public TrapCredentials(IEnumerable<DeviceAccess> accesses)
    {
        var all = accesses.ToList();
        communities = [.. all.OfType<SnmpCommunityAccess>().Select(access => access.Community).Distinct()];
        users = [.. all.OfType<SnmpUserAccess>().Select(access => access with { Context = "" }).Distinct()];
    }

    public IReadOnlyList<string> Communities => [.. communities.Select(community => community.Reveal())];

    public IReadOnlyList<SnmpUser> Users => [.. users.Select(SnmpLink.UserOf)];

    /// <summary>Whether the device is polled with what the trap bore.</summary>
    public bool Fit(DeviceAccess access, SnmpNotification told) => access switch
    {
        SnmpCommunityAccess open => told.Community is { } place && communities[place].Equals(open.Community),
        SnmpUserAccess user => told.User == user.User,
        _ => false,
    };

    public bool Equals(TrapCredentials? other) => other is not null && communities.SequenceEqual(other.communities) && users.SequenceEqual(other.users);

    public override bool Equals(object? obj) => Equals(obj as TrapCredentials);

    public override int GetHashCode() => HashCode.Combine(communities.Count, users.Count);
}
