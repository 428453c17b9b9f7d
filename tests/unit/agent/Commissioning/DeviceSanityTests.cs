using EdgeDcim.Agent.Commissioning;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Tests.Profiles;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Tests.Commissioning;

public sealed class DeviceSanityTests
{
    private readonly IReadOnlyList<PointInstance> points;

    public DeviceSanityTests()
    {
        var profile = ProfileText.Read("modbus", """
            points:
              - { metric: power.active, part: L1, address: 0 }
              - { metric: current, part: L1, address: 1 }
              - { metric: voltage.line_neutral, part: L1, address: 2 }
            """);
        points = [.. profile.Points.Select(point => new PointInstance(point, point.Part, "x"))];
    }

    [Fact]
    public void A_failing_point_is_suspect_at_once_and_for_good_after_three_times_and_told_once()
    {
        var sanity = new DeviceSanity([]);

        Assert.Equal([Quality.Suspect, Quality.Good, Quality.Good], Poll(sanity, 18_400));
        Poll(sanity, 18_400);
        Assert.Empty(sanity.TakeNotes());
        Assert.Null(sanity.Suspicions);
        Poll(sanity, 18_400);
        Assert.Contains("power.active/L1 is suspect and feeds no KPI", Assert.Single(sanity.TakeNotes()), StringComparison.Ordinal);
        Assert.StartsWith("power.active/L1\t18400 W does not go with", Assert.Single(sanity.Suspicions!.Split('\n')), StringComparison.Ordinal);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Quality.Suspect, Poll(sanity, 1840)[0]);
        }

        Assert.Empty(sanity.TakeNotes());
    }

    [Fact]
    public void A_load_that_moved_between_two_requests_is_forgiven_and_a_settled_check_is_not_asked_again()
    {
        var sanity = new DeviceSanity([]);

        Assert.Equal(Quality.Suspect, Poll(sanity, 18_400)[0]);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Quality.Good, Poll(sanity, 1840)[0]);
        }

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Quality.Good, Poll(sanity, 18_400)[0]);
        }

        Assert.Empty(sanity.TakeNotes());
    }

    [Theory]
    [InlineData("power.active/L1")]
    [InlineData("power.active")]
    public void What_a_person_accepted_is_good(string accepted)
    {
        var sanity = new DeviceSanity([accepted]);

        Assert.Equal([Quality.Good, Quality.Good, Quality.Good], Poll(sanity, 18_400));
        Assert.Empty(sanity.TakeNotes());
    }

    [Fact]
    public void A_total_is_as_suspect_as_most_of_its_lines()
    {
        var profile = ProfileText.Read("modbus", """
            points:
              - { metric: power.active, address: 0 }
              - { metric: power.active, part: "L{index}", address: 1, instances: { count: 3, stride: 1 } }
              - { metric: current, part: "L{index}", address: 11, instances: { count: 3, stride: 1 } }
              - { metric: voltage.line_neutral, part: "L{index}", address: 21, instances: { count: 3, stride: 1 } }
            """);
        double[] values = [55_200, 18_400, 18_400, 18_400, 8, 8, 8, 230, 230, 230];
        var samples = profile.Points.Select((point, i) => new Sample(new PointInstance(point, point.Part, "x"), values[i])).ToList();
        var sanity = new DeviceSanity([]);

        sanity.Observe(samples, 0);

        Assert.Equal(Enumerable.Repeat(Quality.Suspect, 4), samples.Take(4).Select(sample => sanity.QualityOf(sample)));
    }

    [Theory]
    [InlineData("energy.active.output", "power.active.output")]
    [InlineData("energy.cooling", "heat.removed")]
    public void A_counter_of_what_is_given_out_is_held_against_the_power_too(string energy, string power)
    {
        var profile = ProfileText.Read("modbus", $"points:\n  - {{ metric: {energy}, address: 0 }}\n  - {{ metric: {power}, address: 1 }}\n");
        var instances = profile.Points.Select(point => new PointInstance(point, point.Part, "x")).ToList();
        var sanity = new DeviceSanity([]);
        for (var minute = 0; minute <= 6; minute++)
        {
            // 60 kW is 1 kWh a minute; the counter says ten times as much.
            sanity.Observe([new(instances[0], 1000 + 10 * minute), new(instances[1], 60_000)], minute * 60_000);
        }

        Assert.Equal(Quality.Suspect, sanity.QualityOf(new Sample(instances[0], 1060)));
        Assert.Equal(Quality.Good, sanity.QualityOf(new Sample(instances[1], 60_000)));
    }

    [Fact]
    public void A_load_that_comes_later_is_looked_at_within_ten_seconds()
    {
        var sanity = new DeviceSanity([]);

        Assert.Equal(Quality.Good, Poll(sanity, 0, current: 0)[0]);
        Assert.Equal(Quality.Good, Poll(sanity, 18_400, atMs: 9_000)[0]);
        Assert.Equal(Quality.Suspect, Poll(sanity, 18_400, atMs: 10_000)[0]);
    }

    private List<Quality> Poll(DeviceSanity sanity, double power, double current = 8, long atMs = 0)
    {
        List<Sample> samples = [new(points[0], power), new(points[1], current), new(points[2], 230)];
        sanity.Observe(samples, atMs);
        return [.. samples.Select(sample => sanity.QualityOf(sample))];
    }
}
