namespace EdgeDcim.Core.Sparkplug;

/// <summary>
/// The numbers of one MQTT session of an edge node. <see cref="BdSeq"/> ties the birth to the will of the same connection; the sequence
/// starts at 0 with each NBIRTH and goes up by one with every birth, data and device death, 255 followed by 0. Not thread-safe.
/// </summary>
public sealed class EdgeSession(int bdSeq)
{
    private int next;

    /// <summary>0 to 255.</summary>
    public int BdSeq { get; } = bdSeq is >= 0 and <= 255 ? bdSeq : throw new ArgumentOutOfRangeException(nameof(bdSeq));

    /// <summary>The number that the connection after <paramref name="previous"/> carries; pass null when none is known.</summary>
    public static int NextBdSeq(int? previous) => previous is null ? 0 : (previous.Value + 1) & 0xFF;

    /// <summary>The sequence number of an NBIRTH: always 0.</summary>
    public int StartBirth()
    {
        next = 1;
        return 0;
    }

    public int NextSeq()
    {
        var seq = next;
        next = (next + 1) & 0xFF;
        return seq;
    }
}
