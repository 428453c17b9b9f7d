using EdgeDcim.Collector.Facility;
using Xunit;

namespace EdgeDcim.Collector.Tests.Facility;

public sealed class FacilityConfigTests
{
    /// <summary>Two UPSs, six rack PDUs as three dual-corded racks, a tank on UPS A, cooling partly behind UPS B.</summary>
    internal const string Hall = """
        site: demo
        zone: Europe/Amsterdam
        meters:
          - { id: utility,  role: total,       power: main/power.active, energy: main/energy.active.import, accuracy: 0.5 }
          - { id: ups-a,    role: power_chain, under: utility, input: ups-a/power.active.input, output: ups-a/power.active.output }
          - { id: ups-b,    role: power_chain, under: utility, input: ups-b/power.active.input, output: ups-b/power.active.output }
          - { id: pdu-a1,   under: ups-a, power: pdu-a1/power.active, energy: pdu-a1/energy.active.import }
          - { id: pdu-a2,   under: ups-a, power: pdu-a2/power.active, energy: pdu-a2/energy.active.import }
          - { id: pdu-b1,   under: ups-b, power: pdu-b1/power.active, energy: pdu-b1/energy.active.import }
          - { id: pdu-b2,   under: ups-b, power: pdu-b2/power.active, energy: pdu-b2/energy.active.import }
          - { id: rack-1,   role: it, sum: [pdu-a1, pdu-b1] }
          - { id: rack-2,   role: it, under: [ups-a, ups-b], sum: [pdu-a2, pdu-b2] }
          - { id: tank-it,  role: it, under: ups-a, point: it_input, power: m-tank-it/power.active, energy: m-tank-it/energy.active.import }
          - { id: pumps,    role: cooling, under: ups-b, power: m-cdu/power.active, energy: m-cdu/energy.active.import }
          - { id: chiller,  role: cooling, under: utility, power: m-chiller/power.active, energy: m-chiller/energy.active.import }
          - { id: lights,   role: lighting, under: utility, power: m-lights/power.active, energy: integrated }
        water:
          - { id: tower, volume: water-1/water.volume, flow: water-1/flow }
        """;

    [Fact]
    public void Parse_of_a_hall_with_dual_corded_racks_counts_every_feed_once()
    {
        var tree = TestSite.Read(Hall).Tree;

        Assert.Equal(["pdu-a1", "pdu-a2", "pdu-b1", "pdu-b2", "tank-it"], Names(tree.It));
        Assert.Equal(["utility"], Names(tree.Total));
        Assert.Equal(["chiller", "pumps"], Names(tree.Cooling));
        Assert.Equal(["lights"], Names(tree.LightingOther));
        Assert.Equal(["ups-a", "ups-b"], tree.Converters.Select(converter => converter.Id));
        Assert.Equal(2, tree.Category);
    }

    [Fact]
    public void Parse_with_it_measured_at_ups_output_takes_the_ups_outputs_less_the_cooling_behind_them()
    {
        var tree = TestSite.Read($"{Hall}\nkpi: {{ it_measured_at: ups_output }}").Tree;

        Assert.Equal(["pumps:-1", "ups-a output:1", "ups-b output:1"], tree.It.Select(term => $"{term.Port.Name}:{term.Factor}").Order());
        Assert.Equal(1, tree.Category);
    }

    [Fact]
    public void Parse_with_it_measured_at_pdu_output_takes_the_next_point_where_a_feed_has_no_pdu() =>
        Assert.Equal(["pdu-a1", "pdu-a2", "pdu-b1", "pdu-b2", "tank-it"], Names(TestSite.Read($"{Hall}\nkpi: {{ it_measured_at: pdu_output }}").Tree.It));

