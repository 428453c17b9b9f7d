using System.Diagnostics;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Simulator.Devices;
using EdgeDcim.Simulator.Physics;
using Coolant = EdgeDcim.Collector.Anomalies.Model.Coolant;

namespace EdgeDcim.Benchmarks.Faults;

/// <summary>What the detectors cost: a thousand CDUs with every instrument, each value once a second, each machine judged once a second.</summary>
internal static class CostBenchmark
{
    private const int Machines = 1000;
    private const int WarmUp = 20;
    private const int Ticks = 60;

    public static Task<int> RunAsync(string[] args)
    {
        var points = HallTruth.Build().Points.Where(point => point.Name.StartsWith("cdu-1/", StringComparison.Ordinal) && !point.Name.Contains("fan.output", StringComparison.Ordinal)).ToList();
        var series = Enumerable.Range(0, Machines).Select(machine => points.Select(point => point.Name.Split('/', 3)).Select(name => new Series($"cdu-{machine}", name[1], name.Length > 2 ? name[2] : null)).ToArray()).ToArray();
        var loops = Enumerable.Range(0, Machines).Select(machine => new LoopConfig($"tcs-{machine}", new Coolant(Fluid.Pg25), 261, [], [], 1, 45)).ToList();
        var units = Enumerable.Range(0, Machines).Select(machine => new UnitConfig($"cdu-{machine}", "cdu", $"cdu-{machine}", null, $"tcs-{machine}", null, 30, null)).ToList();
        var engine = new AnomalyEngine(new CoolingConfig(loops, units), DetectorCatalog.All);
        for (var machine = 0; machine < Machines; machine++)
        {
            engine.Announce($"cdu-{machine}", "cdu", series[machine]);
        }

        var hall = new Hall(1, 10, 1);
        var now = 1_700_000_000_000;
        TimeSpan taking = default, ticking = default;
        long bytes = 0;
        using var process = Process.GetCurrentProcess();
        for (var tick = 0; tick < WarmUp + Ticks; tick++)
        {
            now += 1000;
            hall.Step();
            var values = points.Select(point => point.Value(hall.Now.Seen!)).ToArray();
            if (tick == WarmUp)
            {
                (taking, ticking, bytes) = (default, default, GC.GetTotalAllocatedBytes(precise: true));
            }

            var before = Cpu(process);
            for (var machine = 0; machine < Machines; machine++)
            {
                for (var point = 0; point < values.Length; point++)
                {
                    engine.Take(new Reading(series[machine][point], now, values[point], Quality.Good));
                }
            }

            var between = Cpu(process);
            engine.Tick(now);
            taking += between - before;
            ticking += Cpu(process) - between;
        }

        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        var readings = (double)Ticks * Machines * points.Count;
        Console.WriteLine(FormattableString.Invariant($"{Machines} CDUs, {points.Count} points each, {engine.Detectors.Count} detectors, {Ticks} seconds"));
        Console.WriteLine("| work | CPU µs a reading | CPU µs a machine and second | CPU ms a second of the site | bytes allocated a reading |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        Console.WriteLine(FormattableString.Invariant($"| take readings | {taking.TotalMicroseconds / readings:0.000} | {taking.TotalMicroseconds / Ticks / Machines:0.0} | {taking.TotalMilliseconds / Ticks:0} | |"));
        Console.WriteLine(FormattableString.Invariant($"| judge | {ticking.TotalMicroseconds / readings:0.000} | {ticking.TotalMicroseconds / Ticks / Machines:0.0} | {ticking.TotalMilliseconds / Ticks:0} | |"));
        Console.WriteLine(FormattableString.Invariant($"| both | {(taking + ticking).TotalMicroseconds / readings:0.000} | {(taking + ticking).TotalMicroseconds / Ticks / Machines:0.0} | {(taking + ticking).TotalMilliseconds / Ticks:0} | {bytes / readings:0.0} |"));
        return Task.FromResult(0);
    }

    private static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }
}
