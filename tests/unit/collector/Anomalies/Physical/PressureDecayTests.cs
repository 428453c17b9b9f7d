using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Physical;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies.Physical;

public sealed class PressureDecayTests
{
    private const long Start = 1_700_000_000_000;

    [Fact]
    public void Pressure_that_follows_warmth_and_flow_is_no_loss_and_what_is_missing_is_told_in_litres()
    {
        var decay = new PressureDecay();
        Learn(decay);

        // As warm and as fast as seen: nothing. Twelve kilopascal less: two litres.
        Assert.Equal(0, Litres(decay, 0, 26, 150), 0.01);
        Assert.Equal(-2, Litres(decay, -12, 26, 150), 0.01);
    }

    [Fact]
    public void Where_it_was_never_learnt_it_says_nothing()
    {
        var decay = new PressureDecay();
        Learn(decay);
        Assert.True(double.IsNaN(Litres(decay, 0, 60, 150)));
    }

    // 100 kPa, 3 kPa/K, 0.001 kPa per (L/min)².
    private static double Usual(double celsius, double flow) => 100 + (3 * (celsius - 25)) + (0.001 * flow * flow);

    private static double Litres(PressureDecay decay, double missing, double celsius, double flow) =>
        decay.Litres(Usual(celsius, flow) + missing, celsius, flow, new Moment(Start + 200_000_000, false), false);

    private static void Learn(PressureDecay decay)
    {
        for (var s = 0; s < 26 * 3600; s += 60)
        {
            var (celsius, flow) = (26 + Math.Sin(s / 9000.0), 150 + (15 * Math.Cos(s / 5000.0)));
            decay.Litres(Usual(celsius, flow), celsius, flow, new Moment(Start + (s * 1000L), false), true);
        }

        Assert.False(decay.IsLearning);
    }
}
