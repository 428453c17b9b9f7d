using System.Text.Json;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Collector.Live;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Api;

/// <summary>Puts a view of the site into the records of the API.</summary>
internal sealed class ViewJson(string site, TimeZoneInfo zone, DeviceCatalog catalog)
{
    public string State(SiteView view) => JsonSerializer.Serialize(StateOf(view), ApiJson.Plain.StateRecord);

    /// <param name="since">The number of the view that the client has.</param>
    public string Delta(SiteView view, long since) => JsonSerializer.Serialize(
        new DeltaRecord(
            At(view.NowMs), Summary(view), Kpis(view), Flow(view.Flow), Agents(view),
            [.. Shown(view).Where(device => view.ChangedAt[device.Id] > since).Select(device => Device(device, view.NowMs))],
            [.. view.Alarms.Live.Where(alarm => view.AlarmAges.HasChanged(alarm.Id, since)).Select(Alarm)], view.AlarmAges.GoneSince(since)),
        ApiJson.Plain.DeltaRecord);

    public StateRecord StateOf(SiteView view) => new(
        site, zone.Id, At(view.NowMs), Summary(view), Kpis(view), Flow(view.Flow), Agents(view), Devices(view), [.. view.Alarms.Live.Select(Alarm)]);

    public IReadOnlyList<DeviceRecord> Devices(SiteView view) => [.. Shown(view).Select(device => Device(device, view.NowMs))];

    public IReadOnlyList<KpiElement> Kpis(SiteView view) => [.. view.Kpis.Select(Element)];

    public string Kpi(KpiValue kpi) => JsonSerializer.Serialize(Element(kpi), ApiJson.Plain.KpiElement);

    public AlarmRecord Alarm(Alarm alarm) => new(
        alarm.Id, alarm.Device, alarm.Part, alarm.Cause, Word(alarm.Class), Word(alarm.Priority), Word(alarm.State), alarm.Text, alarm.Evidence, Finite(alarm.Confidence),
        alarm.Safety, alarm.Unknown, At(alarm.RaisedMs), At(alarm.ChangedMs), Sometime(alarm.ClearedMs), Sometime(alarm.AcknowledgedMs), alarm.AcknowledgedBy,
        alarm.Shelf is { } shelf ? new ShelfRecord(shelf.User, shelf.Reason, At(shelf.SinceMs), At(shelf.UntilMs)) : null, alarm.SuppressedBy,
        alarm.OutOfService is { } taken ? new OutOfServiceRecord(taken.User, taken.Reason, At(taken.SinceMs)) : null,
        alarm.Comment, alarm.Times, Sometime(alarm.CascadeMs), alarm.Order, alarm.Sources);

    public string AlarmText(Alarm alarm) => JsonSerializer.Serialize(Alarm(alarm), ApiJson.Plain.AlarmRecord);

    public AlarmChangeRecord Change(AlarmChange change) => new(At(change.AtMs), Word(change.Event), change.User, change.Reason);

    public AlarmEventRecord Event(AlarmChange change, Alarm? alarm)
    {
        // What a raise or another priority says of the alarm is what it was then.
        var then = change.Subject ?? alarm;
        return new(
            At(change.AtMs), Word(change.Event), change.User, change.Reason, change.AlarmId, then?.Device, then?.Part, then?.Cause, then is null ? null : Word(then.Class),
            then is null ? null : Word(then.Priority), then?.Text, then?.Evidence, then is null ? null : Finite(then.Confidence));
    }

    public ReadingsRecord Readings(DeviceSnapshot device, long nowMs) => new(
        device.Id,
        [.. device.Samples
            .OrderBy(sample => sample.Series.Metric, StringComparer.Ordinal).ThenBy(sample => sample.Series.Part, StringComparer.Ordinal)
            .Select(sample => new ReadingRecord(
                sample.Series.Metric, sample.Series.Part, ValueOf(sample), catalog.UnitOf(sample.Series), Word(sample.Quality),
                sample.AtMs > 0 ? At(sample.AtMs) : null, Age(sample.AtMs, nowMs), StateWord(sample),
                sample.Quality == Quality.Suspect ? device.Info?.Suspicions.GetValueOrDefault(sample.Series.MetricPath) : null))]);

    public static string Word(Quality quality) => quality switch
    {
        Quality.Good => "good",
        Quality.Estimated => "estimated",
        Quality.Suspect => "suspect",
        _ => "missing",
    };

    public static string Word(DeviceState state) => state switch
    {
        DeviceState.Online => "online",
        DeviceState.Degraded => "degraded",
        DeviceState.Offline => "offline",
        DeviceState.Stale => "stale",
        _ => "unknown",
    };

    /// <summary>Agents are not devices of the site; they have their own list.</summary>
    private static IEnumerable<DeviceSnapshot> Shown(SiteView view) => view.Snapshot.Devices.Where(device => device.Kind != "agent");

