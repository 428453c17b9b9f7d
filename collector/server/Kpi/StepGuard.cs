using System.Globalization;
using EdgeDcim.Collector.Facility;

namespace EdgeDcim.Collector.Kpi;

/// <summary>
/// Watches PUE for steps that no plant makes: more than 0.3 within a minute is a meter that went wrong, unless a UPS changed its mode.
/// A step that was real is believed a minute later, when all values of the last minute agree.
/// </summary>
internal sealed class StepGuard
{
    private const double MaxStep = 0.3;
    private const long MemoryMs = 60_000;

    private readonly Queue<(long AtMs, double Pue)> minute = new();

    /// <summary>Why a value is not to be shown, or null; a note when a change of mode explains the step.</summary>
    public (string? Fault, string? Note) Judge(double pue, IReadOnlyList<UpsState> upsStates, long nowMs)
    {
        while (minute.Count > 0 && nowMs - minute.Peek().AtMs > MemoryMs)
        {
            minute.Dequeue();
        }

        var (atMs, furthest) = (nowMs, pue);
        foreach (var earlier in minute)
        {
            if (Math.Abs(earlier.Pue - pue) > Math.Abs(furthest - pue))
            {
                (atMs, furthest) = earlier;
            }
        }

        minute.Enqueue((nowMs, pue));
        if (Math.Abs(furthest - pue) <= MaxStep)
        {
            return (null, null);
        }

        var step = string.Create(CultureInfo.InvariantCulture, $"PUE went from {furthest:0.000} to {pue:0.000} within {Math.Max(1, (nowMs - atMs) / 1000)} s");
        foreach (var ups in upsStates)
        {
            if (ups.Changed && ups.SinceMs >= atMs - MemoryMs)
            {
                return (null, $"{step}: {ups.Meter} changed to {ups.Source.ToString().ToLowerInvariant()} ({ups.Reason.ToString().ToLowerInvariant()})");
            }
        }

        return ($"{step} without a change of UPS mode: one of the meters is wrong, or the load jumped; shown again when it has held for a minute", null);
    }
}
