namespace EdgeDcim.Collector.Diagnostics;

/// <summary>The rate of a counter over the last ten seconds. One thread calls.</summary>
internal sealed class RateMeter
{
    private const int Seconds = 10;
    private readonly Queue<(long Value, long AtMs)> seen = new();

    public double PerSecond(long value, long nowMs)
    {
        seen.Enqueue((value, nowMs));
        while (seen.Count > Seconds + 1)
        {
            seen.Dequeue();
        }

        var (first, sinceMs) = seen.Peek();
        return nowMs > sinceMs ? (value - first) * 1000.0 / (nowMs - sinceMs) : 0;
    }
}
