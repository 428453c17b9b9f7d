using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Ingest;

/// <summary>Readings on their way into the journal: as readings for the facility and with the journal's series numbers beside them. Used again and again.</summary>
internal sealed class PendingReadings
{
    /// <summary>An agent's batch has at most 2 000 readings; ten times that without a marker is an agent gone wrong.</summary>
    public const int MaxReadings = 20_000;

    private Reading[] readings = new Reading[256];
    private int[] ids = new int[256];

    public int Count { get; private set; }

    public ReadOnlySpan<Reading> Readings => readings.AsSpan(0, Count);

    public ReadOnlySpan<int> SeriesIds => ids.AsSpan(0, Count);

    /// <summary>False when there is no room for more.</summary>
    public bool Add(int seriesId, in Reading reading)
    {
        if (Count == readings.Length)
        {
            if (Count >= MaxReadings)
            {
                return false;
            }

            Array.Resize(ref readings, Math.Min(Count * 2, MaxReadings));
            Array.Resize(ref ids, readings.Length);
        }

        readings[Count] = reading;
        ids[Count++] = seriesId;
        return true;
    }

    /// <summary>Drops what a message added before it turned out to be malformed.</summary>
    public void Truncate(int count) => Count = count;

    public void Clear() => Count = 0;
}
