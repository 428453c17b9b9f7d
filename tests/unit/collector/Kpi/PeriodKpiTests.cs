using EdgeDcim.Collector.Kpi;
using EdgeDcim.Collector.Tests.Facility;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Kpi;

public sealed class PeriodKpiTests
{
    private const string Small = """
        site: demo
        meters:
          - { id: utility, role: total, power: main/power.active, energy: main/energy.active.import, accuracy: 0.5 }
          - { id: pdu-a, role: it, under: utility, power: pdu-a/power.active, energy: pdu-a/energy.active.import, accuracy: 1 }
          - { id: pdu-b, role: it, under: utility, power: pdu-b/power.active, energy: pdu-b/energy.active.import, accuracy: 1 }
          - { id: chiller, role: cooling, under: utility, power: m-chiller/power.active, energy: m-chiller/energy.active.import }
        water:
          - { id: tower, volume: water-1/water.volume, flow: water-1/flow }
        """;

    [Fact]
    public void Pue_of_a_full_quarter_is_the_ratio_of_the_energies()
    {
        var site = new Hall();
        site.Run(minutes: 20);

        var values = site.Site.Tick();
        var pue = Find(values, "pue", "15m");
        Assert.Equal(1.3, pue.Value!.Value, 6);
        Assert.Equal((1.0, Quality.Good, 0), (pue.Coverage, pue.Quality, pue.Revision));
        Assert.Null(pue.Reason);
        Assert.Equal(1.3, 1 + pue.Parts.Sum(part => part.Value), 9);
        Assert.Equal(30.0 / 140, pue.Parts[0].Value, 6);
        Assert.Equal(170.0 / 140, Find(values, "ppue_cooling", "15m").Value!.Value, 6);

        // 7 L/min over 140 kW: 420 L/h over 140 kWh/h.
        Assert.Equal(3.0, Find(values, "wue", "15m").Value!.Value, 6);
        Assert.Equal(3.0, Find(values, "wue", "now").Value!.Value, 6);
    }

    [Fact]
    public void Pue_of_a_window_that_is_not_full_has_no_value_but_an_interim_one_and_says_how_full_it_is()
    {
        var site = new Hall();
        site.Run(minutes: 4);

        var pue = Find(site.Site.Tick(), "pue", "15m");

        Assert.Null(pue.Value);
        Assert.Equal("window has 4 min of 15 min", pue.Reason);
        Assert.Equal(1.3, pue.Interim!.Value, 6);
        Assert.Equal(4.0 / 15, pue.Coverage, 6);
    }

