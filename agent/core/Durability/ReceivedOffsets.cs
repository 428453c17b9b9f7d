namespace EdgeDcim.Core.Durability;

/// <summary>Remembers as ranges which offsets of other journals were taken in, so that a repeat is known as one.</summary>
internal sealed class ReceivedOffsets(Func<string, Statement> prepare)
{
    /// <summary>Ranges merge as gaps close; beyond this many the lowest go, and a very late repeat would be stored twice.</summary>
    private const long MaxRanges = 100_000;

    private readonly Statement before = prepare("SELECT first, last FROM received WHERE stream = $1 AND first <= $2 ORDER BY first DESC LIMIT 1");
    private readonly Statement after = prepare("SELECT last FROM received WHERE stream = $1 AND first = $2");
    private readonly Statement add = prepare("INSERT INTO received VALUES($1, $2, $3)");
    private readonly Statement grow = prepare("UPDATE received SET last = $3 WHERE stream = $1 AND first = $2");
    private readonly Statement remove = prepare("DELETE FROM received WHERE stream = $1 AND first = $2");
    private readonly Statement count = prepare("SELECT count(*) FROM received");
    private readonly Statement trim = prepare("DELETE FROM received WHERE (stream, first) IN (SELECT stream, first FROM received ORDER BY last LIMIT $1)");
    private int addedSinceCount;

    /// <summary>False when the offset is in a range already.</summary>
    public bool Mark(Guid stream, long offset)
    {
        var key = stream.ToByteArray();
        long? growing = null;
        using (var row = before.Query(key, offset))
        {
            if (row.Read())
            {
                var last = row.GetInt64(1);
                if (last >= offset)
                {
                    return false;
                }

                growing = last == offset - 1 ? row.GetInt64(0) : null;
            }
        }

        var end = offset;
        if (after.Scalar(key, offset + 1) is long next)
        {
            remove.Run(key, offset + 1);
            end = next;
        }

        if (growing is { } first)
        {
            grow.Run(key, first, end);
        }
        else
        {
            add.Run(key, offset, end);
            Trim();
        }

        return true;
    }

    private void Trim()
    {
        if (++addedSinceCount < 1_000)
        {
            return;
        }

        addedSinceCount = 0;
        var excess = (long)count.Scalar()! - MaxRanges;
        if (excess > 0)
        {
            trim.Run(excess);
        }
    }
}
