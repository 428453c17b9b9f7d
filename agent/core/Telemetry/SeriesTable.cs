using System.Collections.Concurrent;

namespace EdgeDcim.Core.Telemetry;

/// <summary>Hands out one <see cref="Series"/> object per identity, so that equal series are the same reference. Safe from any thread.</summary>
public sealed class SeriesTable
{
    private readonly ConcurrentDictionary<Series, Series> known = new();

    public int Count => known.Count;

    public Series Intern(Series series) => known.GetOrAdd(series, series);

    public Series Intern(string device, string metric, string? part = null) => Intern(new Series(device, metric, part));
}
