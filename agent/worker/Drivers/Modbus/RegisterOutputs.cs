using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>What one poll group of a unit gives: each output is one series, with one point or the alternatives of a choice.</summary>
internal sealed class RegisterOutputs
{
    private readonly List<Output> outputs = [];

    public RegisterOutputs(IEnumerable<RegisterPoint> points)
    {
        var choices = new Dictionary<(int Choice, string? Part), Output>();
        foreach (var point in points)
        {
            var alternative = new Alternative(point, new PointInstance(point, point.Part, point.Slot.Source));
            if (point.Choice is not { } choice)
            {
                outputs.Add(new Output([alternative]));
            }
            else if (choices.TryGetValue((choice.Id, point.Part), out var known))
            {
                known.Alternatives.Add(alternative);
            }
            else
            {
                outputs.Add(choices[(choice.Id, point.Part)] = new Output([alternative]));
            }
        }
    }

    public int Count => outputs.Count;

    /// <summary>One sample for each output that was read now; NaN where the device gave a sentinel.</summary>
    public void Collect(Dictionary<RegisterSlot, double> raw, List<Sample> samples)
    {
        foreach (var output in outputs)
        {
            if (output.TryTake(raw, out var sample))
            {
                samples.Add(sample);
            }
        }
    }

    /// <summary>NaN for each output that was read before and is not among the registers read now: they stopped answering.</summary>
    public void CollectLost(Dictionary<RegisterSlot, double> raw, List<Sample> samples)
    {
        foreach (var output in outputs)
        {
            if (output.Seen is { } seen && !output.Alternatives.Exists(alternative => raw.ContainsKey(alternative.Point.Slot)))
            {
                samples.Add(new Sample(seen, double.NaN));
            }
        }
    }

    private static double Factor(RegisterPoint point, Dictionary<RegisterSlot, double> raw) =>
        point.ScaleSlot is null ? 1 : raw.TryGetValue(point.ScaleSlot, out var number) ? point.ScaleRule!.FactorOf(number) : double.NaN;

    private sealed record Alternative(RegisterPoint Point, PointInstance Instance);

    private sealed class Output(List<Alternative> alternatives)
    {
        private readonly bool stays = alternatives[0].Point.Choice is { Kind: ChoiceKind.FirstOf };

        public List<Alternative> Alternatives => alternatives;

        /// <summary>What the value came from last; null until the device gave one.</summary>
        public PointInstance? Seen { get; private set; }

        public bool TryTake(Dictionary<RegisterSlot, double> raw, out Sample sample)
        {
            PointInstance? answered = null;
            foreach (var (point, instance) in alternatives)
            {
                if ((stays && Seen is not null && Seen != instance) || !raw.TryGetValue(point.Slot, out var number))
                {
                    continue;
                }

                answered ??= instance;
                var value = point.Conversion.Apply(number, Factor(point, raw));
                if (!double.IsNaN(value))
                {
                    Seen = instance;
                    sample = new Sample(instance, value);
                    return true;
                }
            }

            sample = answered is null ? default : new Sample(answered, double.NaN);
            return answered is not null;
        }
    }
}