    [Fact]
    public void Pue_of_a_year_says_nothing_after_minutes()
    {
        var site = new Hall();
        site.Run(minutes: 20);

        var pue = Find(site.Site.Tick(), "pue", "12mo");

        Assert.Null(pue.Value);
        Assert.Null(pue.Interim);
        Assert.StartsWith("window has 20 min of 365", pue.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Pue_across_a_silent_meter_counts_only_the_time_that_both_sides_cover()
    {
        var site = new Hall();
        site.Run(minutes: 16);
        site.Run(minutes: 30, silent: "pdu-b");

        var pue = Find(site.Site.Tick(), "pue", "1h");

        Assert.Null(pue.Value);
        Assert.Equal(1.3, pue.Interim!.Value, 6);
        Assert.Equal(16.0 / 60, pue.Coverage, 2);
        Assert.Contains("meter pdu-b covers 16 min", pue.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Pue_after_a_late_batch_of_two_hours_is_revised_once()
    {
        var site = new Hall();
        site.Run(minutes: 60);
        site.Run(minutes: 120, silent: "pdu-b", itWatts: 280_000);
        site.Run(minutes: 10);
        var before = Find(site.Site.Tick(), "pue", "1h");
        Assert.Equal(0, before.Revision);
        Assert.Equal(Quality.Estimated, before.Quality);

        site.Deliver(perTick: 50);
        var after = Find(site.Site.Tick(), "pue", "1h");

        Assert.Equal(1, after.Revision);
        Assert.Equal(Quality.Good, after.Quality);

        // 50 of the 60 minutes at double IT load with the same overhead of 42 kW, 10 at 140 kW.
        Assert.Equal(((322.0 * 50) + (182 * 10)) / ((280 * 50) + (140 * 10)), after.Value!.Value, 3);
        Assert.Equal(0, Find(site.Site.Tick(), "pue", "15m").Revision - 1);

        site.Deliver(perTick: 50, again: true);
        Assert.Equal(after, Find(site.Site.Tick(), "pue", "1h") with { Parts = after.Parts, AtMs = after.AtMs });
    }

    [Fact]
    public void Pue_of_yesterday_stands_beside_the_present_one()
    {
        var site = new Hall();
        site.Run(minutes: 60, overheadWatts: 70_000, stepSeconds: 60);
        site.Run(minutes: (24 * 60) - 30, stepSeconds: 60);

        var values = site.Site.Tick();

        Assert.Equal(1.3, Find(values, "pue", "now").Value!.Value, 6);
        Assert.Equal(1.5, Find(values, "pue", "now").Yesterday!.Value, 3);
        Assert.Equal(1.5, Find(values, "pue", "15m").Yesterday!.Value, 3);
        Assert.Equal(140_000, Find(values, "it_power", "now").Yesterday!.Value, 1.0);
        Assert.Equal(((210.0 * 30) + (182 * 1410)) / (140.0 * 1440), Find(values, "pue", "1d").Value!.Value, 6);
        Assert.Null(Find(values, "pue", "1d").Yesterday);
    }

    [Fact]
    public void Pue_of_thirty_days_and_a_year_comes_from_quarters_and_days()
    {
        var site = new Hall();
        site.Run(minutes: 390 * 24 * 60, stepSeconds: 1800, ticks: false);

        var values = site.Site.Tick();

        foreach (var window in new[] { "1d", "30d", "12mo" })
        {
            var pue = Find(values, "pue", window);
            Assert.Equal(1.3, pue.Value!.Value, 6);
            Assert.Equal(1.3, pue.Yesterday!.Value, 6);
            Assert.Equal(1, pue.Coverage, 3);
        }
    }

    [Fact]
    public void Pue_windows_outlive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "ledger.db");
            KpiValue before;
            using (var ledger = EnergyLedger.Open(path))
            {
                var site = new Hall(ledger);
                site.Run(minutes: 70);
                before = Find(site.Site.Tick(), "pue", "1h");
            }

            using var reopened = EnergyLedger.Open(path);
            var again = new Hall(reopened) { Site = { NowMs = TestSite.Start + (70 * 60_000) } };
            var after = Find(again.Site.Tick(), "pue", "1h");

            Assert.Equal(1.3, before.Value!.Value, 6);
            Assert.Equal(before.Value!.Value, after.Value!.Value, 9);
            Assert.Equal(before.AtMs, after.AtMs);
            Assert.Null(reopened.SetAside);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Open_of_a_file_that_is_no_ledger_sets_it_aside_and_begins_anew()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "ledger.db");
            File.WriteAllText(path, "this is not a database, it is a letter to nobody in particular");

            using var ledger = EnergyLedger.Open(path);

            Assert.Equal($"{path}.damaged-1", ledger.SetAside);
            Assert.True(File.Exists($"{path}.damaged-1"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static KpiValue Find(IReadOnlyList<KpiValue> values, string name, string window) =>
        values.Single(value => value.Name == name && value.Window == window && value.Scope == "site");

    /// <summary>A hall whose powers and counters agree; what a silent meter would have said can be delivered late.</summary>
    private sealed class Hall
    {
        private readonly Dictionary<string, double> counters = new() { ["main"] = 5000, ["pdu-a"] = 100, ["pdu-b"] = 200, ["m-chiller"] = 300, ["water-1"] = 10 };
        private readonly List<(string Series, double Value, long AtMs)> held = [];
        private List<(string Series, double Value, long AtMs)> delivered = [];

        public Hall(EnergyLedger? ledger = null) => Site = new TestSite(Small, ledger);

        public TestSite Site { get; }

        public void Run(int minutes, string? silent = null, double itWatts = 140_000, double overheadWatts = 42_000, int stepSeconds = 10, bool ticks = true)
        {
            var end = Site.NowMs + (minutes * 60_000L);
            while (Site.NowMs < end)
            {
                var step = Site.Started ? stepSeconds : 0;
                Site.NowMs += step * 1000;
                var watts = new Dictionary<string, double>
                {
                    ["main"] = itWatts + overheadWatts, ["pdu-a"] = itWatts * 5 / 7, ["pdu-b"] = itWatts * 2 / 7, ["m-chiller"] = overheadWatts * 30 / 42,
                };
                foreach (var (device, power) in watts)
                {
                    counters[device] += power * step / 3.6e6;
                    Say(device == silent, $"{device}/power.active", power);
                    Say(device == silent, $"{device}/energy.active.import", counters[device]);
                }

                counters["water-1"] += 7.0 * step / 60 / 1000;
                Say(silent == "water-1", "water-1/water.volume", counters["water-1"]);
                Say(silent == "water-1", "water-1/flow", 7);
                Site.Started = true;
                if (ticks)
                {
                    Site.Tick();
                }
            }
        }

        /// <summary>Gives what was held back, as historical readings, a few a second.</summary>
        public void Deliver(int perTick, bool again = false)
        {
            delivered = again ? delivered : [.. held];
            held.Clear();
            foreach (var batch in delivered.Chunk(perTick))
            {
                foreach (var (series, value, atMs) in batch)
                {
                    Site.Give(series, value, atMs: atMs, historical: true);
                }

                Site.Tick();
            }
        }

        private void Say(bool isSilent, string series, double value)
        {
            if (isSilent)
            {
                held.Add((series, value, Site.NowMs));
            }
            else
            {
                Site.Give(series, value);
            }
        }
    }
}
