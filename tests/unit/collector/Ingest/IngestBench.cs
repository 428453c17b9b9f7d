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
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Collector.Tests.Ingest;

/// <summary>Ingest on a journal of its own, with everything it asks of edge nodes written down.</summary>
internal sealed class IngestBench : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-ingest-").FullName;
    private readonly EnergyLedger ledger = EnergyLedger.InMemory();

    public IngestBench() => Open();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000));

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public Journal Journal { get; private set; } = null!;

    public FacilityState Facility { get; private set; } = null!;

    public IngestCore Core { get; private set; } = null!;

    public IngestCounters Counters { get; private set; } = null!;

    public List<string> Rebirths { get; } = [];

    public List<string> Acknowledged { get; } = [];

    public List<DeviceInfo> Born { get; } = [];

    public void Take(params InboundMessage[] messages)
    {
        foreach (var message in messages)
        {
            Core.Process(message);
        }
    }

    /// <summary>Commits, acknowledges, and gives everything that the journal holds.</summary>
    public List<Reading> Settle()
    {
        Core.Commit();
        Core.Acknowledge();
        return Journaled();
    }

    public List<Reading> Journaled()
    {
        var batches = new List<JournalBatch>();
        Journal.Read(0, long.MaxValue, int.MaxValue, batches);
        var readings = new List<Reading>();
        foreach (var batch in batches)
        {
            var reader = new ReadingBatchReader(batch.Payload);
            while (reader.TryRead(out var stored))
            {
                readings.Add(new Reading(Journal.SeriesOf(stored.SeriesId), stored.AtMs, stored.Value, stored.Quality));
            }
        }

        return readings;
    }

    public SeriesSample? Shown(string device, string path) =>
        Facility.Snapshot(NowMs).Device(device)?.Samples.Where(sample => sample.Series.MetricPath == path).Select(sample => (SeriesSample?)sample).FirstOrDefault();

    /// <summary>The process dies and starts again: only what the journal has on disk is left.</summary>
    public void Restart()
    {
        Journal.Dispose();
        Rebirths.Clear();
        Acknowledged.Clear();
        Open();
    }

    public void Dispose()
    {
        Journal.Dispose();
        ledger.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Open()
    {
        Journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, Time);
        Facility = new FacilityState(FacilityConfig.None(EdgeNodeDouble.Site), ledger);
        Counters = new IngestCounters(new MetricRegistry());
        var commits = new CommitStage(Journal, Facility, Counters, NullLogger<CommitStage>.Instance);
        Core = new IngestCore(
            EdgeNodeDouble.Site,
            new IngestStages(new BirthReader(Journal, Vocabulary.Default), commits, Facility, Born.Add),
            new HostCommands((_, node) => Rebirths.Add(node), (_, node, ack) => Acknowledged.Add($"{node} {ack}"), (_, _) => { }),
            Counters, Time, NullLogger<IngestCore>.Instance);
    }
}
