using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Tests.Alarms;

/// <summary>A site with alarms and nothing else, fed reading by reading and second by second.</summary>
internal sealed class AlarmSite
{
    /// <summary>2026-03-02 12:00:00 UTC, a Monday.</summary>
    public const long Start = 1_772_452_800_000;

    private readonly FacilityState facility;
    private readonly Dictionary<string, (string Series, double Value)> steady = new(StringComparer.Ordinal);

    public AlarmSite(string yaml = "", AlarmStore? store = null, FacilityConfig? plan = null)
    {
        plan ??= FacilityConfig.None("demo");
        Store = store ?? AlarmStore.InMemory();
        facility = new FacilityState(plan, EnergyLedger.InMemory());
        Config = Read(yaml, plan);
        Service = new AlarmService(Config, Store, new MetricRegistry());
        Service.Changed = (_, change) => Changes.Add(change);
    }

    public AlarmConfig Config { get; }

    public AlarmStore Store { get; }

    public AlarmService Service { get; }

    public FacilityState Facility => facility;

    public long NowMs { get; set; } = Start;

    /// <summary>Everything that happened, in order.</summary>
    public List<AlarmChange> Changes { get; } = [];

    public AlarmsView View => Service.View;

    public IReadOnlyList<Alarm> Shown => [.. View.Shown];

    public static AlarmConfig Read(string yaml, FacilityConfig plan)
    {
        var problems = new ConfigProblems();
        var config = yaml.Length == 0 ? AlarmFile.Default(plan) : AlarmFile.Parse("alarms.yaml", yaml, plan, problems);
        problems.ThrowIfAny();
        return config!;
    }

    public static IReadOnlyList<string> Problems(string yaml)
    {
        var problems = new ConfigProblems();
        AlarmFile.Parse("alarms.yaml", yaml, FacilityConfig.None("demo"), problems);
        return [.. problems.Sorted.Select(problem => problem.ToString())];
    }

    public void Born(string device, string kind, string agent, params string[] metrics) => facility.DeviceBorn(new DeviceInfo(
        agent, device, kind, null, null, null, null, null, [.. metrics.Select(path => Series.FromMetricPath(device, path))], new Dictionary<string, string>()));

    public void Give(string series, double value, Quality quality = Quality.Good, long? atMs = null, bool historical = false)
    {
        var slash = series.IndexOf('/', StringComparison.Ordinal);
        facility.Apply([new Reading(Series.FromMetricPath(series[..slash], series[(slash + 1)..]), atMs ?? NowMs, quality == Quality.Missing ? double.NaN : value, quality)], historical);
    }

    /// <summary>A value that goes on coming every second; NaN ends it.</summary>
    public void Hold(string series, double value)
    {
        if (double.IsNaN(value))
        {
            steady.Remove(series);
        }
        else
        {
            steady[series] = (series, value);
        }
    }

    public void Say(string series, string word) =>
        Hold(series, Vocabulary.Default.Find(Series.FromMetricPath("", series[(series.IndexOf('/', StringComparison.Ordinal) + 1)..]).Metric)!.StateCode(word)!.Value);

    public void Run(int seconds, Action<int>? each = null, IReadOnlyList<AnomalyChange>? anomalies = null)
    {
        for (var i = 0; i < seconds; i++)
        {
            NowMs += 1000;
            foreach (var (series, value) in steady.Values)
            {
                Give(series, value);
            }

            each?.Invoke(i);
            Service.Tick(facility, facility.Snapshot(NowMs), i == 0 ? anomalies ?? [] : []);
        }
    }

    public bool Act(string id, AlarmEvent what, string user = "ann", string? reason = "because", long forMs = 0) =>
        Service.Act(new AlarmChange(id, NowMs, what, user, reason, null, forMs > 0 ? NowMs + forMs : 0));

    public int Count(AlarmEvent what) => Changes.Count(change => change.Event == what);
}
