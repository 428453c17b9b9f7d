using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Core.Tests.Durability;

public sealed class JournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("journal").FullName;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private string FilePath => Path.Combine(folder, "journal.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Append_gives_offsets_that_only_grow_and_Read_gives_them_back_in_order()
    {
        using var journal = Open();

        var offsets = Enumerable.Range(0, 5).Select(i => journal.Append(7, i, [(byte)i])).ToList();

        Assert.Equal([1, 2, 3, 4, 5], offsets);
        Assert.Equal(5, journal.LastOffset);
        var batches = ReadAll(journal);
        Assert.Equal(offsets, batches.Select(batch => batch.Offset));
        Assert.All(batches, batch => Assert.Equal((7, batch.Offset - 1), (batch.Kind, batch.Payload[0])));
        Assert.All(batches, batch => Assert.Equal(time.GetUtcNow().ToUnixTimeMilliseconds(), batch.AtMs));
    }

    [Fact]
    public void Read_stops_at_the_reading_limit_and_goes_on_from_the_offset_it_returned()
    {
        using var journal = Open();
        for (var i = 0; i < 4; i++)
        {
            journal.Append(1, 100, [1]);
        }

        var first = new List<JournalBatch>();
        var end = journal.Read(0, long.MaxValue, 150, first);
        var rest = new List<JournalBatch>();
        journal.Read(end, 3, 10_000, rest);

        Assert.Equal([1L, 2], first.Select(batch => batch.Offset));
        Assert.Equal([3L], rest.Select(batch => batch.Offset));
    }

    [Fact]
    public void Offsets_are_not_reused_after_everything_was_forgotten_and_the_file_reopened()
    {
        using (var journal = Open())
        {
            journal.Append(1, 1, [1]);
            journal.Append(1, 1, [2]);
            journal.Forget(1, 2);
        }

        using var again = Open();
        Assert.Empty(ReadAll(again));
        Assert.Equal(3, again.Append(1, 1, [3]));
    }

    [Fact]
    public void A_copy_taken_without_closing_holds_all_that_was_committed_and_nothing_else()
    {
        using var journal = Open();
        var series = new Series("pdu-a1", "power.active", "L1");
        var batch = new ReadingBatchWriter();
        batch.Add(journal.SeriesId(series), 1_000, 230.5, Quality.Good);
        journal.Append(batch);
        using (var group = journal.BeginGroup())
        {
            group.Append(1, 1, [99]);
        }

        using var copy = Journal.Open(CopyAsAfterKill(), JournalBounds.Default, time);

        var survivor = Assert.Single(ReadAll(copy));
        Assert.Equal(journal.StreamId, copy.StreamId);
        Assert.Null(copy.SetAside);
        var readings = new ReadingBatchReader(survivor.Payload);
        Assert.True(readings.TryRead(out var reading));
        Assert.Equal(series, copy.SeriesOf(reading.SeriesId));
        Assert.Equal(230.5, reading.Value);
    }

    [Fact]
    public void After_an_unclean_close_the_next_offset_skips_far_ahead()
    {
        using var journal = Open();
        journal.Append(1, 1, [1]);

        using var copy = Journal.Open(CopyAsAfterKill(), JournalBounds.Default, time);

        Assert.Equal(1, copy.LastOffset);
        Assert.Equal(1_000_001, copy.Append(1, 1, [2]));
        Assert.Equal(1_000_001, copy.LastOffset);
    }

    [Fact]
    public void A_torn_write_ahead_log_loses_only_its_last_commits()
    {
        using var journal = Open();
        for (var i = 0; i < 50; i++)
        {
            journal.Append(1, 1, new byte[500]);
        }

        var copy = CopyAsAfterKill();
        var log = new FileInfo(copy + "-wal");
        Assert.True(log.Length > 100_000);
        using (var stream = log.Open(FileMode.Open))
        {
            stream.SetLength(log.Length * 2 / 3);
        }

        using var reopened = Journal.Open(copy, JournalBounds.Default, time);
        var survivors = ReadAll(reopened);
        Assert.InRange(survivors.Count, 10, 49);
        Assert.Equal(Enumerable.Range(1, survivors.Count).Select(i => (long)i), survivors.Select(batch => batch.Offset));
    }

    [Fact]
    public void A_file_of_something_else_is_set_aside_and_a_new_journal_begins()
    {
        File.WriteAllText(FilePath, new string('x', 20_000));

        using var journal = Open();

        Assert.NotNull(journal.SetAside);
        Assert.Equal(FilePath + ".damaged-1", journal.SetAside.Path);
        Assert.Equal(20_000, new FileInfo(journal.SetAside.Path).Length);
        Assert.Equal(1, journal.Append(1, 1, [1]));
    }

    [Fact]
    public void A_database_of_another_program_is_set_aside_untouched()
    {
        using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE theirs(x); INSERT INTO theirs VALUES(42)";
            command.ExecuteNonQuery();
        }

        using var journal = Open();

        Assert.Contains("another program", journal.SetAside!.Reason, StringComparison.Ordinal);
        using var kept = new SqliteConnection($"Data Source={journal.SetAside.Path};Pooling=False");
        kept.Open();
        using var query = kept.CreateCommand();
        query.CommandText = "SELECT x FROM theirs";
        Assert.Equal(42L, query.ExecuteScalar());
    }

    [Fact]
    public void A_truncated_file_is_set_aside_and_the_second_time_gets_the_next_number()
    {
        for (var round = 1; round <= 2; round++)
        {
            using (var journal = Open())
            {
                for (var i = 0; i < 20; i++)
                {
                    journal.Append(1, 1, new byte[20_000]);
                }
            }

            using (var stream = File.Open(FilePath, FileMode.Open))
            {
                stream.SetLength(stream.Length / 2);
            }

            using var reopened = Open();
            Assert.Equal($"{FilePath}.damaged-{round}", reopened.SetAside?.Path);
            Assert.Empty(ReadAll(reopened));
        }
    }

    [Fact]
    public void A_flipped_bit_in_a_payload_costs_that_batch_alone_and_is_told_as_a_gap()
    {
        var marker = Enumerable.Range(0, 64).Select(i => (byte)(i * 3 + 1)).ToArray();
        using (var journal = Open())
        {
            journal.Append(1, 3, [1, 2, 3]);
            journal.Append(1, 5, marker);
            journal.Append(1, 7, [4, 5, 6]);
        }

        var bytes = File.ReadAllBytes(FilePath);
        var place = bytes.AsSpan().IndexOf(marker);
        Assert.True(place > 0);
        bytes[place + 10] ^= 0x10;
        File.WriteAllBytes(FilePath, bytes);

        using var reopened = Open();
        Assert.Null(reopened.SetAside);
        Assert.Equal([1L, 3], ReadAll(reopened).Select(batch => batch.Offset));
        var gap = Assert.Single(reopened.Dropped());
        Assert.Equal((new OffsetRange(2, 2), 1, 5, "damage"), (gap.Offsets, gap.Batches, gap.Readings, gap.Reason));
        Assert.Equal((1, 5), (reopened.Counters.DamagedBatches, reopened.Counters.DamagedReadings));
        Assert.Equal([1L, 3], ReadAll(reopened).Select(batch => batch.Offset));
    }

    [Fact]
    public void Damage_found_while_open_sets_the_file_aside_and_the_same_object_goes_on()
    {
        using var journal = Open();
        var series = new Series("ups-a", "power.active", null);
        var id = journal.SeriesId(series);
        for (var i = 0; i < 400; i++)
        {
            journal.Append(1, 1, new byte[20_000]);
        }

        var stream = journal.StreamId;
        using (var file = File.Open(FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            var garbage = new byte[file.Length - 8192];
            Array.Fill(garbage, (byte)0xA5);
            file.Position = 8192;
            file.Write(garbage);
        }

        var fault = Assert.Throws<JournalException>(() => ReadAll(journal));

        Assert.Equal(JournalFault.Damaged, fault.Fault);
        Assert.NotNull(journal.SetAside);
        Assert.NotEqual(stream, journal.StreamId);
        Assert.Equal(1, journal.Append(1, 1, [1]));
        Assert.Single(ReadAll(journal));
        Assert.Equal(id, journal.SeriesId(series));
    }

    [Fact]
    public void A_second_opening_is_refused_while_the_first_lives()
    {
        using var journal = Open();

        var refused = Assert.Throws<JournalException>(() => Journal.Open(FilePath, JournalBounds.Default, time));

        Assert.Equal(JournalFault.InUse, refused.Fault);
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_told_as_unavailable()
    {
        File.WriteAllText(Path.Combine(folder, "plain"), "");

        var refused = Assert.Throws<JournalException>(() => Journal.Open(Path.Combine(folder, "plain", "journal.db"), JournalBounds.Default, time));

        Assert.Equal(JournalFault.Unavailable, refused.Fault);
    }

    [Fact]
    public void Beyond_the_size_bound_the_oldest_batches_go_and_are_counted_as_one_gap()
    {
        using var journal = Open(new JournalBounds(1 << 20, TimeSpan.FromDays(7)));
        for (var i = 0; i < 200; i++)
        {
            journal.Append(1, 10, new byte[20_000]);
        }

        var held = ReadAll(journal);
        var counters = journal.Counters;
        Assert.InRange(held.Count, 20, 52);
        Assert.Equal(200, held[^1].Offset);
        Assert.True(counters.HeldBytes <= 1 << 20);
        Assert.Equal(200, counters.DroppedBatches + held.Count);
        Assert.Equal(2000, counters.DroppedReadings + counters.HeldReadings);
        var gap = Assert.Single(journal.Dropped());
        Assert.Equal(("size", 1, held[0].Offset - 1), (gap.Reason, gap.Offsets.First, gap.Offsets.Last));
        Assert.True(new FileInfo(FilePath).Length < 3 << 20);
    }

    [Fact]
    public void Beyond_the_age_bound_batches_go_and_younger_ones_stay()
    {
        using var journal = Open(new JournalBounds(1 << 30, TimeSpan.FromHours(1)));
        journal.Append(1, 4, [1]);
        time.Advance(TimeSpan.FromMinutes(50));
        journal.Append(1, 4, [2]);
        time.Advance(TimeSpan.FromMinutes(20));
        journal.Append(1, 4, [3]);

        Assert.Equal([2L, 3], ReadAll(journal).Select(batch => batch.Offset));
        Assert.Equal((1, 4), (journal.Counters.DroppedBatches, journal.Counters.DroppedReadings));
        Assert.Equal("age", Assert.Single(journal.Dropped()).Reason);
    }

    [Fact]
    public void Batches_of_a_clock_that_was_not_set_do_not_age()
    {
        var unset = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddMinutes(3));
        using var journal = Journal.Open(FilePath, JournalBounds.Default, unset);
        journal.Append(1, 1, [1]);

        unset.SetUtcNow(time.GetUtcNow());
        journal.Append(1, 1, [2]);

        Assert.Equal(2, ReadAll(journal).Count);
    }

    [Fact]
    public void Counters_balance_after_append_forget_and_drop()
    {
        using var journal = Open(new JournalBounds(1 << 20, TimeSpan.FromDays(7)));
        for (var i = 0; i < 100; i++)
        {
            journal.Append(1, 3, new byte[20_000]);
            if (i % 4 == 0)
            {
                journal.Forget(journal.LastOffset, journal.LastOffset);
            }
        }

        var counters = journal.Counters;
        Assert.True(counters.DroppedBatches > 0);
        Assert.Equal(counters.AppendedBatches, counters.HeldBatches + counters.ForgottenBatches + counters.DroppedBatches);
        Assert.Equal(counters.AppendedReadings, counters.HeldReadings + counters.ForgottenReadings + counters.DroppedReadings);
        Assert.Equal(ReadAll(journal).Count, counters.HeldBatches);
    }

    [Fact]
    public void Forget_of_ranges_removes_exactly_those()
    {
        using var journal = Open();
        for (var i = 0; i < 10; i++)
        {
            journal.Append(1, 1, [1]);
        }

        journal.Forget([new OffsetRange(1, 3), new OffsetRange(5, 5), new OffsetRange(9, 400)]);

        Assert.Equal([4L, 6, 7, 8], ReadAll(journal).Select(batch => batch.Offset));
        Assert.Equal(6, journal.Counters.ForgottenBatches);
    }

    [Fact]
    public void MarkReceived_accepts_an_offset_once_in_any_order_and_across_a_reopening()
    {
        var stream = Guid.NewGuid();
        var order = new long[] { 5, 1, 3, 2, 4, 9, 7, 8, 6 };
        using (var journal = Open())
        {
            using var group = journal.BeginGroup();
            foreach (var offset in order)
            {
                Assert.True(group.MarkReceived(stream, offset));
                Assert.False(group.MarkReceived(stream, offset));
            }

            Assert.True(group.MarkReceived(Guid.NewGuid(), 5));
            group.Commit();
        }

        using var again = Open();
        using var second = again.BeginGroup();
        foreach (var offset in order)
        {
            Assert.False(second.MarkReceived(stream, offset));
        }

        Assert.True(second.MarkReceived(stream, 10));
    }

    [Fact]
    public void MarkReceived_is_undone_together_with_its_append()
    {
        var stream = Guid.NewGuid();
        using var journal = Open();
        using (var group = journal.BeginGroup())
        {
            Assert.True(group.MarkReceived(stream, 1));
            group.Append(1, 1, [1]);
        }

        Assert.Empty(ReadAll(journal));
        using var retry = journal.BeginGroup();
        Assert.True(retry.MarkReceived(stream, 1));
    }

    [Fact]
    public void Cursors_and_values_survive_a_reopening_and_begin_at_nothing()
    {
        using (var journal = Open())
        {
            Assert.Equal(0, journal.GetCursor("influx"));
            Assert.Null(journal.GetValue("bdSeq"));
            journal.SetCursor("influx", 41);
            journal.SetCursor("influx", 42);
            journal.SetValue("bdSeq", "7");
        }

        using var again = Open();
        Assert.Equal(42, again.GetCursor("influx"));
        Assert.Equal("7", again.GetValue("bdSeq"));
    }

    [Fact]
    public void A_cursor_set_in_a_group_moves_only_when_the_group_commits()
    {
        using var journal = Open();
        using (var group = journal.BeginGroup())
        {
            group.SetCursor("history", 9);
        }

        Assert.Equal(0, journal.GetCursor("history"));
        using (var group = journal.BeginGroup())
        {
            group.SetCursor("history", 9);
            group.Commit();
        }

        Assert.Equal(9, journal.GetCursor("history"));
    }

    [Fact]
    public void Series_numbers_stay_the_same_across_a_reopening_and_name_the_same_object()
    {
        int[] ids;
        var all = Enumerable.Range(0, 600).Select(i => new Series($"d{i}", "power.active", i % 2 == 0 ? null : "L1")).ToList();
        using (var journal = Open())
        {
            ids = [.. all.Select(journal.SeriesId)];
            journal.Append(1, 1, [1]);
        }

        using var again = Open();
        Assert.Equal(Enumerable.Range(1, 600), ids);
        Assert.Equal(ids, all.Select(again.SeriesId));
        Assert.Same(again.SeriesOf(17), again.SeriesOf(17));
        Assert.Throws<ArgumentOutOfRangeException>(() => again.SeriesOf(601));
        Assert.Throws<ArgumentOutOfRangeException>(() => again.SeriesOf(0));
    }

    [Fact]
    public async Task A_reader_follows_a_writer_and_sees_every_batch_once()
    {
        const int batches = 2_000;
        var cancel = TestContext.Current.CancellationToken;
        using var journal = Open();
        var writing = Task.Run(
            () =>
            {
                for (var i = 0; i < batches / 10; i++)
                {
                    using var group = journal.BeginGroup();
                    for (var j = 0; j < 10; j++)
                    {
                        group.Append(1, 1, BitConverter.GetBytes(i * 10 + j));
                    }

                    group.Commit();
                }
            },
            cancel);

        var seen = new List<JournalBatch>();
        long after = 0;
        while (seen.Count < batches)
        {
            await journal.WaitForAppendAsync(after, cancel);
            var from = seen.Count;
            after = journal.Read(after, long.MaxValue, 64, seen);
            if (seen.Count > from)
            {
                journal.Forget(seen[from].Offset, after);
            }
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, batches), seen.Select(batch => BitConverter.ToInt32(batch.Payload)));
        Assert.Equal(0, journal.Counters.HeldBatches);
    }

    [Fact]
    public async Task WaitForAppend_completes_at_once_when_there_is_something_and_obeys_cancellation()
    {
        using var journal = Open();
        journal.Append(1, 1, [1]);
        Assert.True(journal.WaitForAppendAsync(0, CancellationToken.None).IsCompletedSuccessfully);

        using var cancel = new CancellationTokenSource();
        var waiting = journal.WaitForAppendAsync(1, cancel.Token);
        Assert.False(waiting.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static List<JournalBatch> ReadAll(Journal journal)
    {
        var found = new List<JournalBatch>();
        journal.Read(0, long.MaxValue, int.MaxValue, found);
        return found;
    }

    private Journal Open(JournalBounds? bounds = null) => Journal.Open(FilePath, bounds ?? JournalBounds.Default, time);

    /// <summary>What a disk holds when a process is killed: the database and its write-ahead log, in whatever state they are.</summary>
    private string CopyAsAfterKill()
    {
        var copy = Path.Combine(folder, $"copy-{Guid.NewGuid():N}.db");
        File.Copy(FilePath, copy);
        File.Copy(FilePath + "-wal", copy + "-wal");
        return copy;
    }
}
