using EdgeDcim.Collector.Tests.Facility;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Kpi;

public sealed class PueNowTests
{
    private const string Small = """
        site: demo
        meters:
          - { id: utility, role: total, power: main/power.active, accuracy: 0.5 }
          - { id: ups-a, role: power_chain, under: utility, input: ups-a/power.active.input, output: ups-a/power.active.output }
          - { id: pdu-a1, role: it, under: ups-a, power: pdu-a1/power.active, accuracy: 1 }
          - { id: pdu-a2, role: it, under: ups-a, power: pdu-a2/power.active, accuracy: 1 }
          - { id: chiller, role: cooling, under: utility, power: m-chiller/power.active }
          - { id: lights, role: lighting, under: utility, power: m-lights/power.active }
        """;

    [Fact]
    public void Pue_of_fresh_readings_is_total_over_it_with_parts_and_uncertainty()
    {
        var site = new TestSite(Small);
        Feed(site);

        var pue = site.Tick("pue");

        // (100 + 40) kW IT; 182 kW total: 1.3. u = 1.3·√(0.005² + (√(1000² + 400²)/140000)²) with 1 % of 100 kW and of 40 kW.
        Assert.Equal(1.3, pue.Value!.Value, 12);
        Assert.Equal(Quality.Good, pue.Quality);
        Assert.Equal(2, pue.Category);
        Assert.Equal(1, pue.Coverage);
        Assert.Equal(1.3 * Math.Sqrt(2.5e-5 + (((1000.0 * 1000) + (400.0 * 400)) / (140_000.0 * 140_000))), pue.Uncertainty!.Value, 9);
        Assert.Equal(["cooling", "power_chain", "lighting_other"], pue.Parts.Select(part => part.Name));
        Assert.Equal(1.3, 1 + pue.Parts.Sum(part => part.Value), 12);
        Assert.Equal(30.0 / 140, pue.Parts[0].Value, 12);
        Assert.Equal(10.0 / 140, pue.Parts[1].Value, 12);
        Assert.Null(pue.Reason);
    }

    [Fact]
    public void Pue_with_a_silent_it_meter_is_held_as_estimated_and_then_unknown_with_the_meter_named()
    {
        var site = new TestSite(Small);
        for (var second = 0; second <= 60; second += 10)
        {
            site.NowMs = TestSite.Start + (second * 1000);
            Feed(site);
        }

        var last = site.NowMs;
        for (var second = 10; second <= 40; second += 10)
        {
            site.NowMs = last + (second * 1000);
            Feed(site, silent: "pdu-a2/power.active");
            var pue = site.Tick("pue");
            if (second <= 10)
            {
                Assert.Equal((1.3, Quality.Good), (Math.Round(pue.Value!.Value, 9), pue.Quality));
            }
            else if (second <= 30)
            {
                Assert.Equal((1.3, Quality.Estimated), (Math.Round(pue.Value!.Value, 9), pue.Quality));
                Assert.Equal($"meter pdu-a2 held for {second} s", pue.Reason);
            }
            else
            {
                Assert.Null(pue.Value);
                Assert.Equal("meter pdu-a2 silent for 40 s", pue.Reason);
                Assert.Equal(100.0 / 140, pue.Coverage, 9);
            }
        }
    }

    [Fact]
    public void Pue_of_a_meter_that_was_never_heard_is_unknown_with_the_series_named()
    {
        var site = new TestSite(Small);
        Feed(site, silent: "pdu-a2/power.active");

        var pue = site.Tick("pue");

        Assert.Null(pue.Value);
        Assert.Equal("meter pdu-a2 has not been heard yet (no agent has sent pdu-a2/power.active)", pue.Reason);
        Assert.Equal(0.5, pue.Coverage);
        Assert.Contains(pue.Inputs, input => input is { Meter: "pdu-a2", Value: null, Quality: Quality.Missing });
        Assert.Equal("meter pdu-a2 has not been heard yet (no agent has sent pdu-a2/power.active)", site.Tick("it_power").Reason);
        Assert.Equal(182_000, site.Tick("total_power").Value);
    }

    [Fact]
    public void Pue_of_suspect_readings_is_unknown()
    {
        var site = new TestSite(Small);
        Feed(site, silent: "pdu-a2/power.active");
        site.Give("pdu-a2/power.active", 9e9, Quality.Suspect);

        Assert.Equal("meter pdu-a2 gives implausible values (pdu-a2/power.active)", site.Tick("pue").Reason);
    }

    [Fact]
    public void Pue_of_a_dead_device_is_unknown_at_once()
    {
        var site = new TestSite(Small);
        Feed(site);
        site.State.DeviceDied("agent-1", "pdu-a1", site.NowMs);

        var pue = site.Tick("pue");

        Assert.Null(pue.Value);
        Assert.Equal("meter pdu-a1 silent for 0 s", pue.Reason);
    }

    [Theory]
    [InlineData(139_000, "below 1")]
    [InlineData(701_000, "above 5")]
    public void Pue_that_cannot_be_is_a_fault_and_no_value(double total, string expected)
    {
        var site = new TestSite(Small);
        Feed(site, total: total);

        var pue = site.Tick("pue");

        Assert.Null(pue.Value);
        Assert.Contains(expected, pue.Reason, StringComparison.Ordinal);
        Assert.Empty(pue.Parts);
    }

    [Fact]
    public void Pue_without_it_load_is_unknown()
    {
        var site = new TestSite("""
            site: s
            meters:
              - { id: utility, role: total, power: main/power.active }
              - { id: rack, role: it, under: utility, power: rack/power.active }
            """);
        site.Give("main/power.active", 1000);
        site.Give("rack/power.active", 0);

        Assert.Equal("the IT meters show 0 W: without IT load there is no PUE", site.Tick("pue").Reason);
    }

