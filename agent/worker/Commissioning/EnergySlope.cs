using System.Globalization;

namespace EdgeDcim.Agent.Commissioning;

/// <summary>Holds a meter's counter against its own power over time: what it counts must be what flowed.</summary>
internal sealed class EnergySlope(string energyMetric, string powerMetric, string? part)
{
    /// <summary>What is counted, and what flows.</summary>
    public static IReadOnlyList<(string Energy, string Power)> Pairs { get; } =
        [("energy.active.import", "power.active"), ("energy.active.output", "power.active.output"), ("energy.cooling", "heat.removed")];

    /// <summary>So many steps of the counter make the error of its first and last step small.</summary>
    private const int LeastSteps = 20;

    private static readonly TimeSpan LeastTime = TimeSpan.FromMinutes(5);

    /// <summary>Between two samples further apart nobody knows what flowed.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(2);

    private double? began;
    private long beganMs;
    private long lastMs;
    private double lastPower;
    private double flowed;

    /// <summary>Null while it cannot be told.</summary>
    public Verdict? Observe(Snapshot values, long atMs)
    {
        if (values[energyMetric, part] is not { } energy || values[powerMetric, part] is not { } power)
        {
            began = null;
            return null;
        }

        if (began is null || energy.Value < began || atMs - lastMs > LongestGap.TotalMilliseconds)
        {
            (began, beganMs, lastMs, lastPower, flowed) = (energy.Value, atMs, atMs, power.Value, 0);
            return null;
        }

        flowed += (lastPower + power.Value) / 2 * (atMs - lastMs) / 3.6e9;
        (lastMs, lastPower) = (atMs, power.Value);
        var counted = energy.Value - began.Value;
        var step = Math.Max(energy.Quantum, 1e-3);
        if (atMs - beganMs < LeastTime.TotalMilliseconds || Math.Max(counted, flowed) < LeastSteps * step)
        {
            return null;
        }

        var hours = (atMs - beganMs) / 3.6e6;
        var verdict = new Verdict("energy", (energyMetric, part), Math.Abs(counted - flowed) <= SanityChecks.Tolerance * flowed + 2 * step ? null : string.Create(
            CultureInfo.InvariantCulture, $"it counted {counted:G5} kWh while {flowed:G5} kWh flowed ({flowed / hours * 1000:G4} W on average)"));
        began = null;
        return verdict;
    }
}
