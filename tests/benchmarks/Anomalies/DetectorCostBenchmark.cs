using System.Globalization;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Statistical;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Benchmarks.Anomalies;

/// <summary>What the detectors of a thousand CDUs cost, each read once a second: a reading taken in, and a second judged.</summary>
internal static class DetectorCostBenchmark
{
    private const int Machines = 1000;
    private const int Warm = 700;
    private const int Rounds = 5;
    private const int Seconds = 60;

    private static readonly (string Metric, string? Part, double Value, double Noise)[] Points =
    [
        ("temperature.supply", "primary", 18, 0.05), ("temperature.return", "primary", 28, 0.05), ("temperature.supply", "secondary", 24, 0.05), ("temperature.return", "secondary", 34, 0.05),
        ("flow", "primary", 500, 2), ("flow", "secondary", 480, 2), ("pressure.supply", "secondary", 300, 1), ("pressure.return", "secondary", 150, 1), ("pressure.delta", "secondary", 150, 1),
        ("pump.speed", "pump/1", 70, 0.1), ("pump.speed", "pump/2", 70, 0.1), ("valve.position", null, 45, 0.3), ("level", null, 80, 0.05), ("heat.removed", null, 330_000, 1500),
        ("power.active", null, 6000, 30), ("temperature.ambient", null, 24, 0.1), ("humidity.relative", null, 45, 0.2), ("temperature.dew_point", null, 11, 0.1), ("coolant.conductivity", null, 800, 1), ("leak.detected", null, 0, 0),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        // With the word "statistical" the family that knows no physics, alone.
        var engine = new AnomalyEngine(null, args.Contains("statistical") ? [StatisticalDetectors.Create] : DetectorCatalog.All);
        var series = new Series[Machines * Points.Length];
        for (var machine = 0; machine < Machines; machine++)
        {
            var id = $"cdu-{machine.ToString("0000", CultureInfo.InvariantCulture)}";
            for (var i = 0; i < Points.Length; i++)
            {
                series[(machine * Points.Length) + i] = new Series(id, Points[i].Metric, Points[i].Part);
            }

            engine.Announce(id, "cdu", series[(machine * Points.Length)..((machine + 1) * Points.Length)]);
        }

        var (now, random, raised) = (1_700_000_000_000L, new Random(1), 0);
        var readings = new Reading[series.Length];
        void Next()
        {
            now += 1000;
            for (var i = 0; i < series.Length; i++)
            {
                var point = Points[i % Points.Length];
                readings[i] = new Reading(series[i], now, point.Value + (point.Noise * (random.NextDouble() + random.NextDouble() - 1)), Quality.Good);
            }
        }

        void Take()
        {
            foreach (ref readonly var reading in readings.AsSpan())
            {
                engine.Take(reading);
            }
        }

        engine.Training = true;
        for (var second = 0; second < Warm; second++)
        {
            Next();
            Take();
            engine.Tick(now);
        }

        engine.Training = false;
        var (takes, ticks) = (new List<Usage>(), new List<Usage>());
        for (var round = 0; round < Rounds; round++)
        {
            var (take, tick) = (default(Usage), default(Usage));
            for (var second = 0; second < Seconds; second++)
            {
                Next();
                var one = await Usage.OfAsync(1, _ => { Take(); return Task.CompletedTask; });
                var two = await Usage.OfAsync(1, _ => { raised += engine.Tick(now).Count; return Task.CompletedTask; });
                take = new Usage(take.CpuMicroseconds + (one.CpuMicroseconds / Seconds), take.Bytes + (one.Bytes / Seconds), take.WallMicroseconds + (one.WallMicroseconds / Seconds));
                tick = new Usage(tick.CpuMicroseconds + (two.CpuMicroseconds / Seconds), tick.Bytes + (two.Bytes / Seconds), tick.WallMicroseconds + (two.WallMicroseconds / Seconds));
            }

            takes.Add(take);
            ticks.Add(tick);
        }

        var (takeCost, tickCost) = (Usage.Median(takes), Usage.Median(ticks));
        Console.WriteLine($"{Machines} CDUs, {series.Length} readings a second, {engine.Detectors.Count} detectors, {raised} changes, {GC.GetTotalMemory(true) / (1 << 20)} MB live");
        Console.WriteLine("| step | CPU | a piece | bytes allocated |\n| --- | ---: | ---: | ---: |");
        Console.WriteLine(FormattableString.Invariant($"| readings taken in | {takeCost.WallMicroseconds / 1000:0.00} ms a second | {takeCost.WallMicroseconds * 1000 / series.Length:0} ns a reading | {takeCost.Bytes:0} |"));
        Console.WriteLine(FormattableString.Invariant($"| detectors asked | {tickCost.WallMicroseconds / 1000:0.00} ms a second | {tickCost.WallMicroseconds * 1000 / engine.Detectors.Count:0} ns a detector | {tickCost.Bytes:0} |"));
        return 0;
    }
}
