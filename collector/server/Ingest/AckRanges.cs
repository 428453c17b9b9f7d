using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Collector.Ingest;

/// <summary>Offsets of one agent that are journaled and not yet acknowledged, as ranges.</summary>
internal sealed class AckRanges
{
    private readonly List<(long First, long Last)> ranges = [];
    private Guid stream;

    public bool Any => ranges.Count > 0;

    public void Add(Guid of, long offset)
    {
        if (of != stream)
        {
            stream = of;
            ranges.Clear();
        }

        // Live and backfilled offsets come interleaved, each ascending: one of the last ranges nearly always grows.
        for (var i = ranges.Count - 1; i >= 0 && i >= ranges.Count - 4; i--)
        {
            if (ranges[i].Last == offset - 1)
            {
                ranges[i] = (ranges[i].First, offset);
                return;
            }
        }

        ranges.Add((offset, offset));
    }

    /// <summary>What to send; empty afterwards.</summary>
    public IEnumerable<Acknowledgement> Take()
    {
        foreach (var part in ranges.Chunk(Acknowledgement.MaxRanges / 10))
        {
            yield return new Acknowledgement(stream, [.. part.Select(range => new OffsetRange(range.First, range.Last))]);
        }

        ranges.Clear();
    }
}
