using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Alarms;

/// <summary>What becomes an alarm, what does not, and what ends it.</summary>
public sealed class AlarmEngineTests
{
    private const string Inlet = "srv-1/temperature.inlet";

    private static AlarmSite Server(string yaml = "rules: { inlet-rises: { off: true } }")
    {
        var site = new AlarmSite(yaml);
        site.Born("srv-1", "server", "agent-1", "temperature.inlet");
        site.Hold(Inlet, 22);
        site.Run(5);
        return site;
    }

    [Fact]
    public void A_value_that_rattles_on_its_limit_gives_one_alarm()
    {
        var site = Server();
        site.Hold(Inlet, double.NaN);
        site.Run(1800, second => site.Give(Inlet, 27.3 + (0.6 * Math.Sin(second * 0.7))));
        Assert.Equal(1, site.Count(AlarmEvent.Raised));
        Assert.Equal(0, site.Count(AlarmEvent.Cleared));
        site.Hold(Inlet, 25.5);
        site.Run(90);
        Assert.Equal(1, site.Count(AlarmEvent.Cleared));
        Assert.Empty(site.Shown);
    }

    [Fact]
    public void What_is_shorter_than_its_delay_is_no_alarm_and_what_comes_back_within_it_does_not_clear()
    {
        var site = Server();
        site.Hold(Inlet, 30);
        site.Run(50);
        site.Hold(Inlet, 22);
        site.Run(30);
        Assert.Equal(0, site.Count(AlarmEvent.Raised));
        site.Hold(Inlet, 30);
        site.Run(70);
        Assert.Equal(1, site.Count(AlarmEvent.Raised));
        site.Hold(Inlet, 22);
        site.Run(50);
        site.Hold(Inlet, 30);
        site.Run(70);
        Assert.Equal(0, site.Count(AlarmEvent.Cleared));
    }

