using System.Globalization;
using EdgeDcim.Collector.Kpi;
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
