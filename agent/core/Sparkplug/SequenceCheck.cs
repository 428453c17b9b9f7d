namespace EdgeDcim.Core.Sparkplug;

/// <summary>A host's view of one edge node's sequence: tells whether a message is missing. Not thread-safe.</summary>
public sealed class SequenceCheck
{
    private int expected = PayloadReader.NoSeq;

    /// <summary>False before the first birth and after a gap, until the next NBIRTH.</summary>
    public bool InOrder => expected != PayloadReader.NoSeq;

    /// <summary>An NBIRTH starts the count anew. False when its number is not 0, which the specification forbids.</summary>
    public bool Birth(int seq)
    {
        expected = seq == 0 ? 1 : PayloadReader.NoSeq;
        return InOrder;
    }

    /// <summary>Any later message. False when one before it is missing, or when no birth has been seen.</summary>
    public bool Accept(int seq)
    {
        var fits = InOrder && seq == expected;
        expected = fits ? (seq + 1) & 0xFF : PayloadReader.NoSeq;
        return fits;
    }

    public void Reset() => expected = PayloadReader.NoSeq;
}
