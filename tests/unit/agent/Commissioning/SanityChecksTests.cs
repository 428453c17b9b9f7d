using EdgeDcim.Agent.Commissioning;

namespace EdgeDcim.Agent.Tests.Commissioning;

public sealed class SanityChecksTests
{
    [Theory]
    [InlineData(1840, 8, 230, 1.0, true)]
    [InlineData(1650, 8, 230, 0.9, true)]
    [InlineData(18400, 8, 230, 1.0, false)]
    [InlineData(184, 8, 230, 1.0, false)]
    [InlineData(1840, 0.8, 230, 1.0, null)]
    [InlineData(-1840, 8, 230, -1.0, true)]
    [InlineData(1840, 80, 230, 1.0, false)]
    [InlineData(1840, 8, 2300, 1.0, false)]
    public void Power_goes_with_voltage_current_and_power_factor(double power, double current, double voltage, double factor, bool? passes)
    {
        var values = Circuit("L1", power, current, voltage);
        values.Set("power.factor", "L1", factor, 0.01);

        Assert.Equal(passes, Of(values, "power"));
    }

    [Theory]
    [InlineData(700, true)]
    [InlineData(1840, true)]
    [InlineData(3200, false)]
    [InlineData(18, false)]
    public void Without_a_power_factor_only_what_none_explains_fails(double power, bool passes) =>
        Assert.Equal(passes, Of(Circuit("outlet/3", power, 8, 230, device: false), "power"));

    [Theory]
    [InlineData(1840)]
    [InlineData(3187)]
    [InlineData(5520)]
    public void A_whole_device_may_have_three_lines(double power)
    {
        var values = Circuit(null, power, 8, 230);
        values.Set("power.factor", null, 1);

        Assert.True(Of(values, "power"));
    }

    [Theory]
    [InlineData(3010, true)]
    [InlineData(1000, false)]
    [InlineData(30100, false)]
    public void Lines_add_up_to_the_total(double total, bool passes)
    {
        var values = new Snapshot();
        foreach (var (part, power) in (IEnumerable<(string, double)>)[("L1", 1000), ("L2", 990), ("L3", 1020)])
        {
            values.Set("power.active", part, power);
        }

        values.Set("power.active", null, total);
        Assert.Equal(passes, Of(values, "sum"));
    }

    [Theory]
    [InlineData(40, true)]
    [InlineData(33, true)]
    [InlineData(4, false)]
    public void Load_is_power_over_rating_of_either_kind(double load, bool passes)
    {
        var values = new Snapshot();
        values.Set("power.active.output", "L1", 4000);
        values.Set("power.active.rated", null, 10_000);
        values.Set("power.apparent.rated", null, 12_000);
        values.Set("load", null, load);

        Assert.Equal(passes, Of(values, "load"));
    }

    [Theory]
    [InlineData(23.5, true)]
    [InlineData(74.3, false)]
    [InlineData(235, false)]
    public void Air_is_as_warm_as_air(double celsius, bool passes)
    {
        var values = new Snapshot();
        values.Set("temperature.ambient", "probe/1", celsius);

        Assert.Equal(passes, Of(values, "temperature"));
    }

    [Theory]
    [InlineData(1.0, true)]
    [InlineData(1.08, true)]
    [InlineData(10, false)]
    [InlineData(0.1, false)]
    [InlineData(0, false)]
    public void Energy_counts_what_flowed(double scale, bool passes)
    {
        var slope = new EnergySlope("energy.active.import", "power.active", null);
        Verdict? verdict = null;
        for (var second = 0; second <= 3600 && verdict is null; second += 10)
        {
            var values = new Snapshot();
            values.Set("power.active", null, 10_000);
            values.Set("energy.active.import", null, Math.Floor((500 + scale * second / 360.0) * 10) / 10, 0.1);
            verdict = slope.Observe(values, 1_800_000_000_000 + second * 1000L);
        }

        Assert.Equal(passes, verdict?.Passed);
    }

    private static Snapshot Circuit(string? part, double power, double current, double voltage, bool device = true)
    {
        Assert.True(device || part is not null);
        var values = new Snapshot();
        values.Set("power.active", part, power, 1);
        values.Set("current", part, current, 0.01);
        values.Set("voltage.line_neutral", part, voltage, 0.1);
        return values;
    }

    private static bool? Of(Snapshot values, string check)
    {
        var verdicts = SanityChecks.Judge(values).Where(verdict => verdict.Check == check).ToList();
        return verdicts.Count == 0 ? null : Assert.Single(verdicts).Passed;
    }
}
