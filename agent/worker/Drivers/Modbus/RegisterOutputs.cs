using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>What one poll group of a unit gives: each output is one series, with one point or the alternatives of a choice.</summary>
internal sealed class RegisterOutputs(IReadOnlyList<RegisterOutput> outputs)
{
    /// <summary>What the value of each output came from last; null until the device gave one.</summary>
    private readonly PointInstance?[] seen = new PointInstance?[outputs.Count];

    public int Count => outputs.Count;

    /// <summary>One sample for each output that was read now; NaN where the device gave a sentinel.</summary>
    public void Collect(RegisterValues raw, List<Sample> samples)
    {
        for (var i = 0; i < seen.Length; i++)
        {
            if (TryTake(outputs[i], ref seen[i], raw, out var sample))
            {
                samples.Add(sample);
            }
        }
    }

    /// <summary>NaN for each output that was read before and is not among the registers read now: they stopped answering.</summary>
    public void CollectLost(RegisterValues raw, List<Sample> samples)
    {
        for (var i = 0; i < seen.Length; i++)
        {
            if (seen[i] is { } lost && !outputs[i].IsRead(raw))
            {
                samples.Add(new Sample(lost, double.NaN));
            }
        }
    }

    private static bool TryTake(RegisterOutput output, ref PointInstance? seen, RegisterValues raw, out Sample sample)
    {
        PointInstance? answered = null;
        foreach (var (point, instance) in output.Alternatives)
        {
            if ((output.Stays && seen is not null && seen != instance) || !raw.TryGet(point.Slot, out var number))
            {
                continue;
            }

            answered ??= instance;
            var value = point.Conversion.Apply(number, Factor(point, raw));
            if (!double.IsNaN(value))
            {
                seen = instance;
                sample = new Sample(instance, value);
                return true;
            }
        }

        sample = answered is null ? default : new Sample(answered, double.NaN);
        return answered is not null;
    }

    private static double Factor(RegisterPoint point, RegisterValues raw) =>
        point.ScaleSlot is null ? 1 : raw.TryGet(point.ScaleSlot, out var number) ? point.ScaleRule!.FactorOf(number) : double.NaN;
}
