namespace EdgeDcim.Core.Telemetry;

/// <summary>Hands out one <see cref="Series"/> object per identity, so that equal series are the same reference. Safe from any thread.</summary>
public sealed class SeriesTable
{
    // Asked mostly when a series is new, so a lock is no burden; a set takes half the memory of a concurrent dictionary.
    private readonly HashSet<Series> known = [];
    private readonly Lock guard = new();

    public int Count
    {
        get
        {
            lock (guard)
            {
                return known.Count;
            }
        }
    }

    public Series Intern(Series series)
    {
        lock (guard)
        {
            if (known.TryGetValue(series, out var same))
            {
                return same;
            }

            known.Add(series);
            return series;
        }
    }

    public Series Intern(string device, string metric, string? part = null) => Intern(new Series(device, metric, part));
}
