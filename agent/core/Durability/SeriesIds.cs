using System.Collections.Concurrent;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Core.Durability;

/// <summary>The journal's dictionary in memory: one number per series, from 1 upward without holes. Safe from any thread.</summary>
internal sealed class SeriesIds
{
    /// <summary>A bound against a peer that invents names without end.</summary>
    public const int Max = 1_000_000;

    private readonly ConcurrentDictionary<Series, int> ids = new();
    private readonly Lock growing = new();
    private volatile Series[] series = new Series[256];

    public int Count { get; private set; }

    public int IdOf(Series wanted)
    {
        if (ids.TryGetValue(wanted, out var id))
        {
            return id;
        }

        lock (growing)
        {
            if (ids.TryGetValue(wanted, out id))
            {
                return id;
            }

            if (Count >= Max)
            {
                throw new JournalException(JournalFault.TooManySeries, $"the journal names {Max} series already; '{wanted}' cannot be added");
            }

            return Add(wanted);
        }
    }

    /// <summary>Takes over what the file says; ids must come in order.</summary>
    public void Load(Series stored)
    {
        lock (growing)
        {
            Add(stored);
        }
    }

    public Series? Find(int id)
    {
        var table = series;
        return id > 0 && id < table.Length ? table[id] : null;
    }

    private int Add(Series added)
    {
        var id = Count + 1;
        if (id >= series.Length)
        {
            var grown = new Series[series.Length * 2];
            series.CopyTo(grown, 0);
            series = grown;
        }

        series[id] = added;
        Count = id;
        ids[added] = id;
        return id;
    }
}
