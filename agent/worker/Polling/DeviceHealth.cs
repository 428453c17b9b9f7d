using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Polling;

/// <summary>
/// What the polls of one device say about it. A device that gives nothing is asked less and less (doubling from the poll's own period to a cap),
/// so that it costs its neighbours on the line a time-out a minute and not one a poll.
/// </summary>
internal sealed class DeviceHealth
{
    /// <summary>Failures in a row, none of them with a single value, after which a device is offline.</summary>
    public const int OfflineAfter = 3;

    /// <summary>The longest pause between two probes of a silent device.</summary>
    public static readonly TimeSpan MaxProbeInterval = TimeSpan.FromSeconds(60);

    /// <summary>The same where the path itself is missing (an adapter unplugged, a gateway down): asking costs no neighbour, and the return is seen soon.</summary>
    public static readonly TimeSpan MaxPathInterval = TimeSpan.FromSeconds(15);

    private int failingGroups;
    private int failuresInARow;
    private long probeAtMs = long.MinValue;
    private bool faulted;

    public DeviceState State { get; private set; }

    /// <summary>Why it is not online; null when it is.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether a poll may go out now; false while the device is silent and its next probe is not due.</summary>
    public bool MayPoll(long monotonicMs) => failuresInARow == 0 || monotonicMs >= probeAtMs;

    public void Succeeded(PollGroup group)
    {
        failuresInARow = 0;
        faulted = false;
        failingGroups &= ~(1 << (int)group);
        Judge(null);
    }

    /// <summary>The poll gave some of its points and a fault.</summary>
    public void GavePart(PollGroup group, string reason)
    {
        failuresInARow = 0;
        faulted = false;
        failingGroups |= 1 << (int)group;
        Judge(reason);
    }

    /// <summary>The path to the device is missing.</summary>
    public void Unreachable(PollGroup group, string reason, TimeSpan period, long monotonicMs) =>
        Failed(group, reason, period, monotonicMs, MaxPathInterval);

    /// <summary>The poll gave nothing.</summary>
    public void Failed(PollGroup group, string reason, TimeSpan period, long monotonicMs, bool isBug = false) =>
        Failed(group, reason, period, monotonicMs, MaxProbeInterval, isBug);

    private void Failed(PollGroup group, string reason, TimeSpan period, long monotonicMs, TimeSpan most, bool isBug = false)
    {
        failuresInARow++;
        faulted = isBug;
        failingGroups |= 1 << (int)group;
        var pause = Math.Min(most.TotalMilliseconds, period.TotalMilliseconds * Math.Pow(2, Math.Min(failuresInARow - 1, 16)));

        // Half a period of grace: the poll on whose slot the probe falls must not miss it by a hair.
        probeAtMs = monotonicMs + (long)(pause - Math.Min(pause, period.TotalMilliseconds) / 2);
        Judge(reason);
    }

    private void Judge(string? reason)
    {
        State = faulted ? DeviceState.Faulted
            : failuresInARow >= OfflineAfter ? DeviceState.Offline
            : failingGroups != 0 ? DeviceState.Degraded
            : DeviceState.Online;
        Reason = State == DeviceState.Online ? null : reason ?? Reason;
    }
}
