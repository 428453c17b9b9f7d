namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>
/// The common frame of judgements about the instruments of one device: every signal is judged by itself, whenever it has news, and the worst
/// one speaks for the device, so that a frozen gateway is one anomaly and not forty.
/// </summary>
internal abstract class InstrumentDetector(string name, string subject, HysteresisLimits limits, IReadOnlyList<Signal> signals)
    : Detector(name, subject, limits, signals)
{
    private readonly long[] seen = new long[signals.Count];
    private readonly double[] scores = new double[signals.Count];
    private bool learnt;

    public override DetectorPhase Phase => learnt ? DetectorPhase.Watching : Inputs.Any(signal => signal.Count > 0) ? DetectorPhase.Learning : DetectorPhase.Waiting;

    /// <summary>The index of the signal with the highest score.</summary>
    protected int Worst { get; private set; }

    protected Signal WorstSignal => Inputs[Worst];

    protected override double Judge(in Moment moment)
    {
        var (highest, judged) = (double.NaN, false);
        for (var i = 0; i < scores.Length; i++)
        {
            var signal = Inputs[i];
            if (signal.Count != seen[i])
            {
                seen[i] = signal.Count;
                scores[i] = Take(i, signal, moment);
            }

            judged |= !double.IsNaN(scores[i]);
            if (scores[i] > highest || (double.IsNaN(highest) && !double.IsNaN(scores[i])))
            {
                highest = scores[i];
                Worst = i;
            }
        }

        learnt |= judged;
        return moment.Training ? double.NaN : highest;
    }

    protected override void Forget()
    {
        Array.Fill(scores, double.NaN);
        Array.Clear(seen);
        learnt = false;
        for (var i = 0; i < scores.Length; i++)
        {
            Forget(i);
        }
    }

    protected override void SaveLearnt(BinaryWriter writer)
    {
        writer.Write(learnt);
        for (var i = 0; i < scores.Length; i++)
        {
            writer.Write(scores[i]);
            Save(i, writer);
        }
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
        learnt = reader.ReadBoolean();
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = reader.ReadDouble();
            Load(i, reader);
        }
    }

    /// <summary>A new usable value of one signal: its score, or NaN while it is not learnt.</summary>
    protected abstract double Take(int index, Signal signal, in Moment moment);

    protected abstract void Forget(int index);

    protected abstract void Save(int index, BinaryWriter writer);

    protected abstract void Load(int index, BinaryReader reader);
}