    private SummaryRecord Summary(SiteView view)
    {
        var devices = Shown(view).ToList();
        int In(DeviceState state) => devices.Count(device => device.State == state);
        var oldest = devices.Where(device => device.LastAnswerMs > 0 && device.State != DeviceState.Offline).MinBy(device => device.LastAnswerMs);
        return new SummaryRecord(
            new AgentCount(view.Snapshot.Agents.Count(agent => agent.Online), view.Snapshot.Agents.Count),
            new DeviceCount(In(DeviceState.Online), In(DeviceState.Degraded), In(DeviceState.Offline), In(DeviceState.Stale), devices.Count),
            oldest is null ? null : new OldestRecord(oldest.Id, Age(oldest.LastAnswerMs, view.NowMs)!.Value),
            Count(view.Alarms),
            Math.Round(view.ReadingsPerSecond, 1),
            [.. view.Stores.Select(store => new StoreRecord(store.Name, Math.Round(store.LagSeconds, 1), store.BacklogBatches, Math.Round(store.ReadingsPerSecond, 1)))],
            view.Peer is { } twin ? new CollectorRecord(twin.Host, twin.Peer, twin.IsPeerThere, twin.Notifier) : null);
    }

    private AlarmCount Count(AlarmsView alarms)
    {
        var shown = alarms.Shown.ToList();
        int Of(AlarmPriority priority) => shown.Count(alarm => alarm.Priority == priority);
        return new AlarmCount(
            Of(AlarmPriority.Critical), Of(AlarmPriority.High), Of(AlarmPriority.Medium), Of(AlarmPriority.Low), shown.Count(alarm => alarm.IsUnacknowledged),
            alarms.Live.Count(alarm => alarm.Shelf is not null), alarms.Live.Count(alarm => alarm.SuppressedBy is not null), alarms.Live.Count(alarm => alarm.OutOfService is not null),
            Sometime(alarms.FloodSinceMs), alarms.Recent);
    }

    private List<AgentRecord> Agents(SiteView view) =>
        [.. view.Snapshot.Agents.Select(agent => new AgentRecord(agent.Id, agent.Online, At(agent.SinceMs)))];

    private DeviceRecord Device(DeviceSnapshot device, long nowMs) => new(
        device.Id, device.Info?.Kind, device.Info?.Vendor, device.Info?.Model, device.Info?.Profile, device.Info?.Serial, device.Info?.Firmware,
        device.Agent, Word(device.State), Word(device.Quality), device.LastAnswerMs > 0 ? At(device.LastAnswerMs) : null,
        Age(device.LastAnswerMs, nowMs),
        [.. device.Vitals.Select(vital => new VitalRecord(
            vital.Series.Metric, vital.Series.Part, ValueOf(vital), catalog.UnitOf(vital.Series), Word(vital.Quality), Age(vital.AtMs, nowMs), StateWord(vital)))]);

    private KpiElement Element(KpiValue kpi) => new(
        kpi.Name, kpi.Scope, kpi.Window, Finite(kpi.Value), kpi.Unit, kpi.Category, kpi.Coverage, Finite(kpi.Uncertainty), Word(kpi.Quality), kpi.Revision,
        At(kpi.AtMs), kpi.Reason, Finite(kpi.Interim), Finite(kpi.Yesterday),
        [.. kpi.Parts.Select(part => new PartRecord(part.Name, part.Value))],
        [.. kpi.Inputs.Select(input => new InputRecord(input.Meter, input.Series, Finite(input.Value), input.Unit, input.AgeSeconds, Word(input.Quality)))]);

    private static FlowRecord Flow(FlowGraph flow) => new(
        [.. flow.Nodes.Select(node => new FlowNodeRecord(node.Id, node.Label, node.Role, Finite(node.PowerW), node.AgeSeconds, Word(node.Quality)))],
        [.. flow.Links.Select(link => new FlowLinkRecord(link.From, link.To, link.PowerW))],
        new FlowSumsRecord(
            Finite(flow.Sums.TotalW), Finite(flow.Sums.ItW), Finite(flow.Sums.CoolingW), Finite(flow.Sums.PowerChainW), Finite(flow.Sums.LightingOtherW)));

    private DateTimeOffset At(long ms) => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(ms), zone);

    private DateTimeOffset? Sometime(long ms) => ms > 0 ? At(ms) : null;

    private static string Word<T>(T word)
        where T : struct, Enum => Quantities.SnakeCase(word.ToString());

    private static double? Age(long atMs, long nowMs) => atMs > 0 ? Math.Round(Math.Max(0, nowMs - atMs) / 1000.0, 1) : null;

    private static double? ValueOf(in SeriesSample sample) => sample.Quality == Quality.Missing ? null : Finite(sample.Value);

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static string? StateWord(in SeriesSample sample) =>
        sample.Quality != Quality.Missing && Vocabulary.Default.Find(sample.Series.Metric) is { Kind: MetricKind.State } metric
            ? metric.StateName(sample.Value) : null;
}
