using System.Globalization;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Collector.Tests.Facility;
using Xunit;

namespace EdgeDcim.Collector.Tests.Kpi;

/// <summary>Real meters with known right answers, from the recordings beside the repository.</summary>
public sealed class RecordingsTests
{
    [Fact]
    public void Energy_of_a_real_chiller_year_with_dips_and_49_days_of_zeros_is_the_true_figure()
    {
        var rows = Rows("monash/b4_chiller1_daily.csv");
        var track = new CounterTrack(TrackKind.Counter, null, null);
        foreach (var row in rows)
        {
            if (double.TryParse(row[8], CultureInfo.InvariantCulture, out var kilowattHours))
            {
                track.Record(Time(row[0]), kilowattHours);
                track.Settle();
            }
        }

        var year = track.Energy(Time("2024-09-01T00:00:00"), Time("2025-09-01T00:00:00"));

        Assert.Equal(329_428, year.Amount, 1.0);
    }

    [Fact]
    public void Energy_of_a_real_counter_that_is_a_thousand_times_too_fast_is_not_believed()
    {
        // Labelled kWh, counts Wh: up to 3.66 million a day on a 313 kW machine.
        var track = new CounterTrack(TrackKind.Counter, 313, null);
        var rows = Rows("monash/b5_chiller3_daily.csv");
        foreach (var row in rows)
        {
            if (double.TryParse(row[6], CultureInfo.InvariantCulture, out var counter))
            {
                track.Record(Time(row[0]), counter);
            }
        }

        track.Settle();

        var days = rows.Count;
        Assert.InRange(track.Energy(Time(rows[0][0]), Time(rows[^1][0])).Amount, 0, 313 * 1.5 * 24 * days);
        Assert.NotNull(track.Result.PendingSince);
    }

    [Fact]
    public void Fault_calls_every_published_per_minute_extreme_of_a_real_site_a_fault_and_no_clean_one()
    {
        var rows = Rows("puewue/buckets_15h.csv").Concat(Rows("puewue/buckets_5d.csv"))
            .Select(row => (Low: double.Parse(row[9], CultureInfo.InvariantCulture), High: double.Parse(row[10], CultureInfo.InvariantCulture))).ToList();

        foreach (var extreme in rows.SelectMany(row => new[] { row.Low, row.High }))
        {
            Assert.Equal(extreme is < 1 or > 5, PueCalculator.Fault(extreme) is not null);
        }

        Assert.Contains(rows, row => row.Low < -30);
        Assert.Contains(rows, row => row.High > 100);
    }

    [Fact]
    public void Pue_of_the_energies_of_a_real_site_is_the_one_its_owner_published()
    {
        foreach (var row in Rows("puewue/raw_rows.csv"))
        {
            var (utility, it) = (double.Parse(row[5], CultureInfo.InvariantCulture), double.Parse(row[6], CultureInfo.InvariantCulture));
            var site = new TestSite("""
                site: s
                meters:
                  - { id: utility, role: total, power: main/power.active, energy: main/energy.active.import }
                  - { id: rack, role: it, under: utility, power: rack/power.active, energy: rack/energy.active.import }
                """);

            // The row's energies, counted up evenly over a quarter of an hour.
            for (var minute = 0; minute <= 16; minute++)
            {
                site.NowMs = TestSite.Start + (minute * 60_000);
                foreach (var (device, energy) in new[] { ("main", utility), ("rack", it) })
                {
                    site.Give($"{device}/energy.active.import", 1000 + (energy * minute / 15));
                    site.Give($"{device}/power.active", energy * 4000);
                }

                site.Tick();
            }

            Assert.Equal(double.Parse(row[1], CultureInfo.InvariantCulture), site.Tick("pue", "15m").Value!.Value, 0.005);
        }
    }

    internal static long Time(string local) => DateTimeOffset.Parse(local + "+08:00", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    /// <summary>Rows without the header; the test is skipped where the recordings are not there.</summary>
    internal static List<string[]> Rows(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "EdgeDcim.sln")))
        {
            folder = folder.Parent;
        }

        var candidates = new[] { folder, folder?.Parent }
            .Select(root => root is null ? "" : Path.Combine(root.FullName, "..", "shared", "recordings", "cooling", file));
        var path = candidates.FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, "the recordings are not beside the repository");
        return [.. File.ReadLines(path!).Skip(1).Select(line => line.Split(','))];
    }
}
