using EdgeDcim.Collector.Anomalies.Physical;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies.Physical;

public sealed class MassBalanceTests
{
    private const long Start = 1_700_000_000_000 / 60_000 * 60_000;

    [Fact]
    public void Slope_of_a_straight_line_is_exact_and_has_no_error()
    {
        // 0.1 L less each minute: −6 L/h.
        double[] ring = [21, 20.9, 20.8, 20.7, 20.6];
        var (slope, error) = MassBalance.Slope(ring, 5, 5, 1.0 / 60);
        Assert.Equal(-6, slope, 9);
        Assert.Equal(0, error, 6);
    }

    [Fact]
    public void Slope_reads_a_ring_that_has_wrapped()
    {
        double[] ring = [20.7, 20.6, 21, 20.9, 20.8];
        Assert.Equal(-6, MassBalance.Slope(ring, 7, 5, 1.0 / 60).Slope, 9);
    }

    [Theory]
    [InlineData(20, 10 * 60)]
    [InlineData(2, 4 * 3600)]
    [InlineData(0.2, 12 * 3600)]
    public void Loss_is_found_within_its_time_and_measured(double litresPerHour, int seconds)
    {
        var balance = new MassBalance(30);
        var second = Feed(balance, 0, 26 * 3600, 0);
        Assert.True(balance.Score < 0.7);
        var onset = second;
        while (balance.Score < 1)
        {
            second = Feed(balance, second, second + 60, litresPerHour, onset);
            Assert.True(second - onset <= seconds, $"not found after {seconds} s");
        }

        second = Feed(balance, second, second + (6 * 3600), litresPerHour, onset);
        Assert.InRange(balance.LitresPerHour, 0.5 * litresPerHour, 1.5 * litresPerHour);
    }

    [Fact]
    public void Silence_of_an_hour_is_no_loss()
    {
        var balance = new MassBalance(30);
        Feed(balance, 0, 7200, 0);
        for (var s = 7200 + 3600; s < 7200 + 3600 + 1800; s += 5)
        {
            balance.Take(15, 0, Start + (s * 1000L), false);
        }

        Assert.True(double.IsNaN(balance.Score) || balance.Score < 1);
    }

    // 21 L with the ripple of a level sensor of 0.1 % in 30 L.
    private static int Feed(MassBalance balance, int from, int to, double litresPerHour, int onset = 0)
    {
        for (var s = from; s < to; s += 5)
        {
            var ripple = 0.03 * Math.Round(0.8 * Math.Sin(s * 1.7) * Math.Sin(s * 0.31));
            balance.Take(21 - (litresPerHour * (s - onset) / 3600.0) + ripple, 0, Start + (s * 1000L), litresPerHour <= 0);
        }

        return to;
    }
}
