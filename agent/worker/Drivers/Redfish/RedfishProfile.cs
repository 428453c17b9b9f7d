using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>A device model read over Redfish.</summary>
internal sealed class RedfishProfile(ProfileHeader header, IReadOnlyList<RedfishPoint> points) : DeviceProfile(header, points)
{
    public IReadOnlyList<RedfishPoint> Values => points;

    public RedfishFingerprint Fingerprint { get; init; } = RedfishFingerprint.None;

    public override IReadOnlyList<string> DescribePlan(PollGroup group) =>
    [
        .. Values.Where(point => point.Every == group).GroupBy(point => point.Get)
            .Select(get => $"get {get.Key} (found by its links), {get.Count()} points"),
    ];
}
