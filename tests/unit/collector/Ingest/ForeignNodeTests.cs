using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Ingest;

/// <summary>Edge nodes that somebody else wrote.</summary>
public sealed class ForeignNodeTests : IDisposable
{
    private readonly IngestBench bench = new();
    private readonly EdgeNodeDouble plc = new("plc-7", null);

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Births_and_data_are_taken_in_at_once_in_the_units_of_the_vocabulary()
    {
        bench.Take(plc.NodeBirth(bench.NowMs), plc.DeviceBirth("chiller-9", "chiller", bench.NowMs, ("power.active", "kW", 12.5), ("temperature.supply", "[degF]", 50)));
        bench.Take(plc.Data("chiller-9", ("power.active", bench.NowMs + 1000, 13, Quality.Good)));
        var readings = bench.Settle();
        Assert.Equal([12_500, 10, 13_000], readings.Select(reading => Math.Round(reading.Value, 9)));
        Assert.All(readings, reading => Assert.Equal(Quality.Good, reading.Quality));
        Assert.Empty(bench.Acknowledged);
    }

    [Fact]
    public void A_rebirth_that_repeats_a_value_stores_it_once()
    {
        for (var i = 0; i < 3; i++)
        {
            bench.Take(plc.NodeBirth(bench.NowMs), plc.DeviceBirth("chiller-9", "chiller", bench.NowMs, ("power.active", "W", 12.5)));
        }

        Assert.Single(bench.Settle());
        Assert.Equal(2, bench.Counters.Duplicate.Value);
    }

    [Fact]
    public void A_unit_that_measures_something_else_makes_the_value_suspect()
    {
        bench.Take(plc.NodeBirth(bench.NowMs), plc.DeviceBirth("chiller-9", "chiller", bench.NowMs, ("power.active", "Cel", 12.5)));
        Assert.Equal(Quality.Suspect, Assert.Single(bench.Settle()).Quality);
    }

    [Fact]
    public void An_implausible_value_is_suspect()
    {
        bench.Take(plc.NodeBirth(bench.NowMs), plc.DeviceBirth("chiller-9", "chiller", bench.NowMs, ("temperature.supply", "Cel", 4_000)));
        Assert.Equal(Quality.Suspect, Assert.Single(bench.Settle()).Quality);
    }

    [Fact]
    public void A_metric_outside_the_vocabulary_keeps_its_name_and_unit()
    {
        bench.Take(plc.NodeBirth(bench.NowMs), plc.DeviceBirth("line", "press", bench.NowMs, ("Hydraulics/Zone 1/Oil", "bar", 180)));
        var reading = Assert.Single(bench.Settle());
        Assert.Equal(new Series("line", "Hydraulics", "Zone 1/Oil"), reading.Series);
        Assert.Equal(180, reading.Value);
        Assert.Equal("bar", bench.Born[^1].Units["Hydraulics/Zone 1/Oil"]);
    }

    [Fact]
    public void A_time_stamp_of_1970_is_replaced_by_the_time_of_arrival()
    {
        bench.Take(plc.NodeBirth(bench.NowMs), plc.DeviceBirth("chiller-9", "chiller", 86_400_000, ("power.active", "W", 1)));
        Assert.Equal(bench.NowMs, Assert.Single(bench.Settle()).AtMs);
        Assert.Equal(1, bench.Counters.RepairedTimes.Value);
    }

    [Fact]
    public void After_a_gap_the_data_is_still_taken_and_a_rebirth_asked_for()
    {
        bench.Take(plc.NodeBirth(bench.NowMs), plc.DeviceBirth("chiller-9", "chiller", bench.NowMs, ("power.active", "W", 1)));
        _ = plc.Data("chiller-9", ("power.active", bench.NowMs + 1, 2, Quality.Good));
        bench.Take(plc.Data("chiller-9", ("power.active", bench.NowMs + 2, 3, Quality.Good)));
        Assert.Equal([1, 3], bench.Settle().Select(reading => reading.Value));
        Assert.Equal(["plc-7"], bench.Rebirths);
    }

    [Fact]
    public void Values_marked_as_history_do_not_look_live()
    {
        bench.Take(plc.NodeBirth(bench.NowMs), plc.DeviceBirth("chiller-9", "chiller", bench.NowMs, ("power.active", "W", 1)));
        bench.Take(plc.Data("chiller-9", historical: true, ("power.active", bench.NowMs - 5_000, 9, Quality.Good)));
        Assert.Equal(2, bench.Settle().Count);
        Assert.Equal(1, bench.Shown("chiller-9", "power.active")!.Value.Value);
    }
}
