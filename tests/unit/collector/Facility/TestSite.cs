using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Tests.Facility;

/// <summary>A site out of a facility text, fed reading by reading, without brokers or clocks.</summary>
internal sealed class TestSite
{
    /// <summary>2026-03-02 12:00:00 UTC, a Monday.</summary>
    public const long Start = 1_772_452_800_000;

    private readonly SeriesTable table = new();
    private readonly KpiService kpi;

    public TestSite(string facility, EnergyLedger? ledger = null)
    {
        Config = Read(facility);
        Ledger = ledger ?? EnergyLedger.InMemory();
        State = new FacilityState(Config, Ledger);
        kpi = new KpiService(Config, Ledger);
    }

    public FacilityConfig Config { get; }

    public EnergyLedger Ledger { get; }

    public FacilityState State { get; }

    public KpiService Kpi => kpi;

    public long NowMs { get; set; } = Start;

    /// <summary>For halls that must give their first readings before time runs.</summary>
    public bool Started { get; set; }

    public static FacilityConfig Read(string facility)
    {
        var problems = new ConfigProblems();
        var config = FacilityConfig.Parse("facility.yaml", facility, problems);
        problems.ThrowIfAny();
        return config!;
    }

    public static IReadOnlyList<string> Problems(string facility)
    {
        var problems = new ConfigProblems();
        FacilityConfig.Parse("facility.yaml", facility, problems);
        return [.. problems.Sorted.Select(problem => problem.ToString())];
    }

    /// <summary>A reading at the present instant, or <paramref name="atMs"/>.</summary>
    public void Give(string series, double value, Quality quality = Quality.Good, long? atMs = null, bool historical = false)
    {
        var slash = series.IndexOf('/', StringComparison.Ordinal);
        var identity = table.Intern(Series.FromMetricPath(series[..slash], series[(slash + 1)..]));
        State.Apply([new Reading(identity, atMs ?? NowMs, quality == Quality.Missing ? double.NaN : value, quality)], historical);
    }

    public FacilitySnapshot Snapshot() => State.Snapshot(NowMs);

    public IReadOnlyList<KpiValue> Tick() => kpi.Tick(Snapshot(), NowMs);

    public KpiValue Tick(string name, string window = "now", string scope = "site") =>
        Tick().Single(value => value.Name == name && value.Window == window && value.Scope == scope);
}