    [Fact]
    public void A_higher_limit_of_the_same_cause_raises_the_priority_of_the_one_alarm()
    {
        var site = Server();
        site.Hold(Inlet, 29);
        site.Run(70);
        var alarm = Assert.Single(site.Shown);
        Assert.Equal(AlarmPriority.Medium, alarm.Priority);
        Assert.True(site.Act(alarm.Id, AlarmEvent.Acknowledged));
        site.Hold(Inlet, 34);
        site.Run(40);
        alarm = Assert.Single(site.Shown);
        Assert.Equal((AlarmPriority.Critical, AlarmState.ActiveUnacknowledged), (alarm.Priority, alarm.State));
        Assert.Equal("inlet air 34 °C, above 32 °C", alarm.Text);
        Assert.Contains("temperature.inlet 34 °C, limit 32 °C for 30 s", alarm.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fast_rise_and_the_limit_that_it_reaches_are_one_alarm()
    {
        var site = Server("");
        site.Hold(Inlet, 28);
        site.Run(120);
        var alarm = Assert.Single(site.Shown);
        Assert.Equal(("over_temperature", AlarmPriority.Medium, 2), (alarm.Cause, alarm.Priority, alarm.Sources.Count));
        Assert.Equal("inlet air rose by 6 K in 15 min", site.Changes[0].Subject!.Text);
    }

    [Fact]
    public void Absent_and_bad_data_neither_raises_nor_clears_and_is_one_alarm_of_communication()
    {
        var site = Server();
        site.Hold(Inlet, 29);
        site.Run(70);
        site.Hold(Inlet, double.NaN);
        site.Run(20, _ => site.Give(Inlet, 0, Quality.Missing));
        var alarm = Assert.Single(site.Shown);
        Assert.True(alarm.Unknown);
        site.Run(10, _ => site.Give(Inlet, 12, Quality.Suspect));
        site.Run(200);
        Assert.Equal(0, site.Count(AlarmEvent.Cleared));
        Assert.Equal(["no_answer", "over_temperature"], site.Shown.Select(one => one.Cause).Order());
        site.Hold(Inlet, 22);
        site.Run(80);
        Assert.Empty(site.Shown);
        Assert.Equal(1, site.Count(AlarmEvent.SawAgain));
    }

    [Fact]
    public void Late_data_neither_raises_nor_clears()
    {
        var site = Server();
        site.Run(30, second => site.Give(Inlet, 40, atMs: site.NowMs - 3_600_000 + second, historical: true));
        Assert.Equal(0, site.Count(AlarmEvent.Raised));
        site.Hold(Inlet, double.NaN);
        site.Run(200);
        Assert.Equal(["no_answer"], site.Shown.Select(alarm => alarm.Cause));
        site.Run(100, second => site.Give(Inlet, 40, atMs: AlarmSite.Start + 100_000 + (second * 1000), historical: true));
        Assert.Equal(1, site.Count(AlarmEvent.Raised));
    }

    [Fact]
    public void A_gateway_lost_with_two_hundred_points_gives_one_alarm_and_its_return_clears_it()
    {
        var site = new AlarmSite();
        for (var device = 0; device < 20; device++)
        {
            site.Born($"srv-{device}", "server", "agent-1", "temperature.inlet");
            for (var part = 0; part < 10; part++)
            {
                site.Hold($"srv-{device}/temperature.inlet/{part}", 22);
            }
        }

        site.Facility.AgentOnline("agent-1", site.NowMs);
        site.Run(10);
        foreach (var device in Enumerable.Range(0, 20))
        {
            for (var part = 0; part < 10; part++)
            {
                site.Hold($"srv-{device}/temperature.inlet/{part}", double.NaN);
            }
        }

        site.Facility.AgentOffline("agent-1", site.NowMs);
        site.Run(600);
        var alarm = Assert.Single(site.Changes, change => change.Event == AlarmEvent.Raised);
        Assert.Equal("agent agent-1 is away", alarm.Subject!.Text);
        site.Facility.AgentOnline("agent-1", site.NowMs);
        site.Run(20);
        foreach (var device in Enumerable.Range(0, 19))
        {
            site.Hold($"srv-{device}/temperature.inlet/0", 22);
        }

        site.Run(5);
        Assert.DoesNotContain(site.Shown, one => one.Device == "agent-1");
        site.Run(120);
        Assert.Equal(["srv-19"], site.Shown.Select(one => one.Device));
    }

    [Fact]
    public void A_bus_of_the_topology_speaks_for_the_devices_behind_it()
    {
        var site = new AlarmSite("topology: { communication: { gw-1: [bus-1], bus-1: [m-1, m-2, m-3] } }");
        foreach (var device in (string[])["m-1", "m-2", "m-3", "m-4"])
        {
            site.Born(device, "meter", "agent-1", "power.active");
            site.Hold($"{device}/power.active", 100);
        }

        site.Run(10);
        foreach (var device in (string[])["m-1", "m-2", "m-3"])
        {
            site.Facility.DeviceDied("agent-1", device, site.NowMs);
            site.Hold($"{device}/power.active", double.NaN);
        }

        site.Run(300);
        Assert.Equal(["nothing behind bus-1 answers"], site.Shown.Select(alarm => alarm.Text));
    }

    [Fact]
    public void A_parent_hides_the_alarms_it_explains_and_its_end_brings_them_back_at_once()
    {
        var site = new AlarmSite("topology: { cooling: { chiller-1: [cdu-1] } }");
        site.Born("chiller-1", "chiller", "agent-1", "cooling.mode");
        site.Born("cdu-1", "cdu", "agent-1", "temperature.supply/secondary", "temperature.setpoint/secondary", "leak.detected");
        site.Say("chiller-1/cooling.mode", "cooling");
        site.Hold("cdu-1/temperature.setpoint/secondary", 30);
        site.Hold("cdu-1/temperature.supply/secondary", 30);
        site.Say("cdu-1/leak.detected", "dry");
        site.Run(5);
        site.Say("chiller-1/cooling.mode", "fault");
        site.Hold("cdu-1/temperature.supply/secondary", 38);
        site.Run(120);
        Assert.Equal(["chiller-1"], site.Shown.Select(alarm => alarm.Device));
        var hidden = Assert.Single(site.View.Live, alarm => alarm.SuppressedBy is not null);
        Assert.Equal(("cdu-1", "chiller-1: unit_fault"), (hidden.Device, hidden.SuppressedBy));
        site.Say("cdu-1/leak.detected", "leak");
        site.Run(10);
        Assert.Equal("leak", site.Shown[0].Cause);
        site.Say("chiller-1/cooling.mode", "cooling");
        site.Run(11);
        Assert.Contains(site.Shown, alarm => alarm.Cause == "supply_temperature" && alarm.Device == "cdu-1");
    }

    [Fact]
    public void The_devices_own_alarm_and_our_limit_on_one_point_are_one_alarm()
    {
        var site = new AlarmSite();
        site.Born("ups-1", "ups", "agent-1", "load", "state.alarm/overload", "state.alarm/fan_7");
        site.Say("ups-1/state.alarm/overload", "warning");
        site.Hold("ups-1/load", 104);
        site.Run(30);
        var alarm = Assert.Single(site.Shown);
        Assert.Equal(("overload", AlarmPriority.High), (alarm.Cause, alarm.Priority));
        Assert.Equal(3, alarm.Sources.Count);
        site.Say("ups-1/state.alarm/overload", "clear");
        site.Run(70);
        Assert.Equal("overload", Assert.Single(site.Shown).Cause);
        site.Hold("ups-1/load", 50);
        site.Run(70);
        Assert.Empty(site.Shown);
        site.Say("ups-1/state.alarm/fan_7", "critical");
        site.Run(10);
        Assert.Equal(("own_alarm", "fan_7"), (site.Shown[0].Cause, site.Shown[0].Part));
    }

    [Fact]
    public void Eco_is_a_state_and_an_unplanned_bypass_is_an_alarm()
    {
        var site = new AlarmSite();
        site.Born("ups-1", "ups", "agent-1", "ups.mode", "state.alarm/on_bypass");
        site.Say("ups-1/ups.mode", "eco");
        site.Say("ups-1/state.alarm/on_bypass", "warning");
        site.Run(600);
        Assert.Empty(site.Shown);
        site.Say("ups-1/ups.mode", "bypass");
        site.Run(10);
        Assert.Equal(("on_bypass", AlarmPriority.High), (site.Shown[0].Cause, site.Shown[0].Priority));
    }

    [Fact]
    public void A_ups_that_is_online_although_eco_is_configured_is_told_where_somebody_says_so()
    {
        var site = new AlarmSite("limits: { ups-1: { ups-eco-unused: { off: false } } }");
        site.Born("ups-1", "ups", "agent-1", "ups.mode");
        site.Born("ups-2", "ups", "agent-1", "ups.mode");
        site.Say("ups-1/ups.mode", "online");
        site.Say("ups-2/ups.mode", "online");
        site.Run(1790);
        Assert.Empty(site.Shown);
        site.Run(20);
        Assert.Equal(("ups-1", "eco_unused", AlarmPriority.Low), (Assert.Single(site.Shown).Device, site.Shown[0].Cause, site.Shown[0].Priority));
        site.Say("ups-1/ups.mode", "eco");
        site.Run(120);
        Assert.Empty(site.Shown);
    }

    [Fact]
    public void A_battery_test_keeps_its_alarms_quiet_for_its_length_only()
    {
        var site = new AlarmSite();
        site.Born("ups-1", "ups", "agent-1", "ups.mode", "state.alarm/on_battery", "battery.charge");
        site.Say("ups-1/ups.mode", "test");
        site.Say("ups-1/state.alarm/on_battery", "warning");
        site.Hold("ups-1/battery.charge", 40);
        site.Run(120);
        Assert.Empty(site.Shown);
        Assert.Equal(2, site.View.Live.Count(alarm => alarm.SuppressedBy == "ups.mode is test"));
        site.Say("ups-1/ups.mode", "online");
        site.Run(2);
        Assert.Equal(["battery", "on_battery"], site.Shown.Select(alarm => alarm.Cause).Order());
    }

    [Fact]
    public void A_ups_that_goes_in_and_out_of_eco_all_the_time_is_told_once()
    {
        var site = new AlarmSite();
        site.Born("ups-1", "ups", "agent-1", "ups.mode");
        for (var i = 0; i < 12; i++)
        {
            site.Say("ups-1/ups.mode", i % 2 == 0 ? "eco" : "online");
            site.Run(60);
        }

        Assert.Equal(["eco_flaps"], site.Changes.Where(change => change.Event == AlarmEvent.Raised).Select(change => change.Subject!.Cause));
    }

    [Fact]
    public void A_unit_that_starts_is_given_time()
    {
        var site = new AlarmSite();
        site.Born("cdu-1", "cdu", "agent-1", "cooling.mode", "temperature.supply/secondary", "temperature.setpoint/secondary");
        site.Say("cdu-1/cooling.mode", "off");
        site.Hold("cdu-1/temperature.setpoint/secondary", 30);
        site.Hold("cdu-1/temperature.supply/secondary", 30);
        site.Run(5);
        site.Say("cdu-1/cooling.mode", "cooling");
        site.Hold("cdu-1/temperature.supply/secondary", 40);
        site.Run(19 * 60);
        Assert.Empty(site.Shown);
        site.Run(80);
        Assert.Equal(["supply_temperature"], site.Shown.Select(alarm => alarm.Cause));
    }

    [Fact]
    public void Announced_maintenance_keeps_alarms_quiet_until_it_ends()
    {
        var site = new AlarmSite("maintenance: [ { devices: [srv-*], from: \"2026-03-02T12:00:00Z\", to: \"2026-03-02T12:10:00Z\", reason: swap of fans } ]");
        site.Born("srv-1", "server", "agent-1", "temperature.inlet");
        site.Hold(Inlet, 30);
        site.Run(590);
        Assert.Equal("maintenance: swap of fans", Assert.Single(site.View.Live).SuppressedBy);
        site.Run(15);
        Assert.Single(site.Shown);
    }

    [Fact]
    public void Limits_are_inherited_from_site_to_hall_to_rack_to_device()
    {
        var plan = AlarmSite.Read(
            """
            places: { hall-1: [rack-1, rack-2], rack-1: [srv-1, srv-2] }
            limits:
              site: { inlet-high: { limit: 26, on_delay: 5m } }
              hall-1: { inlet-high: { limit: 25 } }
              rack-1: { inlet-high: { limit: 24 } }
              srv-2: { inlet-high: { off: true } }
            """, Collector.Configuration.FacilityConfig.None("demo")).Plan;
        AlarmRule? Of(string device) => plan.RulesFor("server", new Series(device, "temperature.inlet", null)).FirstOrDefault(rule => rule.Name == "inlet-high");
        Assert.Equal((26, 300), (Of("elsewhere")!.Limit, Of("elsewhere")!.OnDelay.TotalSeconds));
        Assert.Equal(25, Of("rack-2")!.Limit);
        Assert.Equal((24, 300), (Of("srv-1")!.Limit, Of("srv-1")!.OnDelay.TotalSeconds));
        Assert.Null(Of("srv-2"));
    }

    [Fact]
    public void Five_hundred_alarms_in_a_minute_are_a_flood_with_the_leak_on_top()
    {
        var site = new AlarmSite();
        for (var i = 0; i < 500; i++)
        {
            site.Born($"pdu-{i}", "pdu", "agent-1", "load");
        }

        site.Born("cdu-1", "cdu", "agent-1", "leak.detected");
        site.Say("cdu-1/leak.detected", "dry");
        site.Run(5);
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 9 && (second * 9) + i < 500; i++)
            {
                site.Hold($"pdu-{(second * 9) + i}/load", 120);
            }

            if (second == 40)
            {
                site.Say("cdu-1/leak.detected", "leak");
            }

            site.Run(1);
        }

        site.Run(30);
        Assert.Equal(501, site.Shown.Count);
        Assert.True(site.View.FloodSinceMs > 0);
        Assert.Equal("leak", site.Shown[0].Cause);
        Assert.Equal(1, site.Changes.First(change => change.Event == AlarmEvent.Raised).Subject!.Order);
        Assert.Equal([1, 2, 3, 4, 5], site.Shown.Where(alarm => alarm.Cause == "overload").OrderBy(alarm => alarm.Order).Take(5).Select(alarm => alarm.Order));
        site.Run(700);
        Assert.Equal(0, site.View.FloodSinceMs);
    }

