using System.Globalization;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Benchmarks.Alarms;

/// <summary>
/// One second of alarms for 100 000 series of 5 000 devices, each watched by two or three rules: with no news, with news of a hundredth, with news of all.
/// Beside it, what taking the same readings into the facility costs, which happens with or without alarms.
/// </summary>
internal static class AlarmBenchmark
{
    private const int Devices = 5_000;
    private const int Parts = 20;
    private const int Series = Devices * Parts;
    private const int Rounds = 15;

    public static async Task<int> RunAsync(string[] args)
    {
        var plan = FacilityConfig.None("bench");
        using var store = AlarmStore.InMemory();
        var service = new AlarmService(AlarmFile.Default(plan), store, new MetricRegistry());
        var facility = new FacilityState(plan, EnergyLedger.InMemory());
        var all = new Series[Series];
        for (var device = 0; device < Devices; device++)
        {
            var own = Enumerable.Range(0, Parts).Select(part => new Series($"srv-{device}", "temperature.inlet", $"{part}")).ToArray();
            own.CopyTo(all, device * Parts);
            facility.DeviceBorn(new DeviceInfo("agent", $"srv-{device}", "server", null, null, null, null, null, own, new Dictionary<string, string>()));
        }

        var nowMs = 1_772_452_800_000L;
        var random = new Random(1);
        Reading[] Readings(int share) => [.. all.Where((_, index) => index % share == 0).Select(series => new Reading(series, nowMs, 22 + random.NextDouble(), Quality.Good))];
        facility.Apply(Readings(1), false);
        service.Tick(facility, facility.Snapshot(nowMs), []);

        Console.WriteLine("| news of | series | facility, CPU µs | alarms, CPU µs | alarms, bytes allocated | alarms, µs | alarms, CPU ns a series with news |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var (word, share) in ((string, int)[])[("none", 0), ("a hundredth", 100), ("all", 1)])
        {
            await RoundsAsync(word, share);
        }

        return 0;

        async Task RoundsAsync(string word, int share)
        {
            List<Usage> taking = [], judging = [];
            for (var round = 0; round <= Rounds; round++)
            {
                nowMs += 1000;
                var readings = share == 0 ? [] : Readings(share);
                var took = await Usage.OfAsync(1, _ => Run(() => facility.Apply(readings, false)));
                var snapshot = facility.Snapshot(nowMs);
                var judged = await Usage.OfAsync(1, _ => Run(() => service.Tick(facility, snapshot, [])));
                if (round > 0)
                {
                    taking.Add(took);
                    judging.Add(judged);
                }
            }

            var (take, judge) = (Usage.Median(taking), Usage.Median(judging));
            var news = share == 0 ? 0 : Series / share;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {word} | {news} | {take.CpuMicroseconds:0} | {judge.CpuMicroseconds:0} | {judge.Bytes:0} | {judge.WallMicroseconds:0} | {(news == 0 ? 0 : judge.CpuMicroseconds * 1000 / news):0} |"));
        }
    }

    private static Task Run(Action work)
    {
        work();
        return Task.CompletedTask;
    }
}
