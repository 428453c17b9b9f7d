using EdgeDcim.Collector.Anomalies.Physical;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies.Physical;

public sealed class EquationsTests
{
    [Fact]
    public void Mean_difference_is_logarithmic_and_plain_where_both_ends_are_equal()
    {
        // (10 − 5) / ln 2
        Assert.Equal(7.2134752, Equations.MeanDifference(10, 5), 6);
        Assert.Equal(7.2134752, Equations.MeanDifference(5, 10), 6);
        Assert.Equal(4, Equations.MeanDifference(4, 4), 9);
        Assert.True(double.IsNaN(Equations.MeanDifference(4, -1)));
    }

    [Fact]
    public void Conductance_is_that_of_the_effectiveness_method()
    {
        // 100 kW, hot 30 → 20, cold 16 → 24: ends 6 and 4 K, mean 2 / ln 1.5 = 4.93261 K.
        Assert.Equal(20_273.25, Equations.Conductance(100_000, 30, 20, 16, 24), 0.1);

        // Capacity flows 10 and 12.5 kW/K: of 140 kW that could pass 100 do.
        const double effectiveness = 100.0 / 140;
        var ratio = 10_000.0 / 12_500;
        var units = Math.Log((1 - (effectiveness * ratio)) / (1 - effectiveness)) / (1 - ratio);
        Assert.Equal(Equations.Conductance(100_000, 30, 20, 16, 24), units * 10_000, 0.1);
    }

    [Fact]
    public void Resistance_is_pressure_over_flow_squared()
    {
        Assert.Equal(0.004, Equations.Resistance(90, 150), 12);
        Assert.True(double.IsNaN(Equations.Resistance(90, 0)));
        Assert.True(double.IsNaN(Equations.Resistance(-1, 150)));
    }

    [Fact]
    public void Heat_uncertainty_grows_as_the_difference_shrinks()
    {
        // √(0.02² + 2·(0.2/10)²) and the same at 5 K, where temperature alone makes 5.7 %.
        Assert.Equal(0.0346410, Equations.HeatUncertainty(0.02, 0.2, 10), 6);
        Assert.Equal(0.0600000, Equations.HeatUncertainty(0.02, 0.2, 5), 6);
    }

    [Fact]
    public void Time_to_limit_is_heat_capacity_times_kelvin_over_surplus_power()
    {
        // 60 L of water, 250.8 kJ/K, from 30 to 45 °C at 100 kW: 37.6 s.
        Assert.Equal(37.62, Equations.SecondsToLimit(60 * 4180, 30, 45, 100_000), 2);
        Assert.Equal(0, Equations.SecondsToLimit(60 * 4180, 46, 45, 100_000));
        Assert.Equal(double.PositiveInfinity, Equations.SecondsToLimit(60 * 4180, 30, 45, -5));
    }

    [Fact]
    public void Warm_coolant_takes_more_room()
    {
        // 250 L · 4·10⁻⁴ /K · 10 K = 1 L.
        Assert.Equal(1, Equations.ThermalLitres(250, 4e-4, 35, 25), 9);
    }
}
