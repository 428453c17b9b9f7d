namespace EdgeDcim.Collector.Alarms;

/// <summary>
/// Tells a flood: it begins with more than ten annunciated alarms in ten minutes and ends below five (ISA-18.2, 16.5.3). Also numbers the alarms of
/// a cascade, so that the first of it is known.
/// </summary>
internal sealed class Flood
{
    public const int Begins = 10;
    public const int Ends = 5;
    public const long WindowMs = 10 * 60_000;

    /// <summary>Alarms further apart than this are no cascade.</summary>
    private const long CascadeGapMs = 30_000;

    private readonly Queue<long> recent = new();
    private long lastMs;
    private long cascadeMs;
    private int order;

    /// <summary>When the flood began; 0 while there is none.</summary>
    public long SinceMs { get; private set; }

    /// <summary>Alarms of the last ten minutes.</summary>
    public int Recent => recent.Count;

    /// <summary>Its place in the cascade.</summary>
    public (long CascadeMs, int Order) Place(long atMs)
    {
        if (order == 0 || atMs - lastMs > CascadeGapMs)
        {
            (cascadeMs, order) = (atMs, 0);
        }

        lastMs = atMs;
        return (cascadeMs, ++order);
    }

    public void Annunciated(long atMs) => recent.Enqueue(atMs);

    public void Tick(long nowMs)
    {
        while (recent.TryPeek(out var oldest) && oldest <= nowMs - WindowMs)
        {
            recent.Dequeue();
        }

        if (SinceMs == 0 && recent.Count > Begins)
        {
            SinceMs = nowMs;
        }
        else if (SinceMs > 0 && recent.Count < Ends)
        {
            SinceMs = 0;
        }
    }
}
