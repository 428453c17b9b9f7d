using EdgeDcim.Simulator.Physics;
using Xunit;

namespace EdgeDcim.Simulator.Tests.Physics;

public sealed class AirTests
{
    // Saturation pressures of water from steam tables, kPa.
    [Theory]
    [InlineData(0, 0.611)]
    [InlineData(10, 1.228)]
    [InlineData(20, 2.339)]
    [InlineData(30, 4.246)]
    [InlineData(40, 7.384)]
    public void SaturationKpa_agrees_with_the_steam_table(double celsius, double expected) =>
        Assert.InRange(Air.SaturationKpa(celsius) / expected, 0.997, 1.003);

    // 25 degC at 50 % has a dew point of 13.9 and a wet bulb of 17.9 degC; 35 degC at 40 % has 19.4 and 24.0 (psychrometric chart).
    [Theory]
    [InlineData(25, 50, 13.9, 17.9)]
    [InlineData(35, 40, 19.4, 24.0)]
    public void WetBulb_and_dew_point_agree_with_the_psychrometric_chart(double celsius, double humidity, double dewPoint, double wetBulb)
    {
        var dew = Air.DewPoint(celsius, humidity);
        Assert.InRange(dew, dewPoint - 0.2, dewPoint + 0.2);
        Assert.InRange(Air.WetBulb(celsius, dew), wetBulb - 0.3, wetBulb + 0.3);
        Assert.Equal(humidity, Air.RelativeHumidity(celsius, dew), 6);
    }

    [Fact]
    public void HeatExchanger_with_equal_flows_has_the_same_difference_at_both_ends()
    {
        // Equal capacity flows of 10 kW/K and a conductance of 20 kW/K: NTU 2, effectiveness 2/3; 50 kW warm 5 K and need 7.5 K of inlet difference.
        var t = HeatExchanger.Solve(50_000, 10_000, 10_000, 20, 20_000);
        Assert.Equal(27.5, t.HotIn, 6);
        Assert.Equal(22.5, t.HotOut, 6);
        Assert.Equal(25.0, t.ColdOut, 6);
    }

    [Fact]
    public void HeatExchanger_with_unequal_flows_obeys_the_log_mean_difference()
    {
        var t = HeatExchanger.Solve(80_000, 9_000, 14_000, 18, 21_000);
        double one = t.HotIn - t.ColdOut, two = t.HotOut - 18;
        var logMean = (one - two) / Math.Log(one / two);
        Assert.InRange(21_000 * logMean / 80_000, 1 - 1e-9, 1 + 1e-9);
    }

    [Fact]
    public void Pump_at_half_speed_needs_an_eighth_of_the_power_and_a_quarter_of_the_head()
    {
        var pump = new Pump(RatedFlow: 100, RatedWatts: 1600, RatedHeadKpa: 200, StandbyWatts: 0);
        Assert.Equal(0.5, pump.SpeedFor(50));
        Assert.Equal(200, pump.WattsAt(0.5), 9);
        Assert.Equal(50, pump.HeadAt(0.5), 9);
    }
}
