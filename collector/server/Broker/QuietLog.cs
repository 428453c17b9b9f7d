namespace EdgeDcim.Collector.Broker;

/// <summary>Lets one line a minute through and counts the others, so that strangers cannot fill the log.</summary>
internal sealed class QuietLog(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private long? spokeAt;
    private long unsaid;

    /// <param name="silent">How many were not said since the last one that was.</param>
    public bool MaySpeak(out long silent)
    {
        lock (gate)
        {
            silent = unsaid;
            if (spokeAt is { } before && time.GetElapsedTime(before) < Pause)
            {
                unsaid++;
                return false;
            }

            (unsaid, spokeAt) = (0, time.GetTimestamp());
            return true;
        }
    }
}
