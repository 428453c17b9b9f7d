using System.Threading.Channels;
using EdgeDcim.Agent.Diagnostics;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Supervision;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Core.Timing;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Agent.Publishing;

/// <summary>
/// Moves readings from the queue into the journal: what comes within a quarter of a second becomes one commit, in batches of at most 2 000.
/// A disk that refuses does not lose readings at once: they wait here and in the queue, which drops its oldest when it is full.
/// </summary>
internal sealed partial class JournalFeeder(
    ChannelReader<Reading> queue, Journal journal, NodeModel model, AgentCounters counters, PollLog? pollLog, TimeProvider time, ILogger<JournalFeeder> log)
{
    public const int MaxBatch = 2_000;

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>What one commit takes at most; the rest of the queue waits for the next.</summary>
    private const int MaxCommit = 20_000;

    /// <summary>Ends the gathering: something in the queue should not wait.</summary>
    public AsyncPulse Hurry { get; init; } = new();

    /// <summary>Stamps what was read before the clock was set; null: every time is right.</summary>
    public SteadyClock? Clock { get; init; }

    /// <summary>Works while readings wait for the disk; null: nobody watches.</summary>
    public Stage? Stage { get; init; }

    private readonly ReadingBatchWriter batch = new();
    private readonly List<Reading> pending = [];
    private bool refused;

    /// <summary>Runs until the queue is completed and empty; on cancellation takes what is there and ends.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (await queue.WaitToReadAsync(cancel))
            {
                await (Clock?.SetAsync(cancel) ?? Task.CompletedTask);
                Stage?.Works();
                if (queue.Count < MaxBatch)
                {
                    await GatherAsync(cancel);
                }

                Hurry.Reset();

                await StoreAsync(cancel);
                Stage?.Rests();
            }
        }
        catch (OperationCanceledException)
        {
            TakeQueued();
            if (Clock is { IsSet: false })
            {
                // Nobody will ever know when these were read.
                counters.QueueDropped.Add(pending.Count);
                return;
            }

            TryStore();
        }
    }

    private async Task GatherAsync(CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(Task.Delay(Gather, time, either.Token), Hurry.WaitAsync());
        await either.CancelAsync();
        cancel.ThrowIfCancellationRequested();
    }

    private async Task StoreAsync(CancellationToken cancel)
    {
        TakeQueued();
        while (pending.Count > 0 && !TryStore())
        {
            // A disk that refuses is no reason for a restart: it is told, and tried again.
            Stage?.Works();
            await Task.Delay(RetryAfter, time, cancel);
        }
    }

    private void TakeQueued()
    {
        while (pending.Count < MaxCommit && queue.TryRead(out var reading))
        {
            pending.Add(Clock is null ? reading : reading with { AtMs = Clock.Correct(reading.AtMs) });
        }
    }

    private bool TryStore()
    {
        try
        {
            Store();
        }
        catch (JournalException trouble)
        {
            if (trouble.Fault == JournalFault.Damaged)
            {
                Log.Damaged(log, trouble.Message);
            }
            else if (!refused)
            {
                Log.Refused(log, trouble.Message);
            }

            refused = trouble.Fault != JournalFault.Damaged;
            return false;
        }

        if (refused)
        {
            refused = false;
            Log.Accepts(log);
        }

        return true;
    }

    private void Store()
    {
        using (var group = journal.BeginGroup())
        {
            for (var start = 0; start < pending.Count; start += MaxBatch)
            {
                batch.Clear();
                var end = Math.Min(start + MaxBatch, pending.Count);
                for (var i = start; i < end; i++)
                {
                    var reading = pending[i];
                    batch.Add(journal.SeriesId(reading.Series), reading.AtMs, reading.Value, reading.Quality);
                }

                var offset = group.Append(batch);
                pollLog?.Write(offset, pending, start, end);
            }

            pollLog?.Flush();
            group.Commit();
        }

        foreach (var reading in pending)
        {
            model.Observe(journal.SeriesId(reading.Series), reading);
        }

        counters.Journaled.Add(pending.Count);
        pending.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Reason}. Readings wait in memory, the oldest are dropped when it is full.")]
        public static partial void Refused(ILogger log, string reason);

        [LoggerMessage(LogLevel.Information, "The journal takes readings again.")]
        public static partial void Accepts(ILogger log);

        [LoggerMessage(LogLevel.Error, "{Reason}. What it held is lost unless it can be mended by hand.")]
        public static partial void Damaged(ILogger log, string reason);
    }
}
