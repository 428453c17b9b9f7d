using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Ipmi;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>A device model read over IPMI.</summary>
internal sealed class IpmiProfile(ProfileHeader header, IReadOnlyList<IpmiPoint> points) : DeviceProfile(header, points)
{
    public IReadOnlyList<IpmiPoint> Objects => points;

    /// <summary>What the session asks for.</summary>
    public IpmiPrivilege Privilege { get; init; } = IpmiPrivilege.User;

    /// <summary>Whether new entries of the event log are told.</summary>
    public bool Events { get; init; } = true;

    public IpmiFingerprint Fingerprint { get; init; } = IpmiFingerprint.None;

    public override IReadOnlyList<string> DescribePlan(PollGroup group)
    {
        var members = Objects.Where(point => point.Every == group).ToList();
        return
        [
            .. members.Where(point => point.Dcmi is not null).Take(1).Select(_ => "get the DCMI power reading"),
            .. members.Where(point => point.Chassis is not null).Take(1).Select(_ => "get the chassis status"),
            .. members.Where(point => point.IsSensor).Select(point => $"get each sensor {point.Place} for {point.Metric.Name} (found once in the repository)").Distinct(),
        ];
    }
}
