using Xunit;

namespace EdgeDcim.Collector.Tests.Alarms;

/// <summary>alarms.yaml: everything wrong is said at once, with its place and what to write instead.</summary>
public sealed class AlarmFileTests
{
    [Theory]
    [InlineData("rules: { x: { metric: temperature.inlett, above: 3 } }", "alarms.yaml:1:23: the metric 'temperature.inlett' is not in the vocabulary (did you mean 'temperature.inlet'?)")]
    [InlineData("rules: { x: { metric: ups.mode, above: 3 } }", "'ups.mode' is a state; write 'is'")]
    [InlineData("rules: { x: { metric: load, is: high } }", "'load' is a number; write 'above'")]
    [InlineData("rules: { x: { metric: ups.mode, is: batery } }", "'ups.mode' has no state 'batery' (did you mean 'battery'?)")]
    [InlineData("rules: { x: { metric: load, above: 3, below: 2 } }", "compares in two ways")]
    [InlineData("rules: { x: { metric: load } }", "compares nothing; write one of: above, below")]
    [InlineData("rules: { x: { metric: load, above: 3, on_dely: 5s } }", "'rules.x.on_dely' is not known (did you mean 'on_delay'?)")]
    [InlineData("rules: { x: { metric: load, rises: 3 } }", "needs 'within'")]
    [InlineData("rules: { x: { kind: upss, metric: load, above: 3 } }", "'upss' is no kind of device (did you mean 'ups'?)")]
    [InlineData("rules: { x: { metric: load, above: 3, priority: urgent } }", "write one of: low, medium, high, critical")]
    [InlineData("limits: { site: { nothing: { limit: 3 } } }", "there is no rule 'nothing'")]
    [InlineData("limits: { site: { leak: { limit: 3 } } }", "the rule 'leak' has no limit")]
    [InlineData("places: { hall-1: [a], hall-2: [a] }", "'a' stands in 'hall-1' already")]
    [InlineData("topology: { heat: { a: [b] } }", "'topology' has no 'heat'; write power, cooling or communication")]
    [InlineData("maintenance: [ { devices: [a], from: \"2026-01-02\", to: \"2026-01-01\", reason: r } ]", "'to' must be after 'from'")]
    [InlineData("notify: { channels: { m: { smtp: \"smtp://h\", webhook: \"http://h\" } } }", "must have exactly one of: smtp, webhook")]
    [InlineData("notify: { channels: { m: { webhook: \"ftp://h\" } }, routes: { all: { channels: m } } }", "write https://host/path")]
    [InlineData("notify: { channels: { m: { webhook: \"http://h\" } }, routes: { all: { channels: n } } }", "there is no channel 'n'")]
    [InlineData("notify: { channels: { m: { webhook: \"http://u:p@h\" } }, routes: { all: { channels: m } } }", "has a user or password in its address")]
    [InlineData("notify: { channels: { m: { webhook: \"http://h\" } } }", "so nobody is told")]
    [InlineData("notify: { channels: { m: { webhook: \"http://h\" } }, routes: { all: { channels: m, on_call: { days: mo-fri } } } }", "write days such as mon, or mon-fri")]
    [InlineData("notify: { channels: { t: { snmp: \"snmp://h\", user: u, auth_password: short } }, routes: { all: { channels: t } } }", "at least 8 characters")]
    [InlineData("detectors: { huntin: { turns: 4 } }", "there is no detector 'huntin' with limits to set (did you mean 'hunting'?)")]
    [InlineData("detectors: { hunting: { turns: 1 } }", "'detectors.hunting.turns'")]
    [InlineData("detectors: { exchanger: { leest: 4 } }", "'detectors.exchanger.leest' is not known (did you mean 'least'?)")]
    [InlineData("detectors: { rack_inlet: { recommended_high: 10 } }", "'recommended_high' must be above 'recommended_low'")]
    public void A_fault_is_told_with_its_place_and_the_way_out(string yaml, string said) =>
        Assert.Contains(AlarmSite.Problems(yaml), problem => problem.Contains(said, StringComparison.Ordinal));

    [Fact]
    public void A_rule_that_is_built_in_is_changed_key_by_key()
    {
        var plan = AlarmSite.Read("rules: { leak: { on_delay: 10s }, mine: { kind: pdu, metric: current, above: 14, dead_band: 0.5 } }", Collector.Configuration.FacilityConfig.None("demo")).Plan;
        var leak = plan.Rules.Single(rule => rule.Name == "leak");
        Assert.Equal((10, true, "leak"), (leak.OnDelay.TotalSeconds, leak.Safety, leak.Words[0]));
        Assert.Equal(14, plan.Rules.Single(rule => rule.Name == "mine").Limit);
    }

    [Fact]
    public void Limits_of_detectors_are_read_in_the_units_of_people()
    {
        var limits = AlarmSite.Read(
            "detectors: { hunting: { turns: 6, within: 10m }, rack_inlet: { recirculation: 2 }, exchanger: { least: 8, over: 1h }, supply_temperature: { least: 3 } }",
            Collector.Configuration.FacilityConfig.None("demo")).Plan.Detectors;
        Assert.Equal(new Collector.Anomalies.HuntingLimits(6, 600_000, 3), limits.Hunting);
        Assert.Equal(new Collector.Anomalies.InletLimits(2, 18, 27), limits.Inlet);
        Assert.Equal(new Collector.Anomalies.Physical.DriftLimits(3600, 0.08, 6), limits.Of("exchanger", new(1800, 0.04)));
        Assert.Equal(new Collector.Anomalies.Physical.DriftLimits(60, 3, 6), limits.Of("supply_temperature", new(60, 2)));
        Assert.Equal(new Collector.Anomalies.Physical.DriftLimits(300, 0.08, 6), limits.Of("filter", new(300, 0.08)));
    }

    [Fact]
    public void The_meter_tree_is_the_power_topology()
    {
        var facility = Facility.TestSite.Read(
            """
            site: demo
            meters:
              - { id: utility, role: total, power: main/power.active, energy: main/energy.active.import }
              - { id: ups, role: power_chain, under: utility, input: ups-a/power.active.input, output: ups-a/power.active.output }
              - { id: rack, role: it, under: ups, power: pdu-1/power.active, energy: pdu-1/energy.active.import }
            """);
        Assert.Equal(["ups-a", "main"], AlarmSite.Read("", facility).Plan.Topology.Above(Collector.Alarms.AlarmClass.Power, "pdu-1"));
    }
}
