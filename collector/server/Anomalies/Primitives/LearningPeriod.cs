namespace EdgeDcim.Collector.Anomalies;

/// <summary>How much known-good data makes a baseline: a number of samples, and a span of time so that a whole day or week is seen.</summary>
/// <param name="Samples">At least this many.</param>
/// <param name="SpanMs">From the first to the last at least so long; of data that somebody vouches for, fewer will do.</param>
internal readonly record struct LearningNeed(int Samples, long SpanMs);

/// <summary>Says when a baseline is complete. Live data is taken as good while nothing is raised; a person may reset it.</summary>
internal sealed class LearningPeriod(LearningNeed need)
{
    private long samples;
    private long firstMs;
    private long lastMs;

    public bool IsComplete { get; private set; }

    public long Samples => samples;

    public long SpanMs => lastMs - firstMs;

    /// <summary>Counts one sample; true when it makes the baseline complete.</summary>
    public bool Take(long atMs, bool training)
    {
        firstMs = samples == 0 ? atMs : firstMs;
        lastMs = atMs;
        samples++;
        if (IsComplete || training || samples < need.Samples || SpanMs < need.SpanMs)
        {
            return false;
        }

        IsComplete = true;
        return true;
    }

    /// <summary>Known-good data has ended: true when it was enough for a baseline that was not complete yet.</summary>
    /// <param name="enough">So many samples are enough when somebody vouches for them.</param>
    public bool EndTraining(int enough)
    {
        if (IsComplete || samples < enough)
        {
            return false;
        }

        IsComplete = true;
        return true;
    }

    public void Clear() => (samples, firstMs, lastMs, IsComplete) = (0, 0, 0, false);

    public void Save(BinaryWriter writer)
    {
        writer.Write(samples);
        writer.Write(firstMs);
        writer.Write(lastMs);
        writer.Write(IsComplete);
    }

    public void Load(BinaryReader reader) =>
        (samples, firstMs, lastMs, IsComplete) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadBoolean());

    public override string ToString() => $"{samples} samples over {Spell.Span(SpanMs)}";
}
