using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Agent.Publishing;

/// <summary>
/// Follows the STATE of the hosts. A state that is older than the newest one seen of its host is the late will of an earlier connection and
/// does not count (Sparkplug 3.0, 5.4).
/// </summary>
internal sealed class HostWatch(IReadOnlyList<string> hosts)
{
    private readonly Dictionary<string, HostState> newest = new(StringComparer.Ordinal);

    /// <summary>Those that are there, in the order of the configuration.</summary>
    public IReadOnlyList<string> Online { get; private set; } = [];

    /// <summary>A host that is not waited for is none.</summary>
    public void Accept(string host, HostState state)
    {
        if (!hosts.Contains(host) || (newest.TryGetValue(host, out var before) && state.TimestampMs < before.TimestampMs))
        {
            return;
        }

        newest[host] = state;
        Online = [.. hosts.Where(each => newest.TryGetValue(each, out var said) && said.Online)];
    }
}
