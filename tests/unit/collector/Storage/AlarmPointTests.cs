using System.Text;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Durability;
using Xunit;

namespace EdgeDcim.Collector.Tests.Storage;

/// <summary>Changes of alarms on their way to a database.</summary>
public sealed class AlarmPointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-points-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_detectors_change_of_mind_is_a_point_of_the_measurement_anomaly()
    {
        using var journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, TimeProvider.System);
        var batch = new LineBatch("ams", new DeviceCatalog(journal));
        var change = new AnomalyChange(1_772_452_800_123, "pumps", "cdu-1/valve.position", AnomalyState.Anomalous, 2, "pump_trip", 0.85, "1 of 3 pumps \"lost\"");
        foreach (var point in AlarmPoint.Decode(AlarmPoint.Encode([AlarmPoint.Of(change), AlarmPoint.Of(change with { State = AnomalyState.Normal, Score = double.NaN })])))
        {
            batch.Add(point);
        }

        const string Tags = "anomaly,site=ams,device=cdu-1,part=valve.position,detector=pumps ";
        const string Words = "cause=\"pump_trip\",evidence=\"1 of 3 pumps \\\"lost\\\"\"";
        Assert.Equal(
            [$"{Tags}active=1i,{Words},score=2.0,confidence=0.85 1772452800123", $"{Tags}active=0i,{Words},confidence=0.85 1772452800123"],
            batch.Lines.ToArray().Select(line => Encoding.UTF8.GetString(batch.Text(line))));
    }

    [Fact]
    public void A_change_is_a_point_of_the_measurement_alarm_with_texts_that_cannot_break_out()
    {
        using var journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, TimeProvider.System);
        var batch = new LineBatch("ams 1", new DeviceCatalog(journal));
        var point = new AlarmPoint(1_772_452_800_123, "0a1b2c", "cdu-1", "loop a", "leak", "cooling", "raised", 4, true, "activeunacknowledged", "leak \"here\"\n\\ now", "edgedcim");
        batch.Add(Assert.Single(AlarmPoint.Decode(AlarmPoint.Encode([point]))));
        Assert.Equal(
            "alarm,site=ams\\ 1,device=cdu-1,part=loop\\ a,cause=leak,class=cooling,event=raised,id=0a1b2c "
            + "active=1i,priority=4i,state=\"activeunacknowledged\",text=\"leak \\\"here\\\" \\\\ now\",user=\"edgedcim\" 1772452800123",
            Encoding.UTF8.GetString(batch.Text(batch.Lines.Span[0])));
        Assert.False(batch.Lines.Span[0].IsReading);
    }
}
