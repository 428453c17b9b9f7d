using EdgeDcim.Collector.Anomalies;

namespace EdgeDcim.Benchmarks.Faults;

/// <summary>One fault of one size in a hall whose detectors have learnt: an hour of soundness, the fault, and what is said of it.</summary>
/// <param name="Delay">Null when nothing was raised.</param>
/// <param name="Raised">All that was raised after the onset, in order.</param>
internal sealed record FaultRun(FaultCase Fault, double Size, TimeSpan? Delay, IReadOnlyList<AnomalyChange> Raised)
{
    private const double High = 0.8;

    /// <summary>What is said after the fault was first found counts for this long: consequences come later.</summary>
    private const double AfterShare = 0.25;

    public AnomalyChange? First => Raised.Count > 0 ? Raised[0] : null;

    public bool IsRight => First is { } first && Fault.Causes.Contains(first.Cause);

    public IEnumerable<AnomalyChange> WrongAndSure => Raised.Where(change => change.Confidence >= High && !Fault.Causes.Contains(change.Cause));

    public string Row => FormattableString.Invariant(
        $"| {Fault.Name} | {Size:0.##} {Fault.Unit} | {(Delay is { } delay ? Span(delay) : "not found")} | {First?.Cause} ({First?.Detector} {First?.Subject}) | {First?.Confidence:0.00} | {(IsRight ? "yes" : First is null ? "" : "no")} | {Raised.Count} | {string.Join(", ", WrongAndSure.Select(change => change.Cause).Distinct())} |");

    public static FaultRun Of(FaultCase fault, double size, HallFeed feed, IEnumerable<(string Name, string Subject, byte[] State)> learnt, int seed, long fromMs)
    {
        var site = new SimulatedSite(feed, DetectorCatalog.All, seed, fault.StepSeconds, fromMs) { Outdoor = fault.Outdoor };
        foreach (var (name, subject, state) in learnt)
        {
            site.Engine.Restore(name, subject, state);
        }

        while (site.NowMs < fromMs + 3_600_000)
        {
            site.Step();
        }

        site.Inject(fault.Kind, fault.At, size, fault.Ramp, fault.With);
        var onset = site.NowMs;
        var until = onset + (long)fault.Horizon.TotalMilliseconds;
        var raised = new List<AnomalyChange>();
        while (site.NowMs < until)
        {
            foreach (var change in site.Step())
            {
                if (change.State != AnomalyState.Anomalous)
                {
                    continue;
                }

                until = raised.Count > 0 ? until : Math.Min(until, site.NowMs + (long)(AfterShare * fault.Horizon.TotalMilliseconds));
                raised.Add(change);
            }
        }

        return new(fault, size, raised.Count > 0 ? TimeSpan.FromMilliseconds(raised[0].AtMs - onset) : null, raised);
    }

    private static string Span(TimeSpan span) => Spell.Span((long)span.TotalMilliseconds);
}
