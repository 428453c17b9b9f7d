using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Storage;

/// <summary>What the history gives back, and that a transaction holds rows and position together.</summary>
public sealed class HistoryTests : IDisposable
{
    private static readonly Guid Stream = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
    private static readonly Series Power = new("main", "power.active", null);
    private static readonly Series Phase = new("main", "voltage.line_neutral", "L1");
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-history-").FullName;
    private History history;

    public HistoryTests() => history = Open();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        history.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Query_without_a_step_gives_every_reading_and_null_where_it_is_missing()
    {
        Write(1, new(Power, 1000, 1.5, Quality.Good), Reading.Missing(Power, 2000), new(Power, 3000, -0.1, Quality.Suspect), new(Phase, 1000, 230, Quality.Good));
        Assert.Equal([new(1000, 1.5), new(2000, null), new(3000, -0.1)], await history.QueryAsync(Power, 1000, 3001, null, Cancel));
        Assert.Equal([new(1000, 1.5)], await history.QueryAsync(Power, 0, 2000, null, Cancel));
        Assert.Equal([new(1000, 230)], await history.QueryAsync(Phase, 0, 5000, null, Cancel));
    }

    [Fact]
    public async Task Query_with_a_step_gives_means_and_null_for_steps_without_values()
    {
        Write(1, new(Power, 1000, 1, Quality.Good), new(Power, 1900, 3, Quality.Estimated), new(Power, 3100, 7, Quality.Good), Reading.Missing(Power, 4100));
        Assert.Equal(
            [new(0, null), new(1000, 2), new(2000, null), new(3000, 7), new(4000, null), new(5000, null)],
            await history.QueryAsync(Power, 0, 6000, 1000, Cancel));
    }

    [Fact]
    public async Task Query_with_a_step_keeps_suspect_values_out_of_a_mean_that_has_better_ones()
    {
        Write(1, new(Power, 1000, 1, Quality.Good), new(Power, 1100, 9_999, Quality.Suspect), new(Power, 2000, 8_888, Quality.Suspect));
        Assert.Equal([new(1000, 1), new(2000, 8_888)], await history.QueryAsync(Power, 1000, 3000, 1000, Cancel));
    }

    [Fact]
    public async Task Query_of_a_series_never_seen_is_empty() => Assert.Empty(await history.QueryAsync(Power, 0, 1000, null, Cancel));

    [Fact]
    public async Task QueryKpi_gives_the_last_revision_of_a_value()
    {
        history.Write(Stream, 1, [], [Kpi(1000, 1.3, 0), Kpi(2000, null, 0), Kpi(1000, 1.4, 1)]);
        Assert.Equal([new(1000, 1.4), new(2000, null)], await history.QueryKpiAsync("pue", "site", "15m", 0, 5000, null, Cancel));
        Assert.Equal([new(0, null), new(1000, 1.4), new(2000, null)], await history.QueryKpiAsync("pue", "site", "15m", 0, 3000, 1000, Cancel));
        Assert.Empty(await history.QueryKpiAsync("pue", "site", "now", 0, 5000, null, Cancel));
    }

    [Fact]
    public async Task Reopening_finds_rows_series_and_position()
    {
        Write(42, new Reading(Power, 1000, 1.5, Quality.Good));
        history.Dispose();
        history = Open();
        Assert.Equal(42, history.Position(Stream));
        Assert.Equal(0, history.Position(Guid.NewGuid()));
        Write(43, new Reading(Power, 2000, 2.5, Quality.Good), new Reading(Phase, 2000, 3, Quality.Good));
        Assert.Equal([new(1000, 1.5), new(2000, 2.5)], await history.QueryAsync(Power, 0, 5000, null, Cancel));
        Assert.Equal([new(2000, 3)], await history.QueryAsync(Phase, 0, 5000, null, Cancel));
    }

    [Fact]
    public async Task Trim_removes_what_is_older()
    {
        Write(1, new(Power, 1000, 1, Quality.Good), new(Power, 2000, 2, Quality.Good));
        Assert.Equal(1, history.Trim(2000));
        Assert.Equal([new(2000, 2)], await history.QueryAsync(Power, 0, 5000, null, Cancel));
    }

    [Fact]
    public void Opening_a_file_that_is_no_database_sets_it_aside()
    {
        history.Dispose();
        File.WriteAllBytes(Path.Combine(folder, "history.duckdb"), [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7))]);
        history = Open();
        Assert.Contains("history.duckdb.damaged-1", history.SetAside, StringComparison.Ordinal);
        Write(1, new Reading(Power, 1000, 1, Quality.Good));
        Assert.Equal(1, history.Position(Stream));
    }

    private static KpiRecord Kpi(long atMs, double? value, int revision) => new("pue", "site", "15m", atMs, value, 1, 0.01, 2, Quality.Good, revision);

    private void Write(long position, params Reading[] readings) => history.Write(Stream, position, readings, []);

    private History Open() => History.Open(Path.Combine(folder, "history.duckdb"), new HistoryConfig(TimeSpan.FromDays(1), 64 << 20));
}
