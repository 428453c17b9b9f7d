using System.Threading.Channels;
using EdgeDcim.Agent.Diagnostics;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Publishing;

/// <summary>The queue between polling and the journal. It only fills when the disk refuses; then the oldest readings go, counted.</summary>
internal static class ReadingQueue
{
    /// <summary>Some minutes of a large agent, and about 6 MB.</summary>
    public const int Size = 200_000;

    public static Channel<Reading> Create(AgentCounters counters, int size = Size) => Channel.CreateBounded<Reading>(
        new BoundedChannelOptions(size) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        _ => counters.QueueDropped.Add(1));
}
