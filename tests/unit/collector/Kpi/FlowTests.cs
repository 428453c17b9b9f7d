using CsCheck;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Collector.Tests.Facility;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Kpi;

public sealed class FlowTests
{
    private static readonly (string Series, double Watts)[] Powers =
    [
        ("main/power.active", 200_000),
        ("ups-a/power.active.input", 80_000), ("ups-a/power.active.output", 75_000),
        ("ups-b/power.active.input", 70_000), ("ups-b/power.active.output", 69_000),
        ("pdu-a1/power.active", 20_000), ("pdu-a2/power.active", 22_000), ("m-tank-it/power.active", 30_000),
        ("pdu-b1/power.active", 25_000), ("pdu-b2/power.active", 30_000), ("m-cdu/power.active", 12_000),
        ("m-chiller/power.active", 40_000), ("m-lights/power.active", 4_000),
    ];

    [Fact]
    public void Flow_of_a_hall_leads_from_the_utility_to_it_with_losses_and_the_sums_of_the_kpis()
    {
        var flow = Flow(Powers);

        Assert.Equal(
            [
                "ups-a>pdu-a1 20", "ups-a>pdu-a2 22", "ups-a>tank-it 30", "ups-a>ups-a:loss 5", "ups-a>ups-a:unmetered:loss 3",
                "ups-b>pdu-b1 25", "ups-b>pdu-b2 30", "ups-b>pumps 12", "ups-b>ups-b:loss 1", "ups-b>ups-b:unmetered:loss 2",
                "utility>chiller 40", "utility>lights 4", "utility>ups-a 80", "utility>ups-b 70", "utility>utility:unmetered:loss 6",
            ],
            flow.Links.Select(link => $"{link.From}>{link.To} {link.PowerW / 1000}").Order(StringComparer.Ordinal));
        Assert.Equal(new FlowSums(200_000, 127_000, 52_000, 17_000, 4_000), flow.Sums);
        Assert.Equal(["cooling", "cooling", "it", "it", "it", "it", "it", "lighting", "loss", "loss", "loss", "loss", "loss", "power_chain", "power_chain", "total"], flow.Nodes.Select(node => node.Role).Order());
    }

    [Fact]
    public void Flow_with_a_silent_meter_has_no_link_to_it_and_no_loss_in_its_place()
    {
        var flow = Flow(Powers.Where(power => power.Series != "m-chiller/power.active"));

        Assert.Null(flow.Nodes.Single(node => node.Id == "chiller").PowerW);
        Assert.DoesNotContain(flow.Links, link => link.To == "chiller");
        Assert.Contains(flow.Links, link => link is { From: "utility", To: "utility:unknown", PowerW: 46_000 });
        Assert.Null(flow.Sums.CoolingW);
    }

    [Fact]
    public void Flow_of_meters_that_disagree_has_a_node_that_makes_up_the_difference()
    {
        var flow = Flow(Powers.Select(power => power.Series == "ups-b/power.active.output" ? (power.Series, 60_000.0) : power));

        Assert.Contains(new FlowLink("ups-b:excess", "ups-b", 7_000), flow.Links);
    }

    [Fact]
    public void Flow_in_and_out_of_every_node_agree_and_the_parts_and_one_are_pue() =>
        Gen.Double[100, 100_000].Array[Powers.Length].Sample(
            watts =>
            {
                var given = Powers.Select((power, index) => (power.Series, watts[index])).ToArray();
                given[0] = (given[0].Series, watts.Sum());
                var site = Fed(given);
                var pue = site.Tick("pue");
                var flow = site.Kpi.Flow;
                foreach (var node in flow.Nodes)
                {
                    var into = flow.Links.Where(link => link.To == node.Id).Sum(link => link.PowerW);
                    var outOf = flow.Links.Where(link => link.From == node.Id).Sum(link => link.PowerW);
                    Assert.True(node.Role == "total" || into == 0 || outOf == 0 || Math.Abs(into - outOf) < 2, $"{node.Id}: {into} in, {outOf} out");
                }

                Assert.All(flow.Links, link => Assert.True(link.PowerW > 0));
                Assert.True(pue.Value is null || Math.Abs(1 + pue.Parts.Sum(part => part.Value) - pue.Value.Value) < 1e-9);
            },
            iter: 200);

    [Fact]
    public void Flow_at_ups_output_ends_behind_the_ups_and_leaves_its_cooling_out()
    {
        var site = new TestSite($"{FacilityConfigTests.Hall}\nkpi: {{ it_measured_at: ups_output }}");
        Feed(site, Powers);
        site.Tick();
        var flow = site.Kpi.Flow;

        Assert.Contains(new FlowLink("ups-b", "ups-b:use", 57_000), flow.Links);
        Assert.Contains(new FlowLink("ups-b", "pumps", 12_000), flow.Links);
        Assert.DoesNotContain(flow.Nodes, node => node.Id == "pdu-b1");
        Assert.Equal(132_000, flow.Sums.ItW);
    }

    [Fact]
    public void Flow_into_a_meter_with_two_feeders_is_split_by_what_they_have_left()
    {
        var site = new TestSite("""
            site: s
            meters:
              - { id: utility, role: total, power: main/power.active }
              - { id: ups-a, role: power_chain, under: utility, input: ups-a/power.active.input, output: ups-a/power.active.output }
              - { id: ups-b, role: power_chain, under: utility, input: ups-b/power.active.input, output: ups-b/power.active.output }
              - { id: rack, role: it, under: [ups-a, ups-b], power: rack/power.active }
            """);
        Feed(site, [("main/power.active", 110), ("ups-a/power.active.input", 65), ("ups-a/power.active.output", 60), ("ups-b/power.active.input", 45), ("ups-b/power.active.output", 40), ("rack/power.active", 100)]);
        site.Tick();

        Assert.Contains(new FlowLink("ups-a", "rack", 60), site.Kpi.Flow.Links);
        Assert.Contains(new FlowLink("ups-b", "rack", 40), site.Kpi.Flow.Links);
    }

    private static FlowGraph Flow(IEnumerable<(string Series, double Watts)> powers)
    {
        var site = Fed(powers);
        site.Tick();
        return site.Kpi.Flow;
    }

    private static TestSite Fed(IEnumerable<(string Series, double Watts)> powers)
    {
        var site = new TestSite(FacilityConfigTests.Hall);
        Feed(site, powers);
        return site;
    }

    private static void Feed(TestSite site, IEnumerable<(string Series, double Watts)> powers)
    {
        foreach (var (series, watts) in powers)
        {
            site.Give(series, watts, Quality.Good);
        }
    }
}
