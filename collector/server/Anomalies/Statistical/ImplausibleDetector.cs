using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>
/// A sensor says what cannot be: three of its readings in a row were outside the plausible range of its metric or none at all, while others of
/// its device answered. One corrupt sample is noise of the line and is counted elsewhere.
/// </summary>
internal sealed class ImplausibleDetector(string subject, IReadOnlyList<Signal> signals) : Detector("out_of_range", subject, HysteresisLimits.Default, signals)
{
    private const int InARow = 3;

    private readonly int[] wrong = new int[signals.Count];
    private readonly long[] seenMs = new long[signals.Count];
    private int worst;

    public override DetectorPhase Phase => Inputs.Any(signal => signal.Count > 0) ? DetectorPhase.Watching : DetectorPhase.Waiting;

    public override string Baseline => "the plausible range of each metric in the vocabulary";

    protected override double Judge(in Moment moment)
    {
        var (most, answered) = (0, false);
        for (var i = 0; i < wrong.Length; i++)
        {
            var signal = Inputs[i];
            if (signal.NewestMs != seenMs[i])
            {
                seenMs[i] = signal.NewestMs;
                wrong[i] = signal.AtMs == signal.NewestMs ? 0 : signal.Quality == Quality.Suspect || signal.Count > 0 ? wrong[i] + 1 : 0;
            }

            answered |= signal.AtMs == signal.NewestMs && signal.AtMs > 0;
            if (wrong[i] > most)
            {
                (most, worst) = (wrong[i], i);
            }
        }

        // A device that says nothing usable at all has lost its line; that is told elsewhere, and tells nothing of a sensor.
        return answered || most == 0 ? (double)most / InARow : double.NaN;
    }

    protected override Finding Explain(long nowMs)
    {
        var signal = Inputs[worst];
        var unit = Spell.Unit(signal.Metric?.Unit);
        return !IsAnomalous
            ? new Finding("sensor fault", 0.8, $"every sensor of {Subject} says what can be again")
            : new Finding(
                "sensor fault", 0.8,
                signal.Quality == Quality.Suspect
                    ? $"{signal.Series.MetricPath} reads {Spell.Number(signal.Raw)}{unit}, which cannot be (plausible is {Spell.Number(signal.Metric?.Min ?? double.NaN)} to {Spell.Number(signal.Metric?.Max ?? double.NaN)}{unit}), {wrong[worst]} readings in a row; the last sound one was {Spell.Number(signal.Value)}{unit} at {Spell.At(signal.AtMs)}"
                    : $"{signal.Series.MetricPath} gave no value {wrong[worst]} times in a row while the rest of {Subject} answered; the last one was {Spell.Number(signal.Value)}{unit} at {Spell.At(signal.AtMs)}");
    }

    protected override void Forget()
    {
        Array.Clear(wrong);
        Array.Clear(seenMs);
    }

    protected override void SaveLearnt(BinaryWriter writer) => writer.Write(0);

    protected override void LoadLearnt(BinaryReader reader) => reader.ReadInt32();
}