    [Fact]
    public void Parse_with_it_measured_at_it_input_says_which_feeds_would_be_left_out()
    {
        var problems = TestSite.Problems($"{Hall}\nkpi: {{ it_measured_at: it_input }}");

        Assert.Equal(2, problems.Count);
        Assert.All(problems, problem => Assert.Contains("it would be left out", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_of_servers_metered_below_their_pdu_counts_the_lowest_and_lifts_the_category()
    {
        var tree = Site("""
              - { id: pdu, role: it, under: utility, power: pdu/power.active }
              - { id: s1, role: it, point: it_input, under: pdu, power: s1/power.active }
              - { id: s2, role: it, point: it_input, under: pdu, power: s2/power.active }
            """);

        Assert.Equal(["s1", "s2"], Names(tree.It));
        Assert.Equal(3, tree.Category);
    }

    [Fact]
    public void Parse_of_a_site_with_mixed_points_has_the_lowest_category()
    {
        var tree = Site("""
              - { id: s1, role: it, point: it_input, under: utility, power: s1/power.active }
              - { id: ups, role: power_chain, under: utility, input: ups/power.active.input, output: ups/power.active.output }
            """);

        Assert.Equal(["s1", "ups output"], Names(tree.It));
        Assert.Equal(1, tree.Category);
    }

    [Fact]
    public void Parse_takes_cooling_below_an_it_meter_away_from_it()
    {
        var tree = Site("""
              - { id: pdu, role: it, under: utility, power: pdu/power.active }
              - { id: pump, role: cooling, under: pdu, power: pump/power.active }
            """);

        Assert.Equal(["pdu:1", "pump:-1"], tree.It.Select(term => $"{term.Port.Name}:{term.Factor}"));
        Assert.Equal(["pump"], Names(tree.Cooling));
    }

    [Fact]
    public void Parse_counts_the_uppermost_cooling_meter_and_takes_other_uses_below_it_away()
    {
        var tree = Site("""
              - { id: rack, role: it, under: utility, power: rack/power.active }
              - { id: plant, role: cooling, under: utility, power: plant/power.active }
              - { id: chiller, role: cooling, under: plant, power: chiller/power.active }
              - { id: plant-lights, role: lighting, under: plant, power: plant-lights/power.active }
            """);

        Assert.Equal(["plant:1", "plant-lights:-1"], tree.Cooling.Select(term => $"{term.Port.Name}:{term.Factor}"));
        Assert.Equal(["plant-lights:1"], tree.LightingOther.Select(term => $"{term.Port.Name}:{term.Factor}"));
    }

    [Fact]
    public void Parse_sums_two_incoming_feeds_into_one_total()
    {
        var tree = TestSite.Read("""
            site: s
            meters:
              - { id: feed-a, power: a/power.active }
              - { id: feed-b, power: b/power.active }
              - { id: utility, role: total, sum: [feed-a, feed-b] }
              - { id: rack, role: it, under: utility, power: rack/power.active }
            """).Tree;

        Assert.Equal(["feed-a", "feed-b"], Names(tree.Total));
        Assert.Equal(["rack"], Names(tree.It));
    }

    [Fact]
    public void Parse_weighs_another_carrier_into_the_total()
    {
        var tree = Site("""
              - { id: rack, role: it, under: utility, power: rack/power.active }
              - { id: cold, role: total, carrier: district_cooling, weight: 0.4, power: cold/power.active }
            """);

        Assert.Equal([("utility", 1.0), ("cold", 0.4)], tree.Total.Select(term => (term.Port.Name, term.Factor)));
    }

    [Fact]
    public void Parse_of_a_file_full_of_faults_reports_all_of_them_with_their_places()
    {
        var problems = TestSite.Problems("""
            site: s
            zone: Mars/Olympus
            colour: red
            meters:
              - { id: utility, role: total, power: main/power.active, energy: main/energy.active.import, acuracy: 1 }
              - { id: ups, role: power_chian, under: utility, input: ups/power.active.input, output: ups/power.active.output }
              - { id: pdu, role: it, under: upz, power: pdu/power.actve }
              - { id: pdu, role: it, under: utility, power: pdu2/power.active }
              - { id: rack, role: it, under: utility, power: rack/energy.active.import, accuracy: 90 }
              - { id: row, role: it, under: utility, power: main/power.active }
              - { id: nothing, role: it, under: utility }
              - { id: bad id, role: it, under: utility, power: x/power.active }
              - { id: sum, role: it, sum: [pdu, ghost], power: y/power.active }
              - { id: rated, role: it, under: utility, power: z/power.active, rated: 50 }
            water:
              - { id: tower, volume: water-1/flow }
            """);

        (int Line, int Column, string Text)[] expected =
        [
            (2, 7, "'Mars/Olympus', which is no time zone"),
            (3, 1, "the key 'colour' is not known"),
            (5, 92, "'meters[0].acuracy' is not known (did you mean 'accuracy'?)"),
            (6, 22, "(did you mean 'power_chain'?)"),
            (7, 47, "'power.actve' is not in the vocabulary (did you mean 'power.active'?)"),
            (7, 36, "names 'upz', which is no meter of this file (did you mean 'ups'?)"),
            (8, 11, "the id 'pdu' is taken by the meter on line 7"),
            (9, 52, "needs a metric in W, but 'energy.active.import' is in kW.h"),
            (9, 89, "'accuracy' is 90"),
            (10, 51, "'main/power.active' is already 'power' of 'utility'; used here too it would be counted twice"),
            (11, 11, "'nothing' measures nothing"),
            (12, 11, "write letters, digits"),
            (13, 38, "names 'ghost', which is no meter of this file"),
            (13, 60, "is a sum of other meters and cannot have 'power' of its own"),
            (14, 77, "write a power with its unit"),
            (16, 27, "needs a metric in m3, but 'flow' is in L/min"),
        ];
        foreach (var (line, column, text) in expected)
        {
            Assert.True(problems.Any(problem => problem.Contains($":{line}:", StringComparison.Ordinal) && problem.Contains(text, StringComparison.Ordinal)), $"missing on line {line}: {text}\n{string.Join('\n', problems)}");
        }
    }

    [Theory]
    [InlineData("- { id: a, role: it, under: b, power: a/power.active }\n  - { id: b, role: it, under: a, power: b/power.active }", "run in a circle")]
    [InlineData("- { id: a, role: it, under: utility, power: a/power.active }\n  - { id: b, role: it, under: a, power: b/power.active }", "'b' is below 'a' and both are IT meters at pdu_output")]
    [InlineData("- { id: b, role: total, power: b/power.active }\n  - { id: a, role: it, under: b, power: a/power.active }", "both have role: total for electricity")]
    [InlineData("- { id: a, role: it, power: a/power.active }", "hangs under nothing and would be left out")]
    [InlineData("- { id: a, role: cooling, under: utility, power: a/power.active }", "no meter measures IT power")]
    [InlineData("- { id: a, under: utility, power: a/power.active }", "'a' has no role")]
    [InlineData("- { id: a, role: cooling, point: it_input, under: utility, power: a/power.active }", "leave it out")]
    [InlineData("- { id: a, role: it, under: utility, energy: integrated }", "needs 'power'")]
    [InlineData("- { id: a, role: it, under: utility, input: a/power.active.input }", "only a meter with role: power_chain has 'input'")]
    [InlineData("- { id: c, role: total, carrier: fuel, power: c/power.active }\n  - { id: a, role: it, under: utility, power: a/power.active }", "write 'weight'")]
    [InlineData("- { id: a, role: it, under: utility, power: a }", "write device/metric")]
    [InlineData("- { id: a, role: it, under: utility, power: a/power.active, accuracy: 0 }", "above 0 and up to 20")]
    [InlineData("- { id: a, role: it, under: utility, power: a/power.active, rollover: -1 }", "must be above 0")]
    [InlineData("- { id: a, role: it, under: [utility, utility], power: a/power.active }", "names the same meter twice")]
    [InlineData("- { id: p, role: it, under: utility, power: p/power.active }\n  - { id: q, role: it, under: utility, power: q/power.active }\n  - { id: r, role: it, sum: [p, q] }\n  - { id: t, role: it, sum: [q] }", "would be counted twice; keep it in one of them")]
    [InlineData("- { id: p, role: it, under: utility, power: p/power.active }\n  - { id: q, role: cooling, under: utility, power: q/power.active }\n  - { id: r, role: it, sum: [p, q] }", "sum meters of one role only")]
    [InlineData("- { id: p, role: it, under: utility, power: p/power.active }\n  - { id: pump, role: cooling, under: [p, utility], power: pump/power.active }", "its share cannot be told")]
    public void Parse_of_a_tree_that_cannot_be_says_why(string meters, string expected) =>
        Assert.Contains(TestSite.Problems($"site: s\nmeters:\n  - {{ id: utility, role: total, power: main/power.active }}\n  {meters}\n"), problem => problem.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Parse_of_a_rack_that_is_fed_past_the_ups_cannot_be_measured_at_the_ups_output() =>
        Assert.Contains("'rack' would be counted twice", Assert.Single(TestSite.Problems("""
            site: s
            meters:
              - { id: utility, role: total, power: main/power.active }
              - { id: ups, role: power_chain, under: utility, input: ups/power.active.input, output: ups/power.active.output }
              - { id: rack, role: it, under: [ups, utility], power: rack/power.active }
            kpi: { it_measured_at: ups_output }
            """)), StringComparison.Ordinal);

    [Fact]
    public void Parse_of_a_file_without_meters_says_what_to_list() =>
        Assert.Contains("'meters' must be a list of meters", Assert.Single(TestSite.Problems("site: s\n")), StringComparison.Ordinal);

    [Fact]
    public void Lines_of_the_report_say_what_is_counted_and_what_is_missing() =>
        Assert.Equal(
            [
                "Total: utility",
                "IT (PUE category 1): ups-a output + ups-b output − pumps",
                "Cooling: pumps + chiller",
                "Lighting and other: lights",
                "Power chain: what is left of the total",
                "Water: tower",
                "Energy is integrated from power, so PUE of periods is estimated: ups-a output, ups-b output, lights",
                "Without accuracy, so the uncertainty of PUE is not known: ups-a output, ups-b output, pumps",
            ],
            EdgeDcim.Collector.Configuration.FacilityReport.Lines(TestSite.Read($"{Hall}\nkpi: {{ it_measured_at: ups_output }}")));

    private static MeterTree Site(string meters) =>
        TestSite.Read($"site: s\nmeters:\n  - {{ id: utility, role: total, power: main/power.active }}\n{meters}\n").Tree;

    private static IEnumerable<string> Names(IEnumerable<Term> terms) => terms.Select(term => term.Port.Name).Order();
}
