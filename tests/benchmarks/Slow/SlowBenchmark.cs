using System.Globalization;
using EdgeDcim.Agent.Polling;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Benchmarks.Slow;

/// <summary>
/// The agent as a process, polling a thousand devices that take 200 ms every second: threads over time, polls on time, CPU and memory. There is
/// no broker; every reading goes to the journal, from which the figures are taken.
/// </summary>
internal static class SlowBenchmark
{
    private const int Devices = 1000;
    private const int AnswerAfterMs = 200;
    private const int PeriodMs = 1000;
    private const int SpreadMs = 250;
    private const int OnTimeWithinMs = 100;
    private const int Samples = 6;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args)
    {
        Console.WriteLine($"{Devices} devices that answer after {AnswerAfterMs} ms, {PolledAgent.Values} values of each every {PeriodMs} ms, {Samples * BetweenSamples.TotalSeconds:0} s:");
        Console.WriteLine();
        Console.WriteLine($"| protocol | polls on time (within {OnTimeWithinMs} ms of their slot) | latest | polls without a value | threads, every {BetweenSamples.TotalSeconds:0} s | CPU µs a reading | resident MB | load |");
        Console.WriteLine("| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |");
        foreach (var protocol in args.Length > 0 ? args : ["modbus", "snmp"])
        {
            await MeasureAsync(protocol);
        }

        return 0;
    }

    private static async Task MeasureAsync(string protocol)
    {
        var folder = Directory.CreateTempSubdirectory("edgedcim-slow-");
        try
        {
            var (server, port) = await ChildProcess.StartAsync("slow-devices", protocol, $"{Devices}", $"{AnswerAfterMs}");
            using var ownServer = server;
            PolledAgent.Write(folder.FullName, protocol, port, Devices, PeriodMs, SpreadMs);
            using var agent = PolledAgent.Start(folder.FullName);
            await Task.Delay(WarmUp, TimeProvider.System, CancellationToken.None);
            var first = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            var before = ProcessCost.Of(agent.Id);
            var threads = new List<int> { before.Threads };
            for (var sample = 0; sample < Samples; sample++)
            {
                await Task.Delay(BetweenSamples, TimeProvider.System, CancellationToken.None);
                threads.Add(ProcessCost.Of(agent.Id).Threads);
            }

            var after = ProcessCost.Of(agent.Id);
            var last = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await PolledAgent.EndAsync(agent);

            var polls = Read(Path.Combine(folder.FullName, "journal.db"), first, last);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {protocol} | {100.0 * polls.OnTime / polls.Due:0.00} % of {polls.Due} | {polls.LatestMs} ms | {polls.Empty} | {string.Join(", ", threads)} | {(after.Cpu - before.Cpu).TotalMicroseconds / polls.Readings:0.0} | {after.ResidentMegabytes:0} | {ProcessCost.Load} |"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Of the polls whose slots lie between the two instants: how many began in time, the latest, and how many gave nothing.</summary>
    private static (long Due, long OnTime, long LatestMs, long Empty, long Readings) Read(string path, long first, long last)
    {
        using var journal = Journal.Open(path, JournalBounds.Default, TimeProvider.System);
        var polls = new Dictionary<(string Device, long Slot), (long LateMs, bool HasValue)>();
        var offsets = Enumerable.Range(0, Devices).ToDictionary(PolledAgent.NameOf, device => PollTiming.OffsetMs(PolledAgent.NameOf(device), SpreadMs));
        var batches = new List<JournalBatch>();
        var readings = 0L;
        for (long after = 0; (after = journal.Read(after, long.MaxValue, 20_000, batches)) > 0 && batches.Count > 0; batches.Clear())
        {
            foreach (var batch in batches)
            {
                var reader = new ReadingBatchReader(batch.Payload);
                while (reader.TryRead(out var reading))
                {
                    var series = journal.SeriesOf(reading.SeriesId);
                    if (series.Metric == "power.active" && reading.AtMs >= first && reading.AtMs < last)
                    {
                        readings++;
                        var into = reading.AtMs - offsets[series.Device];
                        polls[(series.Device, into / PeriodMs)] = (into % PeriodMs, reading.Quality != Quality.Missing);
                    }
                }
            }
        }

        var due = Devices * ((last - first) / PeriodMs);
        return (due, polls.Values.Count(poll => poll is { LateMs: < OnTimeWithinMs, HasValue: true }), polls.Values.Max(poll => poll.LateMs), polls.Values.Count(poll => !poll.HasValue), readings);
    }
}
