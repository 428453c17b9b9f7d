using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Collector.Peering;
using EdgeDcim.Collector.Storage;

namespace EdgeDcim.Collector.Live;

/// <summary>All that is known of the site in one second; immutable. The API answers from it and the page is fed from it.</summary>
/// <param name="Number">1 for the first second, then one more each time.</param>
/// <param name="ChangedAt">By device, the number of the view in which it last changed.</param>
internal sealed record SiteView(
    long Number, FacilitySnapshot Snapshot, AlarmsView Alarms, IReadOnlyList<KpiValue> Kpis, FlowGraph Flow, double ReadingsPerSecond, IReadOnlyDictionary<string, long> ChangedAt, AlarmAges AlarmAges)
{
    public static SiteView Empty { get; } = new(0, FacilitySnapshot.Empty, AlarmsView.Empty, [], FlowGraph.Empty, 0, new Dictionary<string, long>(), AlarmAges.None);

    /// <summary>The other collector of the site; null where there is but this one.</summary>
    public PeerView? Peer { get; init; }

    /// <summary>The history and the databases behind it.</summary>
    public IReadOnlyList<StoreView> Stores { get; init; } = [];

    public long NowMs => Snapshot.NowMs;

    /// <summary>The view of the next second.</summary>
    public SiteView Next(FacilitySnapshot snapshot, AlarmsView alarms, IReadOnlyList<KpiValue> kpis, FlowGraph flow, double readingsPerSecond)
    {
        var before = Snapshot.Devices.ToDictionary(device => device.Id, StringComparer.Ordinal);
        var changed = new Dictionary<string, long>(snapshot.Devices.Count, StringComparer.Ordinal);
        foreach (var device in snapshot.Devices)
        {
            changed[device.Id] = before.TryGetValue(device.Id, out var old) && Same(old, device) ? ChangedAt[device.Id] : Number + 1;
        }

        return new SiteView(Number + 1, snapshot, alarms, kpis, flow, readingsPerSecond, changed, AlarmAges.Next(Alarms, alarms, Number + 1));
    }

    /// <summary>Ages go on by themselves; what a person would call a change is a new answer or another state.</summary>
    private static bool Same(DeviceSnapshot old, DeviceSnapshot now) =>
        old.State == now.State && old.Quality == now.Quality && old.LastAnswerMs == now.LastAnswerMs
        && ReferenceEquals(old.Info, now.Info) && ReferenceEquals(old.Vitals, now.Vitals);
}
