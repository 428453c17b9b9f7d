using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Replay;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies;

public sealed class ReplayTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-replay-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("iso", "2024-03-01T12:00:00Z", 1_709_294_400_000)]
    [InlineData("iso", "2024-03-01 12:00:00", 1_709_294_400_000)]
    [InlineData("iso", "2024-03-01 12:00:00-05:00", 1_709_312_400_000)]
    [InlineData("unix_s", "1709294400", 1_709_294_400_000)]
    [InlineData("unix_ms", "1709294400123", 1_709_294_400_123)]
    [InlineData("\"M/d/yyyy H:mm\"", "3/1/2024 12:00", 1_709_294_400_000)]
    [InlineData("\"%d/%m/%Y %H:%M\"", "01/03/2024 12:00", 1_709_294_400_000)]
    [InlineData("seconds", "10", 946_684_810_000)]
    [InlineData("hours", "2", 946_692_000_000)]
    public void A_time_is_read_as_the_map_says(string format, string cell, long expected)
    {
        var map = Map($"time: {{ column: t, format: {format} }}\ncolumns: {{ x: a/flow }}");
        Assert.Equal(expected, map.Time.Parse([cell]));
        Assert.Null(map.Time.Parse(["nonsense"]));
    }

    [Fact]
    public void Several_time_columns_add_up_and_a_zone_is_kept()
    {
        Assert.Equal(946_684_800_000 + (3 * 60_000) + 5000, Map("time: { columns: [cycle, second], each: [60s, 1s] }\ncolumns: { x: a/flow }").Time.Parse(["3", "5"]));
        Assert.Equal(1_709_290_800_000, Map("time: { column: t, zone: Europe/Amsterdam }\ncolumns: { x: a/flow }").Time.Parse(["2024-03-01 12:00:00"]));
    }

    [Theory]
    [InlineData("degF", "temperature.supply", "50", 10)]
    [InlineData("degF", "temperature.approach", "9", 5)]
    [InlineData("K", "temperature.supply", "283.15", 10)]
    [InlineData("psig", "pressure.fluid", "10", 68.94757)]
    [InlineData("gpm", "flow", "10", 37.85412)]
    [InlineData("L/s", "flow", "2", 120)]
    [InlineData("bar", "pressure.fluid", "1.5", 150)]
    [InlineData("tons", "heat.removed", "1", 3516.853)]
    [InlineData("ratio", "fan.output", "0.5", 50)]
    [InlineData("g", "vibration.acceleration", "1", 9.80665)]
    public void Units_become_those_of_the_vocabulary(string unit, string metric, string cell, double expected)
    {
        var readings = Read($"t,x\n1,{cell}\n", $"time: {{ column: t, format: seconds }}\ndevice: a\ncolumns: {{ x: {{ metric: {metric}, unit: \"{unit}\" }} }}");
        Assert.Equal(expected, Assert.Single(readings).Value, 0.001);
    }

    [Fact]
    public void Cells_without_a_number_are_missing_and_impossible_ones_suspect_and_sentinels_missing()
    {
        var readings = Read(
            "t;x\n1;\n2;#N/A\n3;4.1e13\n4;-40\n5;20\n", "time: { column: t, format: seconds }\ncolumns: { x: { device: a, metric: temperature.supply, missing: [-40] } }");
        Assert.Equal([Quality.Missing, Quality.Missing, Quality.Suspect, Quality.Missing, Quality.Good], readings.Select(reading => reading.Quality));
    }

    [Fact]
    public void States_are_read_by_their_words_and_quoted_cells_whole()
    {
        var readings = Read(
            "t,\"a, b\"\n1,\"1\"\n2,0.0\n", "time: { column: t, format: seconds }\ncolumns: { \"a, b\": { device: a, metric: compressor.state, states: { \"0\": stopped, \"1\": running } } }");
        Assert.Equal([1.0, 2.0], readings.Select(reading => reading.Value));
    }

    [Theory]
    [InlineData("time: { column: t }\ncolumns: { x: { metric: flow } }", "map.yaml:2:15: the column 'x' has no 'device'")]
    [InlineData("time: { column: t }\ndevice: a\ncolumns: { x: { metric: flwo } }", "the metric 'flwo' is not in the vocabulary")]
    [InlineData("time: { column: t }\ndevice: a\ncolumns: { x: { metric: flow, unit: degF } }", "the unit 'degF' of the column 'x' cannot become L/min")]
    [InlineData("time: { column: t }\ndevice: a\nkind: fridge\ncolumns: { x: flow }", "'fridge' is no kind of device")]
    [InlineData("time: { column: t, format: sometime }\ndevice: a\ncolumns: { x: flow, y: flow }", "and so is the column 'x'")]
    [InlineData("time: { columns: [a, b] }\ncolumns: { x: a/flow }", "give 'each' as many durations")]
    [InlineData("time: t\ncolumns: { x: a/flow }", "'time' must be a mapping")]
    [InlineData("time: { column: t }\nseperator: ;\ncolumns: { x: a/flow }", "seperator")]
    public void What_is_wrong_with_a_map_is_said_with_its_place(string text, string expected)
    {
        var problems = new ConfigProblems();
        Assert.Null(ReplayMap.Parse("map.yaml", text, problems));
        Assert.Contains(problems.Sorted, problem => problem.ToString().Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_column_that_the_file_does_not_have_is_an_error_that_names_those_it_has()
    {
        var rejected = Assert.Throws<ConfigException>(() => Read("t,flow_1\n1,2\n", "time: { column: t, format: seconds }\ncolumns: { flow_2: a/flow }"));
        Assert.Contains("did you mean 'flow_1'?", rejected.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Learnt_rows_are_never_raised_late_rows_are_counted_and_the_fault_is_found_in_its_row()
    {
        var noise = new Noise(11);
        var lines = new List<string> { "t,flow,note" };
        for (var i = 0; i < 900; i++)
        {
            var level = i is > 100 and < 110 or >= 700 ? 70 : 100;
            lines.Add(FormattableString.Invariant($"{i},{level + noise.Next():F3},x"));
        }

        lines.Insert(600, lines[599]);
        lines.Insert(650, "12,100,x");
        File.WriteAllLines(Path.Combine(folder, "r.csv"), lines);
        var changes = new List<ReplayedChange>();
        var run = new ReplayRun(Map("time: { column: t, format: seconds }\ndevice: loop\nkind: cooling_loop\ncolumns: { flow: flow }"), null, DetectorCatalog.All);
        var summary = run.Run(Path.Combine(folder, "r.csv"), null, 400, changes.Add);
        var found = Assert.Single(changes);
        Assert.InRange(found.Row, 702, 720);
        Assert.Equal((902, 2, 1), (summary.Rows, summary.Late, summary.Anomalies));
        Assert.Equal(["note"], summary.Unmapped);
    }

    [Fact]
    public void Sound_data_of_another_day_is_learnt_although_its_clock_is_ahead()
    {
        var noise = new Noise(12);
        File.WriteAllLines(Path.Combine(folder, "good.csv"), ["t,flow", .. Enumerable.Range(5000, 500).Select(i => FormattableString.Invariant($"{i},{100 + noise.Next():F3}"))]);
        File.WriteAllLines(Path.Combine(folder, "bad.csv"), ["t,flow", .. Enumerable.Range(0, 100).Select(i => FormattableString.Invariant($"{i},{80 + noise.Next():F3}"))]);
        var changes = new List<ReplayedChange>();
        new ReplayRun(Map("time: { column: t, format: seconds }\ndevice: loop\nkind: cooling_loop\ncolumns: { flow: flow }"), null, DetectorCatalog.All)
            .Run(Path.Combine(folder, "bad.csv"), Path.Combine(folder, "good.csv"), 0, changes.Add);
        Assert.Equal("flow low", Assert.Single(changes).Change.Cause);
    }

    [Fact]
    public void The_maps_that_are_shipped_are_sound()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Repository(), "install", "replay"), "*.yaml"))
        {
            var problems = new ConfigProblems();
            Assert.True(ReplayMap.Load(file, problems) is not null, string.Join("\n", problems.Sorted));
        }
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "install", "replay")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    private static ReplayMap Map(string text)
    {
        var problems = new ConfigProblems();
        var map = ReplayMap.Parse("map.yaml", text, problems);
        Assert.Empty(problems.Sorted);
        return map!;
    }

    private List<Reading> Read(string csv, string map)
    {
        var file = Path.Combine(folder, "x.csv");
        File.WriteAllText(file, csv);
        using var recording = Recording.Open(file, Map(map));
        var (all, row) = (new List<Reading>(), new List<Reading>());
        while (recording.Read(row, out _, out _))
        {
            all.AddRange(row);
        }

        return all;
    }
}
