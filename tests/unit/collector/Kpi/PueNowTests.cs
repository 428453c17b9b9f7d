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

    private static void Feed(TestSite site, string? silent = null)
    {
        foreach (var (series, value) in new[]
        {
            ("main/power.active", 182_000.0), ("ups-a/power.active.input", 148_000), ("ups-a/power.active.output", 142_000),
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
