using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Hosting;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Collector.Tests.Facility;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Collector.Tests.Hosting;

/// <summary>What the ledger had only in memory comes back from the history and from the journal.</summary>
public sealed class WarmStartTests : IDisposable
{
    private const string Site = """
        site: demo
        meters:
          - { id: utility, role: total, power: main/power.active, energy: integrated }
          - { id: rack, role: it, under: utility, point: it_input, power: rack/power.active, energy: integrated }
        """;

    private static readonly Series Power = new("main", "power.active", null);
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-warm-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Readings_of_the_history_and_of_the_journal_reach_a_ledger_that_has_lost_them()
    {
        using var journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, new FakeTimeProvider());
        using var history = History.Open(Path.Combine(folder, "history.duckdb"), new HistoryConfig(TimeSpan.FromDays(1), 64 << 20));
        Append(journal, 0, 60);
        history.Write(journal.StreamId, journal.LastOffset, [.. Readings(0, 60)], []);
        Append(journal, 60, 151);

        using var ledger = EnergyLedger.InMemory();
        var config = TestSite.Read(Site);
        var facility = new FacilityState(config, ledger);
        WarmStart.Run(journal, history, ledger, facility);
        var sample = facility.Snapshot(TestSite.Start + 150_000).Device("main")!.Samples.Single(sample => sample.Series == Power);
        Assert.Equal(TestSite.Start + 150_000, sample.AtMs);
        var track = Assert.Single(ledger.TracksOf(config.Meters.Single(meter => meter.Id == "utility").Load!));
        ledger.Settle(TestSite.Start + 150_000);
        Assert.Equal(0.12, ledger.Energy(track, TestSite.Start, TestSite.Start + 120_000).Amount, 6);
    }

    private static IEnumerable<Reading> Readings(int from, int to) =>
        Enumerable.Range(from, to - from).Select(second => new Reading(Power, TestSite.Start + (second * 1000), 3600, Quality.Good));

    private static void Append(Journal journal, int from, int to)
    {
        var batch = new ReadingBatchWriter();
        foreach (var reading in Readings(from, to))
        {
            batch.Add(journal.SeriesId(reading.Series), reading.AtMs, reading.Value, reading.Quality);
        }

        journal.Append(batch);
    }
}
