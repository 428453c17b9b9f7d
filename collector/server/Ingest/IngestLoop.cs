using System.Threading.Channels;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Core.Supervision;

namespace EdgeDcim.Collector.Ingest;

/// <summary>
/// The one loop that owns ingest and facility. Messages wait in a queue bounded by number and by bytes; when it is full, the connection
/// they come from waits. Besides messages the loop does what time asks for: commit, acknowledge, take the snapshot of the second.
/// </summary>
internal sealed class IngestLoop : IDisposable
{
    private const int MaxQueued = 4096;
    private const long MaxQueuedBytes = 64 << 20;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50); // the longest a complete batch waits for others to share its commit
    private static readonly TimeSpan AcknowledgeEvery = TimeSpan.FromMilliseconds(200);

    private readonly IngestCore core;
    private readonly Action<long> onSecond;
    private readonly TimeProvider time;
    private readonly Channel<InboundMessage?> queue = Channel.CreateBounded<InboundMessage?>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly SemaphoreSlim room = new(0);
    private long queuedBytes;
    private int waiters;
    private long lastBeat;
    private long lastAcknowledge;
    private long lastSecond;

    /// <param name="onSecond">Called on the loop once a second with the time in Unix ms, after a commit.</param>
    public IngestLoop(IngestCore core, Action<long> onSecond, MetricRegistry metrics, TimeProvider time)
    {
        (this.core, this.onSecond, this.time) = (core, onSecond, time);
        metrics.Gauge("edgedcim_ingest_queue_bytes", "Payload bytes that wait for ingest.", () => Interlocked.Read(ref queuedBytes));
        metrics.Gauge("edgedcim_ingest_queue_messages", "Messages that wait for ingest.", () => queue.Reader.Count);
    }

    /// <summary>Works for as long as the loop turns; null: nobody watches.</summary>
    public Stage? Stage { get; init; }

    /// <summary>When the loop last looked at the clock; readiness watches that it goes on.</summary>
    public TimeSpan SinceLastBeat => time.GetElapsedTime(Volatile.Read(ref lastBeat));

    /// <summary>Takes a message from a connection; waits while the queue is full.</summary>
    public async ValueTask ReceiveAsync(InboundMessage message, CancellationToken cancel)
    {
        while (Interlocked.Read(ref queuedBytes) > MaxQueuedBytes)
        {
            Interlocked.Increment(ref waiters);
            if (Interlocked.Read(ref queuedBytes) > MaxQueuedBytes)
            {
                // Checked again after saying that somebody waits: the loop may have drained the queue in between.
                await room.WaitAsync(cancel);
            }
        }

        Interlocked.Add(ref queuedBytes, message.Payload.Length);
        await queue.Writer.WriteAsync(message, cancel);
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        lastBeat = lastAcknowledge = lastSecond = time.GetTimestamp();
        using var clock = time.CreateTimer(_ => queue.Writer.TryWrite(null), null, Beat, Beat);
        try
        {
            while (await queue.Reader.WaitToReadAsync(cancel))
            {
                while (queue.Reader.TryRead(out var item))
                {
                    if (item is { } message)
                    {
                        core.Process(message);
                        Release(message.Payload.Length);
                    }

                    if (time.GetElapsedTime(lastBeat) >= Beat)
                    {
                        OnBeat();
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            core.Commit();
            core.Acknowledge();
            Stage?.Rests();
        }
    }

    public void Dispose() => room.Dispose();

    private void OnBeat()
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref lastBeat, now);
        Stage?.Works();
        core.Commit();
        if (time.GetElapsedTime(lastAcknowledge, now) >= AcknowledgeEvery)
        {
            lastAcknowledge = now;
            core.Acknowledge();
        }

        if (time.GetElapsedTime(lastSecond, now) >= TimeSpan.FromSeconds(1))
        {
            // Seconds follow one another without drift; only after a stall are some left out.
            lastSecond = time.GetElapsedTime(lastSecond, now) < TimeSpan.FromSeconds(2) ? lastSecond + time.TimestampFrequency : now;
            onSecond(time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    private void Release(int bytes)
    {
        var left = Interlocked.Add(ref queuedBytes, -bytes);
        if (left < MaxQueuedBytes / 2 && Volatile.Read(ref waiters) > 0)
        {
            room.Release(Interlocked.Exchange(ref waiters, 0));
        }
    }
}
