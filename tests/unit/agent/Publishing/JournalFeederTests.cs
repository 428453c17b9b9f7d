using System.Threading.Channels;
using EdgeDcim.Agent.Diagnostics;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Core.Timing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Agent.Tests.Publishing;

public sealed class JournalFeederTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("feeder").FullName;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly AgentCounters counters = new();
    private readonly CollectedLog log = new();
    private readonly Journal journal;
    private readonly NodeModel model;
    private readonly Series power = new("pdu-a1", "power.active", null);

    public JournalFeederTests()
    {
        journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, time);
        model = new NodeModel("gw", journal);
    }

    public void Dispose()
    {
        journal.Dispose();
        counters.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_comes_within_a_quarter_of_a_second_is_one_batch()
    {
        var queue = ReadingQueue.Create(counters);
        var feeding = Start(queue, out var stop);
        queue.Writer.TryWrite(new Reading(power, 1, 1, Quality.Good));
        await UntilAsync(() => queue.Reader.Count == 1);
        queue.Writer.TryWrite(new Reading(power, 2, 2, Quality.Good));
        Assert.Equal(0, journal.LastOffset);

        await UntilAsync(() => journal.LastOffset > 0, TimeSpan.FromMilliseconds(50));

        Assert.Equal(2, Assert.Single(ReadAll()).Count);
        await StopAsync(feeding, stop);
    }

    [Fact]
    public async Task What_is_read_before_the_clock_is_set_waits_and_is_stamped_afterwards()
    {
        var queue = ReadingQueue.Create(counters);
        var synchronised = false;
        var clock = new SteadyClock(time, () => synchronised, TimeSpan.FromHours(1));
        clock.Observe();
        using var stop = new CancellationTokenSource();
        var feeding = new JournalFeeder(queue.Reader, journal, model, counters, null, clock, log.Logger<JournalFeeder>()) { Clock = clock }.RunAsync(stop.Token);
        time.Advance(TimeSpan.FromSeconds(10));
        queue.Writer.TryWrite(new Reading(power, clock.GetUtcNow().ToUnixTimeMilliseconds(), 1, Quality.Good));
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(0, journal.LastOffset);

        synchronised = true;
        clock.Observe();
        await UntilAsync(() => journal.LastOffset > 0, TimeSpan.FromMilliseconds(50));

        var batch = Assert.Single(ReadAll());
        var reader = new ReadingBatchReader(batch.Payload);
        Assert.True(reader.TryRead(out var stored));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 10, TimeSpan.Zero).ToUnixTimeMilliseconds(), stored.AtMs);
        await StopAsync(feeding, stop);
    }

    [Fact]
    public async Task What_is_still_unstamped_at_the_end_is_counted_as_lost_and_not_stored_under_a_wrong_time()
    {
        var queue = ReadingQueue.Create(counters);
        var clock = new SteadyClock(time, () => false, TimeSpan.FromHours(1));
        using var stop = new CancellationTokenSource();
        var feeding = new JournalFeeder(queue.Reader, journal, model, counters, null, clock, log.Logger<JournalFeeder>()) { Clock = clock }.RunAsync(stop.Token);
        queue.Writer.TryWrite(new Reading(power, 5, 1, Quality.Good));
        await stop.CancelAsync();
        await feeding;
        Assert.Equal((0, 1), (journal.LastOffset, counters.QueueDropped.Count));
    }

    [Fact]
    public async Task What_should_not_wait_is_journaled_without_the_clock_moving()
    {
        var queue = ReadingQueue.Create(counters);
        var hurry = new AsyncPulse();
        using var stop = new CancellationTokenSource();
        var feeding = new JournalFeeder(queue.Reader, journal, model, counters, null, time, log.Logger<JournalFeeder>()) { Hurry = hurry }.RunAsync(stop.Token);
        for (var i = 1; i <= 3; i++)
        {
            queue.Writer.TryWrite(new Reading(power, i, i, Quality.Good));
            hurry.Set();
            await UntilAsync(() => counters.Journaled.Count == i);
        }

        await StopAsync(feeding, stop);
    }

    [Fact]
    public async Task A_flood_becomes_batches_of_at_most_two_thousand()
    {
        var queue = ReadingQueue.Create(counters);
        for (var i = 0; i < 5_000; i++)
        {
            queue.Writer.TryWrite(new Reading(power, i, i, Quality.Good));
        }

        var feeding = Start(queue, out var stop);
        await UntilAsync(() => counters.Journaled.Count == 5_000);

        Assert.Equal([2_000, 2_000, 1_000], ReadAll().Select(batch => batch.Count));
        await StopAsync(feeding, stop);
    }

    [Fact]
    public async Task A_stop_journals_what_is_queued()
    {
        var queue = ReadingQueue.Create(counters);
        var feeding = Start(queue, out var stop);
        queue.Writer.TryWrite(new Reading(power, 1, 1, Quality.Good));

        await StopAsync(feeding, stop);

        Assert.Equal(1, journal.Counters.HeldReadings);
    }

    [Fact]
    public void A_full_queue_drops_its_oldest_and_counts_them()
    {
        var queue = ReadingQueue.Create(counters, size: 10);
        for (var i = 0; i < 15; i++)
        {
            Assert.True(queue.Writer.TryWrite(new Reading(power, i, i, Quality.Good)));
        }

        Assert.Equal(5, counters.QueueDropped.Count);
        Assert.True(queue.Reader.TryRead(out var oldest));
        Assert.Equal(5, oldest.AtMs);
    }

    [Fact]
    public async Task A_poll_log_holds_every_reading_with_the_offset_of_its_batch()
    {
        var path = Path.Combine(folder, "poll.log");
        using (var pollLog = new PollLog(path, journal))
        {
            var queue = ReadingQueue.Create(counters);
            queue.Writer.TryWrite(new Reading(power, 17, 1500.25, Quality.Good));
            queue.Writer.TryWrite(Reading.Missing(new Series("pdu-a1", "voltage.line_neutral", "L1"), 18));
            var feeding = Start(queue, out var stop, pollLog);
            await StopAsync(feeding, stop);
        }

        Assert.Equal(
            [$"# stream {journal.StreamId} last 0", "1,pdu-a1,power.active,,17,1500.25,Good", "1,pdu-a1,voltage.line_neutral,L1,18,NaN,Missing"],
            await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_newest_reading_of_a_series_goes_into_the_next_birth()
    {
        var queue = ReadingQueue.Create(counters);
        queue.Writer.TryWrite(new Reading(power, 20, 2, Quality.Good));
        queue.Writer.TryWrite(new Reading(power, 10, 1, Quality.Good));
        await StopAsync(Start(queue, out var stop), stop);

        Assert.Equal(2, Assert.Single(model.Birth("pdu-a1").Series).Last.Value);
    }

    private Task Start(Channel<Reading> queue, out CancellationTokenSource stop, PollLog? pollLog = null)
    {
        stop = new CancellationTokenSource();
        return new JournalFeeder(queue.Reader, journal, model, counters, pollLog, time, log.Logger<JournalFeeder>()).RunAsync(stop.Token);
    }

    private static async Task StopAsync(Task feeding, CancellationTokenSource stop)
    {
        await stop.CancelAsync();
        await feeding;
        stop.Dispose();
    }

    private async Task UntilAsync(Func<bool> condition, TimeSpan step = default)
    {
        // A commit waits for the disk, so the bound is a time and not a number of turns.
        var started = TimeProvider.System.GetTimestamp();
        while (!condition() && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
        {
            time.Advance(step);
            await Task.Yield();
            await Task.Run(static () => { }, CancellationToken.None);
        }

        Assert.True(condition());
    }

    private List<JournalBatch> ReadAll()
    {
        var found = new List<JournalBatch>();
        journal.Read(0, long.MaxValue, int.MaxValue, found);
        return found;
    }
}
