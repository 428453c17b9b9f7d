using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Model;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies.Physical;

/// <summary>Detectors that have nothing to learn, each with a case computed by hand.</summary>
public sealed class StateDetectorTests
{
    [Fact]
    public void Dew_point_margin_below_two_kelvin_raises_and_above_three_clears()
    {
        var bench = new Bench("cdu:c/temperature.supply/secondary", "cdu:c/temperature.dew_point") { ["c/temperature.supply/secondary"] = 18, ["c/temperature.dew_point"] = 15.5 };
        bench.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(bench.Changes);

        bench["c/temperature.dew_point"] = 16.9;
        bench.Run(TimeSpan.FromMinutes(10));
        var raised = Assert.Single(bench.Changes);
        Assert.Equal(("dew_point_margin", "condensation"), (raised.Detector, raised.Cause));

        bench["c/temperature.dew_point"] = 15.5;
        bench.Run(TimeSpan.FromMinutes(30));
        Assert.Single(bench.Changes);
        bench["c/temperature.dew_point"] = 14;
        bench.Run(TimeSpan.FromMinutes(30));
        Assert.Equal(AnomalyState.Normal, bench.Changes[^1].State);
    }

    [Fact]
    public void Leak_sensor_must_stay_wet_for_five_seconds_and_says_apart_whether_it_is_sound_or_under_test()
    {
        var bench = new Bench("leak_detector:l/leak.detected/a", "leak_detector:l/leak.sensor/a") { ["l/leak.detected/a"] = 0, ["l/leak.sensor/a"] = 1 };
        bench.Run(TimeSpan.FromMinutes(1));
        bench["l/leak.detected/a"] = 1;
        bench.Run(TimeSpan.FromSeconds(3));
        bench["l/leak.detected/a"] = 0;
        bench.Run(TimeSpan.FromMinutes(1));
        Assert.Empty(bench.Changes);

        bench["l/leak.detected/a"] = 1;
        bench.Run(TimeSpan.FromSeconds(8));
        Assert.Equal(("l/a", "leak"), (Assert.Single(bench.Changes).Subject, bench.Changes[0].Cause));

        bench["l/leak.detected/a"] = 0;
        bench.Run(TimeSpan.FromMinutes(3));
        bench["l/leak.sensor/a"] = 2;
        bench.Run(TimeSpan.FromMinutes(1));
        Assert.Equal("leak_sensor_fault", bench.Changes[^1].Cause);

        bench["l/leak.sensor/a"] = 1;
        bench.Run(TimeSpan.FromMinutes(3));
        (bench["l/leak.sensor/a"], bench["l/leak.detected/a"]) = (3, 1);
        bench.Run(TimeSpan.FromMinutes(1));
        Assert.Equal("leak_sensor_test", bench.Changes[^1].Cause);
    }

    [Fact]
    public void Valve_that_does_not_follow_its_command_is_stuck()
    {
        var bench = new Bench("cdu:c/temperature.supply/secondary", "cdu:c/valve.position", "cdu:c/valve.command") { ["c/temperature.supply/secondary"] = 20, ["c/valve.position"] = 50, ["c/valve.command"] = 53 };
        bench.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(bench.Changes);
        bench["c/valve.command"] = 65;
        bench.Run(TimeSpan.FromMinutes(4));
        Assert.Equal("valve_stuck", Assert.Single(bench.Changes).Cause);
    }

    [Theory]
    [InlineData(6, 120, true)]
    [InlineData(2, 120, false)]
    [InlineData(20, 3600, false)]
    public void Valve_that_swings_often_and_far_hunts(double amplitude, double periodSeconds, bool hunts)
    {
        var bench = new Bench("cdu:c/valve.position");
        bench.Run(TimeSpan.FromHours(1), s => bench["c/valve.position"] = 50 + (amplitude / 2 * Math.Sin(2 * Math.PI * s / periodSeconds)));
        Assert.Equal(hunts, bench.Raised.Any(change => change.Cause == "hunting"));
    }

