using System.Diagnostics;
using System.Globalization;
using EdgeDcim.Collector.Anomalies;

namespace EdgeDcim.Benchmarks.Faults;

/// <summary>What the detectors find in a simulated hall, how soon, and what they call it; and what they find in sound weeks, where there is nothing.</summary>
internal static class FaultBenchmark
{
    private const int LearnDays = 4;
    private const double Step = 5;
    private const long DayMs = 86_400_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var numbers = args.Select(arg => int.TryParse(arg, CultureInfo.InvariantCulture, out var n) ? n : 0).Where(n => n > 0).ToList();
        var only = args.FirstOrDefault(arg => !char.IsAsciiDigit(arg[0]) && arg is not ("baselines" or "served"));
        var days = numbers.Count > 0 ? numbers[0] : 30;
        var seed = numbers.Count > 1 ? numbers[1] : 1;
        var feed = new HallFeed(args.Contains("served") ? Fitted.Served : Fitted.All);
        var clock = Stopwatch.StartNew();
        var site = new SimulatedSite(feed, DetectorCatalog.All, seed, Step, SimulatedSite.Monday);
        Console.WriteLine($"{feed.Points} points; {LearnDays} days of learning, {days} sound days, seed {seed}");
        var early = Run(site, SimulatedSite.Monday + (LearnDays * DayMs));
        early.ForEach(change => Console.WriteLine($"  while learning: {Tell(change)}"));
        var learnt = site.Engine.Save().ToList();
        Console.WriteLine($"{site.Engine.Detectors.Count} detectors, {site.Engine.Detectors.Count(d => d.Phase == DetectorPhase.Watching)} of them watching after {clock.Elapsed.TotalSeconds:0} s");
        if (args.Contains("baselines"))
        {
            foreach (var detector in site.Engine.Detectors)
            {
                Console.WriteLine($"  {detector.Subject} {detector.Name} {detector.Phase} {Spell.Number(detector.Score)}: {detector.Baseline}");
            }
        }

        if (only is null or "clean")
        {
            var false_ = Run(site, SimulatedSite.Monday + ((LearnDays + days) * DayMs));
            false_.ForEach(change => Console.WriteLine($"  false: {Tell(change)}"));
            Console.WriteLine(FormattableString.Invariant($"{days} sound days: {false_.Count} false alarms, {false_.Count * 7.0 / days:0.##} a week and site ({clock.Elapsed.TotalSeconds:0} s)"));
        }

        Console.WriteLine("| fault | size | found after | called | confidence | right | alarms | wrong at high confidence |");
        Console.WriteLine("| --- | ---: | ---: | --- | ---: | --- | ---: | --- |");
        foreach (var fault in FaultCase.All.Where(one => only is null || only == "all" || one.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            foreach (var size in fault.Sizes)
            {
                Console.WriteLine(FaultRun.Of(fault, size, feed, learnt, seed, SimulatedSite.Monday + ((LearnDays + 1) * DayMs) + (9 * 3_600_000)).Row);
                await Console.Out.FlushAsync();
            }
        }

        return 0;
    }

    private static List<AnomalyChange> Run(SimulatedSite site, long untilMs)
    {
        var raised = new List<AnomalyChange>();
        while (site.NowMs < untilMs)
        {
            raised.AddRange(site.Step().Where(change => change.State == AnomalyState.Anomalous));
        }

        return raised;
    }

    private static string Tell(AnomalyChange change) =>
        $"{Spell.At(change.AtMs)} {change.Subject} {change.Detector}: {change.Cause} {Spell.Number(change.Confidence)}: {change.Evidence}";
}
