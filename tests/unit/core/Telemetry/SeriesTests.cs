using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Core.Tests.Telemetry;

public sealed class SeriesTests
{
    [Theory]
    [InlineData("power.active", "power.active", null)]
    [InlineData("power.active/outlet/12", "power.active", "outlet/12")]
    public void A_metric_path_splits_at_its_first_slash(string path, string metric, string? part)
    {
        var series = Series.FromMetricPath("pdu-1", path);

        Assert.Equal(new Series("pdu-1", metric, part), series);
        Assert.Equal(path, series.MetricPath);
    }

    [Fact]
    public void Intern_gives_the_same_object_for_the_same_identity()
    {
        var table = new SeriesTable();

        Assert.Same(table.Intern("a", "flow", "secondary"), table.Intern("a", "flow", "secondary"));
        Assert.NotSame(table.Intern("a", "flow", "secondary"), table.Intern("a", "flow"));
        Assert.Equal(2, table.Count);
    }
}
