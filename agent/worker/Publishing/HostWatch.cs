using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Agent.Publishing;

/// <summary>
/// Follows the STATE of the primary host. A state that is older than the newest one seen is the late will of an earlier connection and
/// does not count (Sparkplug 3.0, 5.4).
/// </summary>
internal sealed class HostWatch
{
    private long newestMs = -1;

    public bool IsOnline { get; private set; }

    public void Accept(HostState state)
    {
        if (state.TimestampMs < newestMs)
        {
            return;
        }

        newestMs = state.TimestampMs;
        IsOnline = state.Online;
    }
}
