namespace EdgeDcim.Collector.Anomalies;

internal enum DetectorPhase : byte
{
    /// <summary>An input has not come yet.</summary>
    Waiting,

    /// <summary>It gathers its baseline and raises nothing.</summary>
    Learning,

    Watching,
}

/// <summary>The instant that is judged.</summary>
/// <param name="Training">The data is known to be good: learn from it, judge nothing.</param>
internal readonly record struct Moment(long NowMs, bool Training);

/// <summary>Why a detector raised or cleared.</summary>
internal readonly record struct Finding(string Cause, double Confidence, string Evidence);

/// <summary>
/// One judgement about one subject: an equation, its uncertainty and what it has learnt. A pure piece: it sees its signals and the time,
/// and answers with a score. Raising, clearing, delays and the change that leaves the engine are the same for all and live here.
/// </summary>
internal abstract class Detector
{
    private readonly Hysteresis hysteresis = new();

    /// <param name="limits">When a score raises and when it clears.</param>
    /// <param name="inputs">The signals it hears; it is asked again when one of them has news.</param>
    protected Detector(string name, string subject, HysteresisLimits limits, IReadOnlyList<Signal> inputs)
    {
        (Name, Subject, Limits, Inputs) = (name, subject, limits, inputs);
    }

    public string Name { get; }

    public string Subject { get; }

    public IReadOnlyList<Signal> Inputs { get; }

    /// <summary>When its score raises and clears; delays may follow the rhythm of the data.</summary>
    public HysteresisLimits Limits { get; protected set; }

    public abstract DetectorPhase Phase { get; }

    /// <summary>What it compares with, in one line for people: the learnt values, and from how much data.</summary>
    public abstract string Baseline { get; }

    public bool IsAnomalous => hysteresis.IsRaised;

    /// <summary>The last score; NaN while it cannot judge.</summary>
    public double Score { get; private set; } = double.NaN;

    /// <summary>What it found when it last changed; null before that.</summary>
    public AnomalyChange? LastChange { get; private set; }

    /// <summary>When it wants to be asked although nothing new has come (silence is news too); never, unless it says so.</summary>
    public long DueMs { get; protected set; } = long.MaxValue;

    /// <summary>One of its inputs has news since it was last asked. Kept by the engine.</summary>
    internal bool IsDirty { get; set; }

    /// <summary>Judges the instant. Null unless the state changes: then it says why.</summary>
    public AnomalyChange? Step(in Moment moment)
    {
        Score = Judge(moment);
        if (moment.Training || !hysteresis.Take(moment.NowMs, Score, Limits))
        {
            return null;
        }

        var finding = Explain(moment.NowMs);
        LastChange = new AnomalyChange(
            moment.NowMs, Name, Subject, IsAnomalous ? AnomalyState.Anomalous : AnomalyState.Normal, Score, finding.Cause, finding.Confidence, finding.Evidence);
        return LastChange;
    }

    /// <summary>Forgets everything learnt and any alarm, and begins to learn afresh.</summary>
    public void Reset()
    {
        hysteresis.Clear();
        Score = double.NaN;
        LastChange = null;
        Forget();
    }

    /// <summary>The known-good data has ended: what it showed is the baseline, if it was enough.</summary>
    public virtual void EndTraining()
    {
    }

    /// <summary>It was made once more, with the same inputs, because something around it changed: it stays and takes over what is new there.</summary>
    public virtual void Join(Detector made)
    {
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(Inputs.Count);
        foreach (var input in Inputs)
        {
            writer.Write(input.Series.ToString());
        }

        hysteresis.Save(writer);
        SaveLearnt(writer);
    }

    /// <exception cref="InvalidDataException">It was written for other inputs.</exception>
    public void Load(BinaryReader reader)
    {
        if (reader.ReadInt32() != Inputs.Count || Inputs.Any(input => reader.ReadString() != input.Series.ToString()))
        {
            throw new InvalidDataException($"what {Name} of {Subject} learnt is of other signals");
        }

        hysteresis.Load(reader);
        LoadLearnt(reader);
    }

    /// <summary>
    /// The score: 0 nothing, 1 at the limit. NaN when the inputs do not allow a judgement now: then the state stays as it is, since absent
    /// data neither raises nor clears. Learns from the instant when it is sound and <see cref="IsAnomalous"/> is false. Allocates nothing.
    /// </summary>
    protected abstract double Judge(in Moment moment);

    /// <summary>Asked only when the state changes.</summary>
    protected abstract Finding Explain(long nowMs);

    protected abstract void Forget();

    /// <summary>Writes what was learnt, so that a restart does not learn anew.</summary>
    protected abstract void SaveLearnt(BinaryWriter writer);

    protected abstract void LoadLearnt(BinaryReader reader);
}
