using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Facility;

/// <summary>The live state of one series: the newest readings and the rhythm they come in. Written by one thread.</summary>
internal sealed class SeriesSlot(Series series, DeviceSlot device)
{
    /// <summary>An outage must not be taken for a new rhythm at once: one distance counts at most this many times the expected.</summary>
    private const int MaxStretch = 4;

    private long atMs;
    private double value = double.NaN;
    private Quality quality;
    private long usableAtMs;
    private double usableValue = double.NaN;
    private Quality usableQuality;
    private int intervalMs;

    public Series Series { get; } = series;

    public DeviceSlot Device { get; } = device;

    public Metric? Metric { get; } = Vocabulary.Default.Find(series.Metric);

    /// <summary>What its readings do in the energy ledger; null for most.</summary>
    public LedgerRoute[]? LedgerRoutes { get; set; }

    /// <summary>The alarm rules that watch it; null until it was asked for.</summary>
    public BoundWatches? Watches { get; set; }

    /// <summary>It took a reading since the alarms last looked.</summary>
    public bool IsNews { get; set; }

    /// <summary>Second reference to the same identity that was seen; see <see cref="FacilityState"/>.</summary>
    public int Aliases { get; set; }

    public long AtMs => atMs;

    public double Value => value;

    public Quality Quality => quality;

    /// <summary>Takes a reading that is newer than the last; false for one that is older and changes nothing. What was stamped after <paramref name="clockMs"/> is replaced by any.</summary>
    public bool Take(in Reading reading, long clockMs)
    {
        if ((reading.AtMs < atMs && atMs <= clockMs) || (reading.AtMs == atMs && reading.Quality <= quality))
        {
            return false;
        }

        if (atMs > 0 && reading.AtMs > atMs)
        {
            Learn(reading.AtMs - atMs);
        }

        atMs = reading.AtMs;
        value = reading.Value;
        quality = reading.Quality;
        if (quality is Quality.Good or Quality.Estimated && double.IsFinite(value))
        {
            usableAtMs = atMs;
            usableValue = value;
            usableQuality = quality;
        }

        return true;
    }

    public SeriesSample Sample() => new(Series, atMs, value, quality, usableAtMs, usableValue, usableQuality, intervalMs, Device.Lost);

    private void Learn(long distanceMs)
    {
        if (intervalMs == 0)
        {
            intervalMs = (int)Math.Min(distanceMs, int.MaxValue);
            return;
        }

        var taken = Math.Min(distanceMs, (long)intervalMs * MaxStretch);
        intervalMs = (int)Math.Clamp(intervalMs + ((taken - intervalMs) / 4), 1, int.MaxValue);
    }
}
