using System.Diagnostics;
using System.Globalization;

namespace EdgeDcim.Benchmarks.Chain;

/// <summary>
/// What a reading costs on its whole way: polled over Modbus TCP, journaled, through Mosquitto, journaled again, into history and VictoriaMetrics.
/// <c>chain [READINGS A SECOND] [SECONDS]</c>; every device has 200 readings and is polled once a second.
/// </summary>
internal static class ChainBenchmark
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string[] args)
    {
        var rate = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50_000;
        var span = TimeSpan.FromSeconds(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 60);
        var devices = Math.Max(1, rate / ChainSite.ReadingsOfDevice);
        await using var site = new ChainSite();
        await site.StartAsync(devices, TimeSpan.FromSeconds(1));
        await Task.Delay(WarmUp, TimeProvider.System, CancellationToken.None);
        var before = await site.ScrapeAsync();
        var cpu = site.Members.Select(member => member.CpuSeconds).ToArray();
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(span, TimeProvider.System, CancellationToken.None);
        var after = await site.ScrapeAsync();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var used = site.Members.Select((member, i) => member.CpuSeconds - cpu[i]).ToArray();

        double Since(string sample) => after[sample] - before[sample];
        var journaled = Since("edgedcim_ingest_readings_journaled_total");
        Print($"{devices} devices of {ChainSite.ReadingsOfDevice} readings, each every second, {seconds:0} s, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}:");
        Print($"journaled by the collector {journaled / seconds:0} readings/s, of them replayed {Since("edgedcim_ingest_readings_backfilled_total") / seconds:0}/s; "
            + $"stored {Since("edgedcim_sink_readings_stored_total{sink=\"influx\"}") / seconds:0}/s, waiting for the database {after["edgedcim_sink_lag_seconds{sink=\"influx\"}"]:0.0} s");
        Print("");
        Print("| age when | p50 s | p99 s |");
        Print("| --- | ---: | ---: |");
        foreach (var (stage, words) in new[] { ("journal", "journaled by the collector and shown"), ("influx", "taken by VictoriaMetrics"), ("history", "in the embedded history") })
        {
            Print($"| {words} | {after.Age(stage, 0.5, before):0.00} | {after.Age(stage, 0.99, before):0.00} |");
        }

        Print("");
        Print("| process | CPU µs a reading | cores | peak resident MB |");
        Print("| --- | ---: | ---: | ---: |");
        foreach (var (member, i) in site.Members.Select((member, i) => (member, i)))
        {
            Print($"| {member.Name} | {used[i] * 1e6 / journaled:0.00} | {used[i] / seconds:0.00} | {member.PeakMegabytes:0} |");
        }

        return 0;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void Print(string line) => Console.WriteLine(line);
}
