namespace EdgeDcim.Core.Supervision;

/// <summary>Ends a process that a stuck stage keeps from ending by itself.</summary>
public static class HardEnd
{
    /// <summary>Enough to journal what is queued and to say goodbye, where that still works.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Exit code 1 when the process is still there then. There is no way back.</summary>
    public static void After(TimeSpan patience, TimeProvider time) =>
        kept = time.CreateTimer(static _ => Environment.Exit(1), null, patience, Timeout.InfiniteTimeSpan);

    private static ITimer? kept;
}
