namespace EdgeDcim.Core.Durability;

/// <summary>Offsets of one journal, kept as ascending ranges that do not touch. Not thread-safe.</summary>
public sealed class OffsetSet
{
    /// <summary>Beyond this many ranges the lowest are forgotten: whoever relies on them does a thing twice, and never not at all.</summary>
    public const int MaxRanges = 5_000;

    private readonly List<OffsetRange> ranges = [];

    public IReadOnlyList<OffsetRange> Ranges => ranges;

    public void Add(OffsetRange added)
    {
        var (first, last) = added;
        var start = IndexOf(first - 1);
        var end = start;
        while (end < ranges.Count && ranges[end].First <= last + 1)
        {
            first = Math.Min(first, ranges[end].First);
            last = Math.Max(last, ranges[end].Last);
            end++;
        }

        ranges.RemoveRange(start, end - start);
        ranges.Insert(start, new OffsetRange(first, last));
        if (ranges.Count > MaxRanges)
        {
            ranges.RemoveRange(0, ranges.Count - MaxRanges);
        }
    }

    public bool Contains(long offset)
    {
        var at = IndexOf(offset);
        return at < ranges.Count && ranges[at].First <= offset;
    }

    /// <summary>The parts of a range that are in the set.</summary>
    public IEnumerable<OffsetRange> Within(OffsetRange range)
    {
        for (var at = IndexOf(range.First); at < ranges.Count && ranges[at].First <= range.Last; at++)
        {
            yield return new OffsetRange(Math.Max(range.First, ranges[at].First), Math.Min(range.Last, ranges[at].Last));
        }
    }

    /// <summary>The first run of offsets after <paramref name="after"/>, up to <paramref name="upTo"/>, that the set lacks; null when it has them all.</summary>
    public OffsetRange? LackedAfter(long after, long upTo)
    {
        var first = after + 1;
        var at = IndexOf(first);
        if (at < ranges.Count && ranges[at].First <= first)
        {
            first = ranges[at++].Last + 1;
        }

        var last = at < ranges.Count ? Math.Min(upTo, ranges[at].First - 1) : upTo;
        return first <= last ? new OffsetRange(first, last) : null;
    }

    public void Clear() => ranges.Clear();

    /// <summary>The first range that ends at or after an offset.</summary>
    private int IndexOf(long offset)
    {
        var (low, high) = (0, ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = ranges[middle].Last < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