    [Fact]
    public void Pue_that_steps_without_a_ups_mode_change_is_a_fault_for_a_minute()
    {
        var site = new TestSite(Small);
        Run(site, 60, 182_000);
        Assert.Equal(1.3, site.Tick("pue").Value!.Value, 9);

        Run(site, 10, 252_000);
        var fault = site.Tick("pue");
        Assert.Null(fault.Value);
        Assert.StartsWith("PUE went from 1.300 to 1.800 within", fault.Reason, StringComparison.Ordinal);

        Run(site, 70, 252_000);
        Assert.Equal(1.8, site.Tick("pue").Value!.Value, 9);
    }

    [Fact]
    public void Pue_that_steps_as_a_ups_changes_its_mode_is_shown_with_the_change_as_its_reason()
    {
        var site = new TestSite(Small);
        site.Give("ups-a/ups.mode", 1);
        Run(site, 60, 252_000);
        site.NowMs += 1000;
        site.Give("ups-a/ups.mode", 2);
        site.Tick();
        Run(site, 10, 200_000);

        var pue = site.Tick("pue");

        Assert.Equal(200.0 / 140, pue.Value!.Value, 9);
        Assert.Contains("ups-a changed to bypass (eco)", pue.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Partial_pue_of_cooling_and_ups_and_the_efficiency_of_a_ups_follow_their_formulas()
    {
        var site = new TestSite(Small);
        Feed(site);
        var values = site.Tick();

        Assert.Equal(170.0 / 140, values.Single(value => value is { Name: "ppue_cooling", Window: "now" }).Value!.Value, 12);
        Assert.Equal(148.0 / 142, values.Single(value => value is { Name: "ppue_ups", Window: "now" }).Value!.Value, 12);
        Assert.Equal(100 * 142.0 / 148, values.Single(value => value is { Name: "ups_efficiency", Scope: "ups-a" }).Value!.Value, 12);
    }

    [Fact]
    public void Efficiency_of_a_ups_is_not_told_while_its_battery_charges_or_its_load_is_small()
    {
        var site = new TestSite(Small);
        Feed(site);
        site.Give("ups-a/battery.state", 4);
        Assert.Equal("the battery of ups-a is charging or discharging", site.Tick("ups_efficiency", scope: "ups-a").Reason);

        var idle = new TestSite(Small.Replace("output: ups-a/power.active.output", "output: ups-a/power.active.output, rated: 4MW", StringComparison.Ordinal));
        Feed(idle);
        Assert.StartsWith("ups-a carries too little load (142 kW)", idle.Tick("ups_efficiency", scope: "ups-a").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Wue_needs_a_water_meter_and_says_so() =>
        Assert.Equal("the facility file has no water meter", new TestSite(Small).Tick("wue").Reason);

    [Fact]
    public void Pue_without_a_facility_file_says_so()
    {
        var config = EdgeDcim.Collector.Configuration.FacilityConfig.None("demo");
        using var ledger = EdgeDcim.Collector.Kpi.EnergyLedger.InMemory();
        var state = new EdgeDcim.Collector.Facility.FacilityState(config, ledger);
        var values = new EdgeDcim.Collector.Kpi.KpiService(config, ledger).Tick(state.Snapshot(TestSite.Start), TestSite.Start);

        Assert.All(values.Where(value => value.Name == "pue"), value => Assert.Contains("there is no facility file", value.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Pue_of_the_load_scenarios_is_the_published_one_and_its_parts_are_their_components()
    {
        foreach (var row in RecordingsTests.Rows("pue-components/scenarios.csv"))
        {
            var kilowatts = row.Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            var site = new TestSite("""
                site: s
                meters:
                  - { id: utility, role: total, power: main/power.active }
                  - { id: rack, role: it, under: utility, power: rack/power.active }
                  - { id: plant, role: cooling, under: utility, power: plant/power.active }
                  - { id: mech, role: cooling, under: utility, power: mech/power.active }
                  - { id: ancillary, role: other, under: utility, power: anc/power.active }
                """);
            site.Give("rack/power.active", kilowatts[1] * 1000);
            site.Give("mech/power.active", kilowatts[2] * 1000);
            site.Give("plant/power.active", kilowatts[3] * 1000);
            site.Give("anc/power.active", kilowatts[4] * 1000);
            site.Give("main/power.active", kilowatts[5] * 1000);

            var pue = site.Tick("pue");

            Assert.Equal(kilowatts[6], pue.Value!.Value, 0.0051);
            Assert.Equal((kilowatts[2] + kilowatts[3]) / kilowatts[1], pue.Parts[0].Value, 9);
            Assert.Equal(0, pue.Parts[1].Value, 9);
            Assert.Equal(kilowatts[4] / kilowatts[1], pue.Parts[2].Value, 9);
        }
    }

    private static void Run(TestSite site, int seconds, double total)
    {
        for (var second = 0; second < seconds; second++)
        {
            site.NowMs += 1000;
            Feed(site, total: total);
            site.Tick();
        }
    }

    private static void Feed(TestSite site, string? silent = null, double total = 182_000)
    {
        foreach (var (series, value) in new[]
        {
            ("main/power.active", total), ("ups-a/power.active.input", 148_000), ("ups-a/power.active.output", 142_000),
            ("pdu-a1/power.active", 100_000), ("pdu-a2/power.active", 40_000), ("m-chiller/power.active", 30_000), ("m-lights/power.active", 2_000),
        })
        {
            if (series != silent)
            {
                site.Give(series, value);
            }
        }
    }
}
