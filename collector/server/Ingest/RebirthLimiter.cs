namespace EdgeDcim.Collector.Ingest;

/// <summary>Decides when an edge node may be asked for its births again: at once, then with pauses that double, so that a faulty node is not hammered.</summary>
internal sealed class RebirthLimiter
{
    private static readonly long ShortestPauseMs = 2_000;
    private static readonly long LongestPauseMs = 60_000;
    private long pauseMs = ShortestPauseMs;
    private long? lastMs;

    public bool MayAsk(long nowMs)
    {
        if (lastMs is { } last)
        {
            // A clock that was set back must not silence the requests.
            var since = nowMs < last ? long.MaxValue : nowMs - last;
            if (since < pauseMs)
            {
                return false;
            }

            pauseMs = since > 2 * LongestPauseMs ? ShortestPauseMs : Math.Min(pauseMs * 2, LongestPauseMs);
        }

        lastMs = nowMs;
        return true;
    }
}
