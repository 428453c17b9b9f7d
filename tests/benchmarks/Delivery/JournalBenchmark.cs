using System.Globalization;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Benchmarks.Delivery;

/// <summary>What the journal costs: encoding readings, committing batches of 500 in groups, reading them back, forgetting them.</summary>
internal static class JournalBenchmark
{
    private const int ReadingsOfBatch = 500;
    private const int Batches = 2_000;
    private const int Readings = ReadingsOfBatch * Batches;
    private const int Rounds = 7;

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("edgedcim-journal-");
        try
        {
            using var journal = Journal.Open(Path.Combine(folder.FullName, "journal.db"), JournalBounds.Default, TimeProvider.System);
            var ids = Enumerable.Range(0, ReadingsOfBatch).Select(i => journal.SeriesId(new Series($"pdu-{i / 25}", "power.active", $"outlet/{i % 25}"))).ToArray();
            List<Usage> alone = [], grouped = [], reading = [], forgetting = [];
            for (var round = 0; round <= Rounds; round++)
            {
                var write = await Usage.OfAsync(Readings / 10, _ => Append(journal, ids, Batches / 10, groupOf: 1));
                var group = await Usage.OfAsync(Readings, _ => Append(journal, ids, Batches, groupOf: 40));
                var read = await Usage.OfAsync(Readings, _ => ReadAll(journal));
                var forget = await Usage.OfAsync(Readings, _ => Forget(journal));
                if (round > 0)
                {
                    alone.Add(write);
                    grouped.Add(group);
                    reading.Add(read);
                    forgetting.Add(forget);
                }
            }

            Console.WriteLine($"Batches of {ReadingsOfBatch} readings, {Rounds} rounds of {Readings} readings, every commit synced, medians:");
            Console.WriteLine();
            Console.WriteLine("| work | CPU µs a reading | readings a second (wall) | bytes allocated a reading |");
            Console.WriteLine("| --- | ---: | ---: | ---: |");
            Print("encode and append, a commit each batch", Usage.Median(alone));
            Print("encode and append, a commit each 40 batches", Usage.Median(grouped));
            Print("read and decode", Usage.Median(reading));
            Print("forget", Usage.Median(forgetting));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Print(string name, Usage usage) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {usage.CpuMicroseconds:0.000} | {1 / usage.WallMicroseconds:0.00} million | {usage.Bytes:0.0} |"));

    private static Task Append(Journal journal, int[] ids, int batches, int groupOf)
    {
        var batch = new ReadingBatchWriter();
        for (var done = 0; done < batches; done += groupOf)
        {
            using var group = journal.BeginGroup();
            for (var i = 0; i < groupOf; i++)
            {
                batch.Clear();
                for (var reading = 0; reading < ids.Length; reading++)
                {
                    batch.Add(ids[reading], 1_767_225_600_000 + done, reading * 1.1, Quality.Good);
                }

                group.Append(batch);
            }

            group.Commit();
        }

        return Task.CompletedTask;
    }

    private static Task ReadAll(Journal journal)
    {
        var batches = new List<JournalBatch>();
        var sum = 0.0;
        long after = 0;
        while ((after = journal.Read(after, long.MaxValue, 20_000, batches)) > 0 && batches.Count > 0)
        {
            foreach (var batch in batches)
            {
                var reader = new ReadingBatchReader(batch.Payload);
                while (reader.TryRead(out var reading))
                {
                    sum += reading.Value;
                }
            }

            batches.Clear();
        }

        return sum > 0 ? Task.CompletedTask : throw new InvalidOperationException("nothing was read");
    }

    private static Task Forget(Journal journal)
    {
        var last = journal.LastOffset;
        for (var first = last - journal.Counters.HeldBatches + 1; first <= last; first += 100)
        {
            journal.Forget(first, Math.Min(last, first + 99));
        }

        return Task.CompletedTask;
    }
}
