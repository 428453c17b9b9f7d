using EdgeDcim.Core.Durability;

namespace EdgeDcim.Collector.Storage;

/// <summary>Knows how far every sink has come, and lets the journal forget what all of them have. Safe from any thread.</summary>
internal sealed class SinkProgress(Journal journal)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> cursors = new(StringComparer.Ordinal);
    private Guid stream = journal.StreamId;
    private long forgotten;

    /// <summary>Names a sink before anything runs: what it has not taken is kept for it.</summary>
    public void Register(string sink, long position)
    {
        lock (gate)
        {
            cursors[sink] = position;
        }
    }

    public void Advance(string sink, Guid of, long position)
    {
        long all;
        lock (gate)
        {
            if (of != stream)
            {
                // The journal was replaced: everybody begins again at its start.
                stream = of;
                forgotten = 0;
                foreach (var name in cursors.Keys.ToList())
                {
                    cursors[name] = 0;
                }
            }

            cursors[sink] = position;
            all = cursors.Values.Min();
            if (all <= forgotten)
            {
                return;
            }
        }

        journal.Forget(1, all);
        lock (gate)
        {
            forgotten = Math.Max(forgotten, all);
        }
    }
}
