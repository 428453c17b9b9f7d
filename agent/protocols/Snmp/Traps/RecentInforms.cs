using System.Net;

namespace EdgeDcim.Protocols.Snmp.Traps;

/// <summary>The informs of the last minute: one that comes again was not heard to be confirmed, and is no second event.</summary>
internal sealed class RecentInforms(TimeProvider time)
{
    private const int Capacity = 1024;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(IPEndPoint Source, int RequestId), long> seen = [];
    private readonly Queue<(IPEndPoint Source, int RequestId)> order = [];

    public bool Has(IPEndPoint source, int requestId) => seen.TryGetValue((source, requestId), out var at) && time.GetElapsedTime(at) < Remembered;

    public void Add(IPEndPoint source, int requestId)
    {
        if (seen.TryAdd((source, requestId), 0))
        {
            order.Enqueue((source, requestId));
        }

        seen[(source, requestId)] = time.GetTimestamp();
        if (order.Count > Capacity)
        {
            seen.Remove(order.Dequeue());
        }
    }
}
