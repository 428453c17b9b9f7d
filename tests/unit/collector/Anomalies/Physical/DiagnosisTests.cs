using EdgeDcim.Collector.Anomalies.Physical;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies.Physical;

public sealed class DiagnosisTests
{
    [Theory]
    [InlineData("fouling", "exchanger:-2")]
    [InlineData("filter_clog", "filter:3 pumpcurve:-0.4")]
    [InlineData("filter_clog", "filter:8 pumpcurve:-3")]
    [InlineData("plate_clog", "plates:4 pumpcurve:-1.5")]
    [InlineData("pump_wear", "pumpcurve:-2")]
    [InlineData("air_in_loop", "tremble:1.5 pumpcurve:-2")]
    [InlineData("bypass", "plates:-3 pumpcurve:1.2 rise:-0.7")]
    [InlineData("flow_sensor_secondary", "split:3 filter:2 plates:3 pumpcurve:-3 balance:-2 exchanger:0.7")]
    [InlineData("flow_sensor_secondary", "split:-3 filter:-2 plates:-3 pumpcurve:3 balance:2")]
    [InlineData("flow_sensor_primary", "split:-3 valvecurve:-2 exchanger:-2")]
    [InlineData("temperature_sensor", "split:3 balance:-2 exchanger:-3")]
    [InlineData("it_power", "balance:2")]
    public void Pattern_of_broken_laws_names_the_cause_with_confidence(string cause, string pattern)
    {
        var found = Diagnosis.Of(Laws(pattern));
        Assert.Equal(cause, found.Name);
        Assert.True(found.Confidence >= 0.5, $"confidence {found.Confidence}");
    }

    [Fact]
    public void Sound_laws_have_no_cause()
    {
        Assert.Null(Diagnosis.Of(Laws("exchanger:0.9 filter:-0.8")).Name);
        Assert.Null(Diagnosis.Of([.. Enum.GetValues<Law>().Select(_ => double.NaN)]).Name);
    }

    [Fact]
    public void Flow_that_reads_low_is_never_called_a_clog_although_resistance_looks_higher()
    {
        var found = Diagnosis.Of(Laws("split:3 filter:2 plates:3 pumpcurve:-3"));
        Assert.Equal(Law.Split, found.Owner);
        Assert.DoesNotContain("clog", found.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Pattern_that_nothing_explains_is_told_with_little_confidence_and_not_at_once()
    {
        var found = Diagnosis.Of(Laws("filter:3 exchanger:-3"));
        Assert.Equal("unexplained", found.Name);
        Assert.True(found.Confidence < 0.5);
        Assert.False(found.IsClear);
    }

    [Fact]
    public void Choice_that_hangs_on_a_law_in_between_is_not_clear()
    {
        Assert.True(Diagnosis.Of(Laws("exchanger:-2")).IsClear);
        Assert.False(Diagnosis.Of(Laws("exchanger:-2 split:0.7")).IsClear);
    }

    [Fact]
    public void Cause_with_fewer_instruments_is_told_with_less_confidence()
    {
        var whole = Laws("split:-3 valvecurve:-2");
        var blind = Laws("split:-3");
        blind[(int)Law.ValveCurve] = double.NaN;
        blind[(int)Law.Balance] = double.NaN;
        Assert.True(Diagnosis.Of(blind).Confidence < Diagnosis.Of(whole).Confidence);
        Assert.True(Diagnosis.Of(blind).Confidence < 0.8);
    }

    private static double[] Laws(string pattern)
    {
        var z = new double[Enum.GetValues<Law>().Length];
        foreach (var one in pattern.Split(' '))
        {
            var parts = one.Split(':');
            z[(int)Enum.Parse<Law>(parts[0], ignoreCase: true)] = double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        }

        return z;
    }
}
