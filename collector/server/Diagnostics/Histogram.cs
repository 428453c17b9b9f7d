namespace EdgeDcim.Collector.Diagnostics;

/// <summary>How durations in seconds spread over buckets; a bucket counts what is no longer than its bound. Safe from any thread.</summary>
internal sealed class Histogram
{
    private readonly long[] counts = new long[Bounds.Count + 1];
    private double sum;

    /// <summary>Upper bounds in seconds, ascending; what is longer than the last is counted beyond it.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 5, 10, 30, 60, 300];

    public double Sum => Volatile.Read(ref sum);

    public long Count => Cumulative(Bounds.Count);

    /// <param name="times">How many durations are as long as this one.</param>
    public void Observe(double seconds, int times = 1)
    {
        var bucket = 0;
        while (bucket < Bounds.Count && seconds > Bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Add(ref counts[bucket], times);
        double before;
        do
        {
            before = Volatile.Read(ref sum);
        }
        while (Interlocked.CompareExchange(ref sum, before + (seconds * times), before) != before);
    }

    /// <summary>How many were no longer than the bound of this index; the index behind the last counts all.</summary>
    public long Cumulative(int bound)
    {
        var total = 0L;
        for (var i = 0; i <= bound; i++)
        {
            total += Interlocked.Read(ref counts[i]);
        }

        return total;
    }
}
