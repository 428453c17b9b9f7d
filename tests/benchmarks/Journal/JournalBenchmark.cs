using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Benchmarks.JournalArea;

/// <summary>Batches of 500 readings into the journal, each batch with its own sync and ten with one, and read back.</summary>
internal static class JournalBenchmark
{
    private const int BatchSize = 500;
    private const int Batches = 400;
    private const int Rounds = 7;

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("edgedcim-journal-");
        try
        {
            using var journal = Journal.Open(Path.Combine(folder.FullName, "journal.db"), JournalBounds.Default, TimeProvider.System);
            var ids = Enumerable.Range(0, BatchSize).Select(i => journal.SeriesId(new Series($"device-{i / 20}", "power.active", $"outlet/{i % 20}"))).ToArray();
            var batch = new ReadingBatchWriter();
            List<Usage> single = [], grouped = [], read = [];
            for (var round = 0; round <= Rounds; round++)
            {
                var one = await Usage.OfAsync(Batches * BatchSize, _ => AppendEach(journal, batch, ids));
                var ten = await Usage.OfAsync(Batches * BatchSize, _ => AppendGroups(journal, batch, ids));
                var back = await Usage.OfAsync(2 * Batches * BatchSize, _ => ReadAll(journal));
                journal.Forget(1, journal.LastOffset);
                if (round > 0)
                {
                    single.Add(one);
                    grouped.Add(ten);
                    read.Add(back);
                }
            }

            Console.WriteLine($"{Rounds} rounds of {Batches} batches of {BatchSize} readings, medians:");
            Console.WriteLine();
            Console.WriteLine("| work | CPU µs a reading | thousand readings a second (wall) | bytes allocated a reading |");
            Console.WriteLine("| --- | ---: | ---: | ---: |");
            Print("append, a sync a batch", Usage.Median(single));
            Print("append, a sync for ten batches", Usage.Median(grouped));
            Print("read back", Usage.Median(read));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Fill(ReadingBatchWriter batch, int[] ids, int number)
    {
        batch.Clear();
        foreach (var id in ids)
        {
            batch.Add(id, 1_800_000_000_000 + number * 250, number * 0.37 + id, Quality.Good);
        }
    }

    private static Task AppendEach(Journal journal, ReadingBatchWriter batch, int[] ids)
    {
        for (var i = 0; i < Batches; i++)
        {
            Fill(batch, ids, i);
            journal.Append(batch);
        }

        return Task.CompletedTask;
    }

    private static Task AppendGroups(Journal journal, ReadingBatchWriter batch, int[] ids)
    {
        for (var i = 0; i < Batches / 10; i++)
        {
            using var group = journal.BeginGroup();
            for (var j = 0; j < 10; j++)
            {
                Fill(batch, ids, i * 10 + j);
                group.Append(batch);
            }

            group.Commit();
        }

        return Task.CompletedTask;
    }

    private static Task ReadAll(Journal journal)
    {
        var batches = new List<JournalBatch>();
        long after = 0, count = 0;
        while (true)
        {
            batches.Clear();
            var end = journal.Read(after, journal.LastOffset, 20_000, batches);
            if (batches.Count == 0)
            {
                return count > 0 ? Task.CompletedTask : throw new InvalidOperationException("nothing was read back");
            }

            foreach (var batch in batches)
            {
                var reader = new ReadingBatchReader(batch.Payload);
                while (reader.TryRead(out _))
                {
                    count++;
                }
            }

            after = end;
        }
    }

    private static void Print(string work, Usage usage) =>
        Console.WriteLine($"| {work} | {usage.CpuMicroseconds:0.00} | {1000 / usage.WallMicroseconds:0} | {usage.Bytes:0.0} |");
}
