using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Core.Tests.Telemetry;

public sealed class VocabularyTests
{
    [Fact]
    public void The_shipped_vocabulary_loads_and_every_metric_has_a_range()
    {
        Assert.NotEmpty(Vocabulary.Default.Metrics);
        Assert.All(Vocabulary.Default.Metrics.Values, metric => Assert.True(metric.Max > metric.Min, metric.Name));
    }

    [Theory]
    [InlineData("utility")]
    [InlineData("transformer")]
    [InlineData("ats")]
    [InlineData("generator")]
    [InlineData("ups")]
    [InlineData("battery")]
    [InlineData("pdu")]
    [InlineData("busway")]
    [InlineData("outlet")]
    [InlineData("crac")]
    [InlineData("in_row")]
    [InlineData("chiller")]
    [InlineData("cooling_tower")]
    [InlineData("pump")]
    [InlineData("cdu")]
    [InlineData("cooling_loop")]
    [InlineData("immersion")]
    [InlineData("leak_detector")]
    [InlineData("meter")]
    [InlineData("water_meter")]
    [InlineData("heat_meter")]
    [InlineData("sensor")]
    [InlineData("server")]
    [InlineData("lighting")]
    public void Every_class_of_equipment_has_metrics(string kind) => Assert.NotEmpty(Vocabulary.Default.Kinds[kind].Metrics);

    [Fact]
    public void Parse_names_line_and_column_of_every_fault()
    {
        var problems = new ConfigProblems();
        Vocabulary.Parse("metrics.yaml", """
            metrics:
              power: { quantity: power, unit: W, max: lots, meaning: x }
              mode: { quantity: state, kind: state, meaning: x, states: { one: a } }
            kinds:
              pdu: { meaning: x, metrics: [powr] }
            """, problems);

        Assert.Equal(
            [
                "metrics.yaml:2:43: 'metrics.power.max' is 'lots'; write a number",
                "metrics.yaml:3:68: the state code 'one' is not a whole number",
                "metrics.yaml:5:32: the metric 'powr' is not in the vocabulary (did you mean 'power'?)",
            ],
            problems.Sorted.Select(problem => problem.ToString()));
    }

    [Fact]
    public void State_words_and_codes_map_both_ways()
    {
        var mode = Vocabulary.Default.Metrics["ups.mode"];

        Assert.Equal("eco", mode.StateName(2));
        Assert.Equal(2, mode.StateCode("eco"));
        Assert.Null(mode.StateName(2.5));
        Assert.Null(mode.StateName(double.NaN));
        Assert.Null(mode.StateCode("purple"));
    }

    [Fact]
    public void IsPlausible_is_false_for_what_is_no_number() =>
        Assert.All([double.NaN, double.PositiveInfinity, double.NegativeInfinity, 900],
            value => Assert.False(Vocabulary.Default.Metrics["temperature.ambient"].IsPlausible(value)));
}
