using EdgeDcim.Benchmarks.Anomalies;
using EdgeDcim.Collector.Anomalies;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies;

/// <summary>A few recordings of real loops and machines, where they are beside the repository; all of them are scored in tests/benchmarks.</summary>
public sealed class RecordingTests
{
    [Fact]
    public void On_the_water_loop_no_fault_is_missed_and_alarms_are_rare()
    {
        var (recordings, maps) = Found();
        var score = new SkabScore();
        foreach (var file in Directory.GetFiles(Path.Combine(recordings, "skab"), "*_*.csv").Where(file => !file.Contains("anomaly-free", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            score.Take(file, Path.Combine(maps, "skab.map.yaml"));
        }

        Assert.Equal(0, score.Missed);
        Assert.True(score.MedianDelay <= 40, $"median delay {score.MedianDelay} s");
        Assert.True(score.FalseEpisodesPerHour <= 2, $"{score.FalseEpisodesPerHour} false episodes an hour");
        Assert.True(score.FalseRows <= 0.05, $"{score.FalseRows:P1} false rows");
        Assert.True(score.F1 > 0.8 && score.FalseAlarmRate < 0.12 && score.MissingAlarmRate < 0.25, $"F1 {score.F1} FAR {score.FalseAlarmRate} MAR {score.MissingAlarmRate}");
    }

    [Fact]
    public void A_frozen_wet_bulb_sensor_is_found_within_six_hours_and_no_sound_stretch_is_called_frozen()
    {
        var (recordings, maps) = Found();
        var scored = RecordingScore.Run(Path.Combine(recordings, "chiller-plant", "plant_2023-12.csv.gz"), Path.Combine(maps, "chiller-plant.map.yaml"), learnRows: 1000);
        var found = Assert.Single(scored.Changes, change => change.Change.Detector == "stuck");
        var frozen = new DateTimeOffset(2023, 12, 20, 0, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();
        Assert.InRange(found.Change.AtMs, frozen, frozen + (6 * 3_600_000));
        Assert.Equal(AnomalyState.Anomalous, found.Change.State);
    }

    [Fact]
    public void Both_failures_of_the_room_are_found_inside_their_windows()
    {
        var (recordings, maps) = Found();
        var scored = RecordingScore.Run(Path.Combine(recordings, "nab", "ambient_temperature_system_failure.csv"), Path.Combine(maps, "nab.map.yaml"), learnRows: 1000);
        var days = scored.Changes.Where(change => change.Change.State == AnomalyState.Anomalous).Select(change => DateTimeOffset.FromUnixTimeMilliseconds(change.Change.AtMs).Date).ToList();
        Assert.Contains(days, day => day >= new DateTime(2013, 12, 15) && day <= new DateTime(2013, 12, 30));
        Assert.Contains(days, day => day >= new DateTime(2014, 3, 29) && day <= new DateTime(2014, 4, 20));
        Assert.True(days.Count <= 4, string.Join(", ", days));
    }

    private static (string Recordings, string Maps) Found()
    {
        var found = RecordingScore.Find();
        Assert.SkipWhen(found is null, "the recordings of real machines are not beside the repository");
        return found!.Value;
    }
}
