using System.Globalization;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Ingest;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeDcim.Benchmarks.Ingest;

/// <summary>
/// From the bytes of Sparkplug messages to a durable journal and the state of the facility, on one thread: an agent with 100 devices of 20
/// series, in batches of 2 000 readings with their marker. Beside it, how much of that reading the payloads alone takes.
/// </summary>
internal static class IngestBenchmark
{
    private const int Devices = 100;
    private const int SeriesOfDevice = 20;
    private const int Batches = 100;
    private const int Readings = Batches * Devices * SeriesOfDevice;
    private const int Rounds = 7;

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("edgedcim-ingest-");
        try
        {
            using var journal = Journal.Open(Path.Combine(folder.FullName, "journal.db"), JournalBounds.Default, TimeProvider.System);
            var facility = new FacilityState(FacilityConfig.None("bench"), EnergyLedger.InMemory());
            var counters = new IngestCounters(new MetricRegistry());
            var stages = new IngestStages(
                new BirthReader(journal, Vocabulary.Default), new CommitStage(journal, facility, counters, NullLogger<CommitStage>.Instance), facility, _ => { });
            var commands = new HostCommands((_, _) => { }, (_, _, _) => { }, (_, _) => { });
            var core = new IngestCore("bench", stages, commands, counters, TimeProvider.System, NullLogger<IngestCore>.Instance);
            var node = new BenchmarkNode("bench", Devices, SeriesOfDevice);
            foreach (var birth in node.Births())
            {
                core.Process(birth);
            }

            List<Usage> whole = [], reading = [];
            for (var round = 0; round <= Rounds; round++)
            {
                var messages = node.Data(Batches);
                var ingest = await Usage.OfAsync(Readings, _ => Ingest(core, messages));
                var decode = await Usage.OfAsync(Readings, _ => Decode(messages));
                journal.Forget(1, journal.LastOffset);
                if (round > 0)
                {
                    whole.Add(ingest);
                    reading.Add(decode);
                }
            }

            if (counters.Journaled.Value != (Rounds + 1L) * Readings)
            {
                throw new InvalidOperationException($"{counters.Journaled.Value} readings were journaled, not {(Rounds + 1L) * Readings}");
            }

            Console.WriteLine($"{Devices} devices of {SeriesOfDevice} series, {Rounds} rounds of {Readings} readings in batches of {Devices * SeriesOfDevice}, medians:");
            Console.WriteLine();
            Console.WriteLine("| work | CPU µs a reading | readings a CPU second | bytes allocated a reading | µs a reading |");
            Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
            Print("reading the payloads alone", Usage.Median(reading));
            Print("ingest: payload → journal on disk → facility", Usage.Median(whole));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task Ingest(IngestCore core, IReadOnlyList<InboundMessage> messages)
    {
        foreach (var message in messages)
        {
            core.Process(message);
        }

        core.Commit();
        core.Acknowledge();
        return Task.CompletedTask;
    }

    private static Task Decode(IReadOnlyList<InboundMessage> messages)
    {
        var sum = 0.0;
        foreach (var message in messages)
        {
            var reader = new PayloadReader(message.Payload.Span);
            while (reader.TryRead(out var metric))
            {
                sum += ReadingMetric.Read(metric, DataType.Double).Value;
            }
        }

        return double.IsInfinity(sum) ? throw new InvalidOperationException("the sum cannot be infinite") : Task.CompletedTask;
    }

    private static void Print(string what, Usage usage) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {usage.CpuMicroseconds:0.000} | {1e6 / usage.CpuMicroseconds:N0} | {usage.Bytes:0.00} | {usage.WallMicroseconds:0.000} |"));
}
