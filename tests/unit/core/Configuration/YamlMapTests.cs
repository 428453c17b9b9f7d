using EdgeDcim.Core.Configuration;
using Xunit;

namespace EdgeDcim.Core.Tests.Configuration;

public sealed class YamlMapTests
{
    private readonly ConfigProblems problems = new();

    private enum Colour
    {
        DeepRed,
        Green,
    }

    [Fact]
    public void All_problems_of_a_file_are_reported_at_once_with_line_and_column()
    {
        var map = Parse("""
            site: demo
            poll: { fast: 2, slow: 60s }
            jurnal: x
            port: 99999
            """);

        Assert.Equal("demo", map.RequiredString("site"));
        var poll = map.RequiredMap("poll");
        Assert.Equal(TimeSpan.FromSeconds(7), poll.Duration("fast", TimeSpan.FromSeconds(7)));
        Assert.Equal(TimeSpan.FromMinutes(1), poll.Duration("slow", default));
        poll.RejectUnknownKeys();
        map.Integer("port", 0, 1, 65535);
        map.Map("journal");
        map.RequiredString("agent");
        map.RejectUnknownKeys();

        Assert.Equal(
            [
                "agent.yaml:1:1: 'agent' is missing",
                "agent.yaml:2:15: 'poll.fast' is '2'; write a duration with its unit, such as 250ms, 10s, 5m, 1h or 7d",
                "agent.yaml:3:1: the key 'jurnal' is not known (did you mean 'journal'?); known here: agent, journal, poll, port, site",
                "agent.yaml:4:7: 'port' is 99999; it must lie between 1 and 65535",
            ],
            problems.Sorted.Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData("0x1F", 31)]
    [InlineData("31", 31)]
    public void Integer_is_read_in_decimal_and_hexadecimal(string text, int expected)
    {
        Assert.Equal(expected, Parse($"address: {text}").RequiredInteger("address", 0, 65535));
        Assert.False(problems.Any);
    }

    [Theory]
    [InlineData("deep_red", "")]
    [InlineData("DeepRed", "write one of: deep_red, green")]
    [InlineData("gren", "did you mean 'green'?")]
    public void Enum_takes_only_its_snake_case_words(string text, string problem)
    {
        Parse($"colour: {text}").RequiredEnum<Colour>("colour");

        Assert.Equal(problem.Length > 0, problems.Any);
        Assert.All(problems.Sorted, found => Assert.Contains(problem, found.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("1.5h", 5400)]
    [InlineData("7d", 604800)]
    public void Duration_takes_every_unit(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Parse($"x: {text}").Duration("x", default));

    [Theory]
    [InlineData("64KB", 65536)]
    [InlineData("2GB", 2147483648)]
    public void Size_takes_powers_of_1024(string text, long bytes) => Assert.Equal(bytes, Parse($"x: {text}").Size("x", 0));

    [Theory]
    [InlineData("- a\n- b", "must hold a mapping")]
    [InlineData("", "is empty")]
    [InlineData("a: [1, 2", "is not valid YAML")]
    public void A_file_that_is_no_mapping_is_one_problem_and_no_exception(string text, string problem)
    {
        Assert.Null(YamlMap.Parse("x.yaml", text, problems));
        Assert.Contains(problem, Assert.Single(problems.Sorted).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3", 3, 1)]
    [InlineData("a: 1\nb: 2\n\"a\": 3", 3, 1)]
    [InlineData("a: 1\nb: { x: 1, y: [1, { z: 1 }], x: { x: 2 } }", 2, 30)]
    public void A_key_that_stands_twice_is_reported_at_its_place_and_the_first_counts(string text, int line, int column)
    {
        var map = YamlMap.Parse("x.yaml", text, problems)!;

        var problem = Assert.Single(problems.Sorted);
        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.Contains("stands twice, first in line", problem.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], map.Keys);
        Assert.Equal("1", map.String("a"));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_problem()
    {
        Assert.Null(YamlMap.Load("/nowhere/agent.yaml", problems));
        Assert.Contains("cannot be read", Assert.Single(problems.Sorted).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_and_null_values_count_as_absent()
    {
        var map = Parse("a:\nb: ~\nc: ''");

        Assert.Null(map.String("a"));
        Assert.Null(map.String("b"));
        map.RequiredString("c");
        Assert.Equal("'c' must not be empty", Assert.Single(problems.Sorted).Message);
    }

    private YamlMap Parse(string text) => YamlMap.Parse("agent.yaml", text, problems)!;
}
