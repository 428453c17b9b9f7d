using System.Diagnostics;
using System.Globalization;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Benchmarks.Chain;

/// <summary>
/// An agent comes back with hours of readings in its journal: how long they take to drain, how old live readings are meanwhile, and whether
/// all of them are in the database once. <c>outage [HOURS] [READINGS A SECOND] [REPLAY]</c>; ends with 1 when something is missing or doubled.
/// </summary>
internal static class OutageBenchmark
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args)
    {
        var hours = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 6;
        var rate = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2_000;
        var replay = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 20_000;
        var devices = Math.Max(1, rate / ChainSite.ReadingsOfDevice);
        await using var site = new ChainSite();
        var until = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var from = until.AddSeconds(-Math.Round(hours * 3600));
        var missed = Fill(site.InFolder("journal.db"), devices, from, until);
        Print($"{hours:0.##} h of {devices * ChainSite.ReadingsOfDevice} readings/s missed: {missed} readings, {new FileInfo(site.InFolder("journal.db")).Length / 1048576.0:0} MB of journal");

        await site.StartAsync(devices, TimeSpan.FromSeconds(1), replay);
        var began = Stopwatch.GetTimestamp();
        var (first, last) = (await site.ScrapeAsync(), await site.ScrapeAsync());
        var worst = 0.0;
        for (var replayed = 0.0; replayed < missed;)
        {
            await Task.Delay(Look, TimeProvider.System, CancellationToken.None);
            var now = await site.ScrapeAsync();
            replayed = now["edgedcim_ingest_readings_backfilled_total"];
            var p99 = now.Age("journal", 0.99, last);
            if (Stopwatch.GetElapsedTime(began) > 2 * Look && !double.IsNaN(p99))
            {
                worst = Math.Max(worst, p99);
            }

            _ = site.Agent.CpuSeconds + site.Collector.CpuSeconds;
            Print($"{Stopwatch.GetElapsedTime(began).TotalSeconds,6:0} s: {100 * replayed / missed:0.0} % replayed, live p99 {p99:0.00} s");
            last = now;
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Print($"drained in {seconds:0} s ({missed / seconds:0} readings/s, bound {replay}), load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        Print($"live readings meanwhile: p50 {last.Age("journal", 0.5, first):0.00} s, p99 {last.Age("journal", 0.99, first):0.00} s, worst p99 of ten seconds {worst:0.00} s");
        Print($"peak resident: agent {site.Agent.PeakMegabytes:0} MB, collector {site.Collector.PeakMegabytes:0} MB");
        var stored = await StoredAsync(site, from, until, missed);
        Print($"in the database {stored} of {missed} missed; taken for repeats by the collector {last["edgedcim_ingest_readings_duplicate_total"]}");
        Print($"written to the database once more {last["edgedcim_sink_readings_repeated_total{sink=\"influx\"}"]}");
        return stored == missed ? 0 : 1;
    }

    /// <summary>Waits for the database to have taken what the collector has; half a minute of rest tells that nothing more comes.</summary>
    private static async Task<double> StoredAsync(ChainSite site, DateTimeOffset from, DateTimeOffset until, long wanted)
    {
        var stored = 0.0;
        for (var tries = 0; tries < 12 && stored < wanted; tries++)
        {
            await Task.Delay(Look, TimeProvider.System, CancellationToken.None);
            stored = await site.RowsAsync(from, until);
        }

        return stored;
    }

    /// <summary>Writes what an agent that polls every second would have journaled from <paramref name="from"/> (excluded) to <paramref name="until"/>.</summary>
    private static long Fill(string path, int devices, DateTimeOffset from, DateTimeOffset until)
    {
        using var journal = Journal.Open(path, new JournalBounds(8L << 30, TimeSpan.FromDays(7)), TimeProvider.System);
        var ids = Enumerable.Range(0, devices)
            .Select(device => ChainSite.SeriesOfDevice().Select(series => journal.SeriesId(new Series($"pdu-{device}", series.Metric, series.Part))).ToArray()).ToArray();
        var chance = new Random(1);
        var batch = new ReadingBatchWriter();
        var count = 0L;
        for (var at = from.AddSeconds(1); at <= until;)
        {
            using var group = journal.BeginGroup();
            for (var second = 0; second < 60 && at <= until; second++, at = at.AddSeconds(1))
            {
                foreach (var device in ids.Chunk(10))
                {
                    batch.Clear();
                    foreach (var id in device.SelectMany(series => series))
                    {
                        batch.Add(id, at.ToUnixTimeMilliseconds(), 200 + (50 * chance.NextSingle()), Quality.Good);
                    }

                    group.Append(batch);
                    count += batch.Count;
                }
            }

            group.Commit();
        }

        return count;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
