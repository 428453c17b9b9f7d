using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Agent.Tests.Publishing;

public sealed class BatchSplitterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("splitter").FullName;
    private readonly Journal journal;
    private readonly BatchSplitter splitter;

    public BatchSplitterTests()
    {
        journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, new FakeTimeProvider());
        splitter = new BatchSplitter(new NodeModel("gw", journal));
    }

    public void Dispose()
    {
        journal.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Readings_that_alternate_are_sorted_by_device_and_keep_their_order()
    {
        splitter.Split(Batch(("b", 1), ("a", 2), ("b", 3), ("c", 4), ("a", 5)));

        Assert.Equal(["b", "a", "c"], splitter.Devices);
        Assert.Equal([[1, 3], [2, 5], [4]], splitter.Devices.Select(Values));
    }

    [Fact]
    public void The_next_batch_knows_nothing_of_the_one_before()
    {
        splitter.Split(Batch(("a", 1), ("b", 2), ("a", 3)));
        splitter.Split(Batch(("b", 4), ("d", 5), ("b", 6), ("b", 7)));

        Assert.Equal(["b", "d"], splitter.Devices);
        Assert.Equal([[4, 6, 7], [5]], splitter.Devices.Select(Values));
    }

    [Fact]
    public void A_batch_that_breaks_off_leaves_nothing_for_the_next()
    {
        var whole = Batch(("a", 1.5), ("b", 2.5));
        Assert.Throws<JournalException>(() => splitter.Split(whole with { Payload = whole.Payload[..^1] }));
        splitter.Split(Batch(("a", 3)));

        Assert.Equal(["a"], splitter.Devices);
        Assert.Equal([3], Values("a"));
    }

    private double[] Values(string device) => [.. splitter[device].Select(reading => reading.Value)];

    private JournalBatch Batch(params (string Device, double Value)[] readings)
    {
        var writer = new ReadingBatchWriter();
        foreach (var (device, value) in readings)
        {
            writer.Add(journal.SeriesId(new Series(device, "power.active", null)), 1, value, Quality.Good);
        }

        return new JournalBatch(1, 1, JournalBatch.Readings, writer.Count, writer.Payload.ToArray());
    }
}