    [Fact]
    public void A_detector_and_a_leak_sensor_at_one_unit_are_one_alarm_of_one_cause()
    {
        var site = new AlarmSite();
        site.Born("cdu-1", "cdu", "agent-1", "leak.detected");
        site.Say("cdu-1/leak.detected", "dry");
        site.Run(5);
        AnomalyChange Change(AnomalyState state) => new(site.NowMs, "mass_balance", "cdu-1", state, 2, "leak in the loop", 0.8, "2 L/h over 40 min");
        site.Run(2, anomalies: [Change(AnomalyState.Anomalous)]);
        Assert.Equal(("leak", AlarmPriority.High, 0.8), (site.Shown[0].Cause, site.Shown[0].Priority, site.Shown[0].Confidence));
        site.Say("cdu-1/leak.detected", "leak");
        site.Run(10);
        Assert.Equal(AlarmPriority.Critical, Assert.Single(site.Shown).Priority);
        Assert.Contains("2 L/h over 40 min", site.Shown[0].Evidence, StringComparison.Ordinal);
        site.Say("cdu-1/leak.detected", "dry");
        site.Run(40, anomalies: [Change(AnomalyState.Normal)]);
        Assert.Equal(AlarmState.ReturnedUnacknowledged, Assert.Single(site.Shown).State);
    }
}
