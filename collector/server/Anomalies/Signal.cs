using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies;

/// <summary>One series as detectors see it: the newest usable value, when it was sampled, and the rhythm that it comes in.</summary>
internal sealed class Signal(Series series)
{
    /// <summary>An outage must not be taken for a new rhythm at once: one distance counts at most this many times the expected.</summary>
    private const int MaxStretch = 4;

    /// <summary>A value this many intervals old is not the present any more.</summary>
    private const int StaleIntervals = 3;

    private const int MinStaleMs = 10_000;

    public Series Series { get; } = series;

    public Metric? Metric { get; } = Vocabulary.Default.Find(series.Metric);

    /// <summary>Sample time of the newest usable value; 0 before the first.</summary>
    public long AtMs { get; private set; }

    /// <summary>The newest usable value, in the metric's unit; NaN before the first.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>Time of the newest reading of any quality.</summary>
    public long NewestMs { get; private set; }

    /// <summary>The newest reading as it came, whatever its quality.</summary>
    public double Raw { get; private set; } = double.NaN;

    public Quality Quality { get; private set; }

    /// <summary>Usable values so far; a detector that keeps the number knows whether there is a new one.</summary>
    public long Count { get; private set; }

    /// <summary>Expected distance of two readings, learnt; 0 while unknown.</summary>
    public int IntervalMs { get; private set; }

    /// <summary>Readings that were older than the newest, or a repetition of it, and were left out.</summary>
    public long Late { get; private set; }

    internal List<Detector> Listeners { get; } = [];

    /// <summary>The age from which the value is not live any more.</summary>
    public long StaleAfterMs => Math.Max(MinStaleMs, (long)StaleIntervals * (IntervalMs > 0 ? IntervalMs : 60_000));

    /// <summary>There is a usable value, it is the newest reading, and it is not stale.</summary>
    public bool IsLive(long nowMs) => AtMs > 0 && AtMs == NewestMs && nowMs - AtMs <= StaleAfterMs;

    /// <summary>Takes a reading; false for a repetition or one that is older than the newest.</summary>
    public bool Take(in Reading reading)
    {
        if (reading.AtMs <= NewestMs)
        {
            Late++;
            return false;
        }

        if (NewestMs > 0)
        {
            Learn(reading.AtMs - NewestMs);
        }

        (NewestMs, Raw, Quality) = (reading.AtMs, reading.Value, reading.Quality);
        if (reading.Quality is Quality.Good or Quality.Estimated && double.IsFinite(reading.Value))
        {
            (AtMs, Value) = (reading.AtMs, reading.Value);
            Count++;
        }

        return true;
    }

    public override string ToString() => Series.ToString();

    private void Learn(long distanceMs)
    {
        if (IntervalMs == 0)
        {
            IntervalMs = (int)Math.Min(distanceMs, int.MaxValue);
            return;
        }

        var taken = Math.Min(distanceMs, (long)IntervalMs * MaxStretch);
        IntervalMs = (int)Math.Clamp(IntervalMs + ((taken - IntervalMs) / 4), 1, int.MaxValue);
    }
}
