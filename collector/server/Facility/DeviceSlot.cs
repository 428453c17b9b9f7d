using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Facility;

/// <summary>The live state of one device: what it said of itself, whether it lives, its series. Written by one thread.</summary>
internal sealed class DeviceSlot(string id)
{
    private readonly List<SeriesSlot> series = [];
    private SeriesSample[] samples = [];
    private IReadOnlyList<SeriesSample> vitals = [];
    private IReadOnlyList<int>? chosen;
    private DeviceInfo? info;
    private bool changed = true;

    public string Id { get; } = id;

    public DeviceInfo? Info
    {
        get => info;
        set => (info, chosen, changed) = (value, null, true);
    }

    public IReadOnlyList<SeriesSlot> Series => series;

    /// <summary>Died, or its agent went: nothing of it is live until it speaks again.</summary>
    public bool Lost { get; private set; }

    /// <summary>Its agent said it does not answer (and not merely the agent went away).</summary>
    public bool Died { get; private set; }

    public long LastAnswerMs { get; set; }

    public void Lose(bool died)
    {
        Lost = true;
        Died |= died;
        changed = true;
    }

    public void Revive()
    {
        Lost = false;
        Died = false;
        changed = true;
    }

    public void Changed() => changed = true;

    public void Add(SeriesSlot slot)
    {
        series.Add(slot);
        (chosen, changed) = (null, true);
    }

    /// <summary>The samples of all series, and the few to show first; the same lists as last time when nothing came since.</summary>
    public (SeriesSample[] Samples, IReadOnlyList<SeriesSample> Vitals) Samples()
    {
        if (changed)
        {
            samples = new SeriesSample[series.Count];
            for (var i = 0; i < samples.Length; i++)
            {
                samples[i] = series[i].Sample();
            }

            chosen ??= Facility.Vitals.Choose(info?.Kind, [.. series.Select(slot => slot.Series)]);
            vitals = [.. chosen.Select(index => samples[index])];
            changed = false;
        }

        return (samples, vitals);
    }
}