    [Fact]
    public void Room_units_that_work_against_each_other_are_told_once_for_the_room()
    {
        var bench = new Bench("crac:a/cooling.output", "crac:a/heating.output", "crac:b/cooling.output", "crac:b/heating.output")
        {
            ["a/cooling.output"] = 60, ["a/heating.output"] = 0, ["b/cooling.output"] = 55, ["b/heating.output"] = 0,
        };
        bench.Run(TimeSpan.FromMinutes(20));
        Assert.Empty(bench.Changes);
        (bench["b/cooling.output"], bench["b/heating.output"]) = (0, 40);
        bench.Run(TimeSpan.FromMinutes(20));
        var raised = Assert.Single(bench.Changes);
        Assert.Equal("crac_fighting", raised.Cause);
        Assert.Contains("a cools", raised.Evidence, StringComparison.Ordinal);
        Assert.Contains("b heats", raised.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Chiller_without_compressor_above_its_set_point_has_tripped()
    {
        var bench = new Bench("chiller:h/temperature.supply", "chiller:h/temperature.setpoint", "chiller:h/compressor.output")
        {
            ["h/temperature.supply"] = 16.2, ["h/temperature.setpoint"] = 16, ["h/compressor.output"] = 60,
        };
        bench.Run(TimeSpan.FromMinutes(5));
        Assert.Empty(bench.Changes);
        (bench["h/temperature.supply"], bench["h/compressor.output"]) = (18.5, 0);
        bench.Run(TimeSpan.FromMinutes(1));
        Assert.Equal("chiller_trip", Assert.Single(bench.Changes).Cause);
    }

    [Fact]
    public void Return_colder_than_supply_at_flow_means_that_the_thermometers_are_exchanged_and_nothing_else()
    {
        var bench = new Bench("cdu:c/temperature.supply/secondary", "cdu:c/temperature.return/secondary", "cdu:c/flow/secondary")
        {
            ["c/temperature.supply/secondary"] = 30, ["c/temperature.return/secondary"] = 20, ["c/flow/secondary"] = 100,
        };
        bench.Run(TimeSpan.FromMinutes(5));
        Assert.Equal("sensors_swapped", Assert.Single(bench.Changes).Cause);
    }

    [Fact]
    public void Pump_that_fails_is_told_on_the_next_reading_with_the_time_that_is_left()
    {
        var bench = Pumps();
        bench.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(bench.Changes);
        (bench["c/pump.speed/1"], bench["c/pump.state/1"], bench["c/flow/secondary"]) = (0, 4, 90);
        bench.Run(TimeSpan.FromSeconds(1));
        var raised = Assert.Single(bench.Changes);
        Assert.Equal(("pumps", "pump_trip"), (raised.Detector, raised.Cause));
        Assert.True(raised.Confidence >= 0.9);
    }

    [Fact]
    public void Pump_that_slows_down_before_another_starts_has_tripped_although_as_many_turn_again()
    {
        var bench = SpeedsOnly();
        bench.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(bench.Changes);
        bench["c/pump.speed/1"] = 20;
        bench.Run(TimeSpan.FromSeconds(2));
        (bench["c/pump.speed/1"], bench["c/pump.speed/3"]) = (5, 40);
        bench.Run(TimeSpan.FromSeconds(2));
        Assert.Equal("pump_trip", Assert.Single(bench.Changes).Cause);
    }

    [Fact]
    public void Pump_that_slows_down_after_another_has_started_has_handed_over()
    {
        var bench = SpeedsOnly();
        bench.Run(TimeSpan.FromMinutes(10));
        bench["c/pump.speed/3"] = 60;
        bench.Run(TimeSpan.FromSeconds(5));
        bench["c/pump.speed/1"] = 20;
        bench.Run(TimeSpan.FromSeconds(5));
        bench["c/pump.speed/1"] = 0;
        bench.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(bench.Changes);
    }

    /// <summary>The standby had only begun to start when the tripped pump came back: it was never on duty.</summary>
    [Fact]
    public void Standby_that_is_sent_away_before_it_came_up_is_not_missed()
    {
        var bench = SpeedsOnly();
        bench.Run(TimeSpan.FromMinutes(10));
        foreach (var (first, third) in new[] { (28.0, 0.0), (14.6, 0), (7.5, 6.7), (3.8, 26.5), (3.8, 26.5), (14.7, 23.8), (31, 12), (41, 6.3), (47, 3.2), (56, 0) })
        {
            (bench["c/pump.speed/1"], bench["c/pump.speed/3"]) = (first, third);
            bench.Run(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("pump_trip", Assert.Single(bench.Changes).Cause);
        bench.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(AnomalyState.Normal, bench.Changes[^1].State);
    }

    [Fact]
    public void Pump_that_turns_slower_than_its_neighbour_is_missed_all_the_same()
    {
        var bench = SpeedsOnly();
        bench["c/pump.speed/2"] = 25;
        bench.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(bench.Changes);
        bench["c/pump.speed/2"] = 0;
        bench.Run(TimeSpan.FromSeconds(2));
        Assert.Equal("pump_trip", Assert.Single(bench.Changes).Cause);
    }

    [Fact]
    public void Pump_that_hands_over_to_another_has_not_tripped()
    {
        var bench = Pumps();
        bench.Run(TimeSpan.FromMinutes(10));
        (bench["c/pump.speed/3"], bench["c/pump.state/3"]) = (60, 1);
        bench.Run(TimeSpan.FromSeconds(20));
        (bench["c/pump.speed/1"], bench["c/pump.state/1"]) = (0, 3);
        bench.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(bench.Changes);
    }

    [Fact]
    public void Pump_that_fails_while_standing_by_costs_the_redundancy_of_those_that_run()
    {
        var bench = Pumps();
        bench.Run(TimeSpan.FromMinutes(10));
        bench["c/pump.state/3"] = 2;
        bench.Run(TimeSpan.FromMinutes(3));
        Assert.Equal("redundancy_lost", Assert.Single(bench.Changes).Cause);
    }

    [Fact]
    public void Missing_readings_neither_raise_nor_clear()
    {
        var bench = Pumps();
        bench.Run(TimeSpan.FromMinutes(10));
        (bench["c/pump.state/1"], bench["c/pump.speed/1"]) = (4, 0);
        bench.Run(TimeSpan.FromSeconds(5));
        Assert.Single(bench.Changes);
        foreach (var point in new[] { "c/flow/secondary", "c/pump.speed/2", "c/pump.speed/3" })
        {
            bench[point] = double.NaN;
        }

        bench.Run(TimeSpan.FromMinutes(1));
        Assert.Single(bench.Changes);
    }

    private static Bench SpeedsOnly() => new("cdu:c/flow/secondary", "cdu:c/pump.speed/1", "cdu:c/pump.speed/2", "cdu:c/pump.speed/3")
    {
        ["c/flow/secondary"] = 150, ["c/pump.speed/1"] = 60, ["c/pump.speed/2"] = 60, ["c/pump.speed/3"] = 0,
    };

    private static Bench Pumps()
    {
        var points = Enumerable.Range(1, 3).SelectMany(i => new[] { $"cdu:c/pump.speed/{i}", $"cdu:c/pump.state/{i}" });
        var bench = new Bench([.. points, "cdu:c/flow/secondary"]) { ["c/flow/secondary"] = 150 };
        for (var i = 1; i <= 3; i++)
        {
            (bench[$"c/pump.speed/{i}"], bench[$"c/pump.state/{i}"]) = i < 3 ? (60, 1) : (0, 3);
        }

        return bench;
    }

    [Fact]
    public void A_chiller_that_works_harder_for_the_same_heat_lost_capacity_while_it_still_holds_its_set_point()
    {
        var config = new CoolingConfig([], [new("ch-1", "chiller", "ch-1", null, null, 400_000, null, null)]);
        var bench = new Bench(config, "chiller:ch-1/temperature.supply", "chiller:ch-1/temperature.setpoint", "chiller:ch-1/compressor.output", "chiller:ch-1/heat.removed")
        {
            ["ch-1/temperature.supply"] = 16, ["ch-1/temperature.setpoint"] = 16, ["ch-1/compressor.output"] = 30, ["ch-1/heat.removed"] = 120_000,
        };
        bench.Run(TimeSpan.FromHours(1));
        Assert.Empty(bench.Raised);
        bench["ch-1/compressor.output"] = 100;
        bench.Run(TimeSpan.FromMinutes(30));
        Assert.Equal(("chiller_output", "chiller_capacity", 0.8), Assert.Single(bench.Raised) is var found ? (found.Detector, found.Cause, found.Confidence) : default);
    }

    [Fact]
    public void A_site_may_ask_for_fewer_turns_of_a_valve()
    {
        var bench = new Bench(new DetectorLimits { Hunting = new(4, 600_000, 1) }, "crac:crac-1/fan.output");
        bench.Run(TimeSpan.FromMinutes(8), second => bench["crac-1/fan.output"] = 50 + (second % 120 < 60 ? 1 : -1));
        Assert.Equal("hunting", Assert.Single(bench.Raised).Cause);
    }
}
