using System.Text;
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
    public void A_change_is_a_point_of_the_measurement_alarm_with_texts_that_cannot_break_out()
    {
        using var journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, TimeProvider.System);
        var batch = new LineBatch("ams 1", new DeviceCatalog(journal));
        var point = new AlarmPoint(1_772_452_800_123, "0a1b2c", "cdu-1", "loop a", "leak", "cooling", "raised", 4, true, "activeunacknowledged", "leak \"here\"\n\\ now", "edgedcim");
        batch.Add(Assert.Single(AlarmPoint.Decode(AlarmPoint.Encode([point]))));
        Assert.Equal(
            "alarm,site=ams\\ 1,device=cdu-1,part=loop\\ a,cause=leak,class=cooling,event=raised,id=0a1b2c "
            + "active=1i,priority=4i,state=\"activeunacknowledged\",text=\"leak \\\"here\\\" \\\\ now\",user=\"edgedcim\" 1772452800123",
            Encoding.UTF8.GetString(batch.Text(batch.Lines[0])));
        Assert.False(batch.Lines[0].IsReading);
    }
}
