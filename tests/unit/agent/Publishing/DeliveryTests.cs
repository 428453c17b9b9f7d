using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Agent.Tests.Publishing;

public sealed class DeliveryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("delivery").FullName;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Journal journal;

    public DeliveryTests() => journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, time);

    public void Dispose()
    {
        journal.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_session_sends_what_comes_after_its_start_live_and_what_was_before_as_backlog_oldest_first()
    {
        Append(3);
        var delivery = Started();
        Append(2);

        Assert.Equal([4L, 5], Live(delivery));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1L, 2, 3], Backfill(delivery));
        Assert.False(delivery.HasBacklog);
        Assert.Empty(Live(delivery));
    }

    [Fact]
    public void An_acknowledged_batch_leaves_the_journal_and_is_not_sent_again()
    {
        Append(2);
        var delivery = Started();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1L, 2], Backfill(delivery));

        delivery.Acknowledge("edgedcim", new Acknowledgement(journal.StreamId, [new OffsetRange(1, 2)]));
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, delivery.Expire());
        Assert.Empty(Backfill(delivery));
        Assert.Equal(0, journal.Counters.HeldBatches);
    }

    [Fact]
    public void What_is_not_acknowledged_in_ten_seconds_is_backlog_and_what_is_still_under_way_is_passed_over()
    {
        var delivery = Started();
        Append(1);
        Assert.Equal([1L], Live(delivery));
        time.Advance(TimeSpan.FromSeconds(6));
        Append(1);
        Assert.Equal([2L], Live(delivery));

        Assert.Equal(0, delivery.Expire());
        time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(1, delivery.Expire());
        Assert.True(delivery.HasBacklog);
        Assert.Equal([1L], Backfill(delivery));
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1, delivery.Expire());
        Assert.Equal([2L], Backfill(delivery));
    }

    [Fact]
    public void An_old_batch_that_expires_again_does_not_repeat_its_successors_that_are_under_way()
    {
        Append(3);
        var delivery = Started();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1L, 2, 3], Backfill(delivery));
        delivery.Acknowledge("edgedcim", new Acknowledgement(journal.StreamId, [new OffsetRange(2, 3)]));

        time.Advance(TimeSpan.FromSeconds(11));
        delivery.Expire();

        Assert.Equal([1L], Backfill(delivery));
    }

    [Fact]
    public void The_backlog_goes_out_no_faster_than_its_rate()
    {
        Append(100, readings: 100);
        var delivery = Started(new DeliveryOptions { BackfillRate = 1_000 });
        var sent = 0;
        for (var step = 0; step < 50; step++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            sent += Backfill(delivery).Count * 100;
        }

        Assert.InRange(sent, 4_800, 5_100);
    }

    [Fact]
    public void The_backlog_waits_when_its_window_is_full_and_goes_on_with_an_acknowledgement()
    {
        Append(10, readings: 100);
        var delivery = Started(new DeliveryOptions { BackfillWindow = 300 });
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([1L, 2, 3], Backfill(delivery));
        delivery.Acknowledge("edgedcim", new Acknowledgement(journal.StreamId, [new OffsetRange(2, 2)]));

        Assert.Equal([4L], Backfill(delivery));
    }

    [Fact]
    public void A_host_that_does_not_acknowledge_makes_a_batch_delivered_when_it_is_sent()
    {
        Append(1);
        var delivery = Started(new DeliveryOptions { Acknowledged = false });
        Append(1);

        Assert.Equal([2L], Live(delivery));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1L], Backfill(delivery));

        Assert.Equal(0, journal.Counters.HeldBatches);
    }

    [Fact]
    public void A_new_start_makes_everything_that_is_held_backlog_again()
    {
        var delivery = Started();
        Append(2);
        Assert.Equal([1L, 2], Live(delivery));

        delivery.Start();
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(Live(delivery));
        Assert.Equal([1L, 2], Backfill(delivery));
    }

    [Fact]
    public void Rows_dropped_by_a_bound_do_not_hold_up_the_backlog()
    {
        Append(5);
        var delivery = Started();
        journal.Forget(1, 5);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(Backfill(delivery));
        Assert.False(delivery.HasBacklog);
    }

    [Fact]
    public void A_batch_is_forgotten_when_every_host_has_it_and_waits_for_the_one_that_lacks_it()
    {
        var (delivery, books) = StartedFor("a", "b");
        Append(2);
        Assert.Equal([1L, 2], Live(delivery));

        delivery.Acknowledge("a", Has(1, 2));
        delivery.Acknowledge("b", Has(1, 1));
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(1, journal.Counters.ForgottenBatches);
        Assert.Equal(1, delivery.Expire());
        Assert.Equal([2L], Backfill(delivery));
        Assert.Equal(0, books.LostTo("b"));
    }

    [Fact]
    public void For_a_host_that_is_away_nothing_is_replayed_and_what_it_lacks_is_its_backlog_when_it_is_back()
    {
        var (delivery, _) = StartedFor("a", "b");
        delivery.DeliverTo(["a"]);
        Append(3);
        Live(delivery);
        delivery.Acknowledge("a", Has(1, 3));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, delivery.Expire());
        Assert.Empty(Backfill(delivery));
        Assert.Equal(3, journal.Counters.HeldBatches);

        delivery.DeliverTo(["a", "b"]);
        Append(1);

        Assert.Equal([4L], Live(delivery));
        Assert.Equal([1L, 2, 3], Backfill(delivery));
        delivery.Acknowledge("b", Has(1, 4));
        delivery.Acknowledge("a", Has(4, 4));
        Assert.Equal(0, journal.Counters.HeldBatches);
    }

    [Fact]
    public void A_host_that_is_there_and_takes_nothing_does_not_make_the_other_hear_everything_again_and_again()
    {
        var (delivery, _) = StartedFor("a", "b");
        var replays = 0;
        for (var second = 0; second < 600; second++)
        {
            Append(1);
            foreach (var offset in Live(delivery))
            {
                delivery.Acknowledge("a", Has(offset, offset));
            }

            delivery.Expire();
            replays += Backfill(delivery).Count;
            time.Advance(TimeSpan.FromSeconds(1));
        }

        // Without the pauses every batch would be replayed every ten seconds: some 18 000 times.
        Assert.InRange(replays, 1, 2_500);
        Assert.Equal(600, journal.Counters.HeldBatches);

        delivery.Acknowledge("b", Has(1, 600));
        Assert.Equal(0, journal.Counters.HeldBatches);
        Append(1);
        Assert.Equal([601L], Live(delivery));
        delivery.Acknowledge("a", Has(601, 601));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, delivery.Expire());
        Assert.Equal([601L], Backfill(delivery));
    }

    [Fact]
    public void What_one_host_has_is_not_replayed_after_a_restart_either()
    {
        var (delivery, books) = StartedFor("a", "b");
        Append(3);
        Live(delivery);
        delivery.Acknowledge("a", Has(1, 2));
        books.Save();

        var (next, _) = StartedFor("a", "b");
        next.DeliverTo(["a"]);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([3L], Backfill(next));
    }

    [Fact]
    public void What_a_bound_takes_is_a_gap_of_those_that_lacked_it_and_of_nobody_else()
    {
        var small = Journal.Open(Path.Combine(folder, "small.db"), JournalBounds.Default with { Keep = TimeSpan.FromHours(1) }, time);
        var books = new HostBooks(["a", "b"], small);
        small.Append(JournalBatch.Readings, 10, [1]);
        small.Append(JournalBatch.Readings, 7, [1]);
        books.Acknowledge("a", new Acknowledgement(small.StreamId, [new OffsetRange(1, 1)]));

        time.Advance(TimeSpan.FromHours(2));
        small.Append(JournalBatch.Readings, 1, [1]);

        Assert.Equal((7L, 17L, 7L), (books.LostTo("a"), books.LostTo("b"), books.LostToAll));
        small.Dispose();
    }

    [Fact]
    public void Offsets_that_were_never_written_cannot_be_acknowledged_ahead()
    {
        var (delivery, _) = StartedFor("a");
        Append(1);
        Live(delivery);
        delivery.Acknowledge("a", Has(1, long.MaxValue));
        Append(1);

        Assert.Equal([2L], Live(delivery));
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(1, delivery.Expire());
        Assert.Equal([2L], Backfill(delivery));
    }

    private (Delivery Delivery, HostBooks Books) StartedFor(params IReadOnlyList<string> hosts)
    {
        var books = new HostBooks(hosts, journal);
        var delivery = new Delivery(journal, books, new DeliveryOptions(), time);
        delivery.DeliverTo(hosts);
        delivery.Start();
        return (delivery, books);
    }

    private Acknowledgement Has(long first, long last) => new(journal.StreamId, [new OffsetRange(first, last)]);

    private Delivery Started(DeliveryOptions? options = null)
    {
        options ??= new DeliveryOptions();
        var books = new HostBooks(options.Acknowledged ? ["edgedcim"] : [], journal);
        var delivery = new Delivery(journal, books, options, time);
        delivery.DeliverTo(books.Hosts);
        delivery.Start();
        return delivery;
    }

    private void Append(int batches, int readings = 1)
    {
        for (var i = 0; i < batches; i++)
        {
            journal.Append(JournalBatch.Readings, readings, [1, 2, 3]);
        }
    }

    private static List<long> Live(Delivery delivery)
    {
        var taken = delivery.TakeLive().ToList();
        taken.ForEach(delivery.SentLive);
        return [.. taken.Select(batch => batch.Offset)];
    }

    private static List<long> Backfill(Delivery delivery)
    {
        var offsets = new List<long>();
        while (delivery.TakeBackfill() is { } batch)
        {
            offsets.Add(batch.Offset);
            delivery.SentBackfill(batch);
        }

        return offsets;
    }
}
