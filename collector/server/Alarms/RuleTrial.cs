using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Alarms;

/// <summary>Runs the alarms over the past exactly as live, with what was known at each instant and nothing else, and keeps what would have happened. Nobody is told.</summary>
internal sealed class RuleTrial : IDisposable
{
    /// <summary>Silence between two rows is lived through in steps of this; delays count in seconds.</summary>
    private const long StepMs = 1000;

    /// <summary>After so long without a row nothing new can happen but the end of a silence.</summary>
    private const long PatienceMs = 15 * 60_000;

    private readonly AlarmStore store = AlarmStore.InMemory();
    private readonly EnergyLedger ledger = EnergyLedger.InMemory();
    private readonly FacilityState facility;
    private readonly AlarmService service;
    private readonly AnomalyEngine detectors;
    private long nowMs;

    public RuleTrial(AlarmConfig config, FacilityConfig plan)
    {
        facility = new FacilityState(plan, ledger);
        detectors = new AnomalyEngine(plan.Cooling, DetectorCatalog.All) { Limits = config.Plan.Detectors };
        service = new AlarmService(config with { Notify = Notification.NotifyConfig.None }, store, new MetricRegistry()) { Changed = (alarm, change) => Happened.Add((alarm, change)) };
    }

    /// <summary>In order; each alarm as it was after its change.</summary>
    public List<(Alarm Alarm, AlarmChange Change)> Happened { get; } = [];

    public AlarmsView View => service.View;

    public long FromMs { get; private set; }

    public long NowMs => nowMs;

    public void Announce(string device, string? kind, IReadOnlyList<Series> series)
    {
        detectors.Announce(device, kind, series);
        facility.DeviceBorn(new DeviceInfo("trial", device, kind, null, null, null, null, null, series, new Dictionary<string, string>()));
    }

    /// <summary>Readings of one instant; instants must not go back.</summary>
    public void Take(ReadOnlySpan<Reading> readings, long atMs)
    {
        if (nowMs == 0)
        {
            FromMs = nowMs = atMs;
        }

        AdvanceTo(atMs);
        facility.Apply(readings, historical: false);
        foreach (ref readonly var reading in readings)
        {
            detectors.Take(reading);
        }

        Tick(Math.Max(nowMs, atMs));
    }

    public AlarmReport Report() => AlarmReport.Of([.. Happened.Select(one => one.Change)], View, FromMs, Math.Max(nowMs, FromMs + 1));

    public void Dispose()
    {
        store.Dispose();
        ledger.Dispose();
    }

    private void AdvanceTo(long atMs)
    {
        for (var until = Math.Min(atMs, nowMs + PatienceMs); nowMs + StepMs < until;)
        {
            Tick(nowMs + StepMs);
        }
    }

    private void Tick(long atMs)
    {
        nowMs = atMs;
        service.Tick(facility, facility.Snapshot(atMs), detectors.Tick(atMs));
    }
}
