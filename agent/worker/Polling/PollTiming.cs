using System.Text;

namespace EdgeDcim.Agent.Polling;

/// <summary>
/// When polls are due. Slots lie on the wall clock (every 5 s means :00, :05, …), so that meters far apart are sampled at the same instants;
/// a stable offset a device, inside a window, keeps them from asking in one burst.
/// </summary>
internal static class PollTiming
{
    /// <summary>Milliseconds from <paramref name="wallMs"/> to the next slot, 1 to <paramref name="periodMs"/>.</summary>
    public static long UntilNextMs(long wallMs, long periodMs, long offsetMs)
    {
        var into = (wallMs - offsetMs) % periodMs;
        return periodMs - (into < 0 ? into + periodMs : into);
    }

    /// <summary>The same device has the same offset on every start and on every machine: 0 to <paramref name="windowMs"/>, exclusive.</summary>
    public static long OffsetMs(string device, long windowMs)
    {
        // FNV-1a, 32 bit: string.GetHashCode differs from process to process.
        var hash = 2166136261u;
        foreach (var letter in Encoding.UTF8.GetBytes(device))
        {
            hash = (hash ^ letter) * 16777619u;
        }

        return windowMs <= 0 ? 0 : hash % windowMs;
    }
}
