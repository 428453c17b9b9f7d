using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Core.Supervision;
using Polly;
using Polly.Retry;

namespace EdgeDcim.Collector.Notification;

/// <summary>
/// Carries the outbox to the receivers: every channel on its own, so that one that is away holds up no other. A message leaves the outbox when its
/// receiver has taken it; until then it is tried again, with the same key, over restarts, for days.
/// </summary>
internal sealed partial class Notifier : IDisposable
{
    /// <summary>Rows of the outbox at most; beyond it the oldest are dropped and counted.</summary>
    private const int MaxWaiting = 100_000;

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Above three attempts with the longest time-out that makes sense.</summary>
    private static readonly TimeSpan SendWithin = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan RetireWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TrimEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(10);

    private readonly NotifyConfig config;
    private readonly AlarmStore store;
    private readonly NotifyPlanner planner;
    private readonly NotifierLease lease;
    private readonly ToldBook? told;
    private readonly StageBoard? board;
    private readonly Func<AlarmsView> view;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly IReadOnlyList<Channel> channels;
    private readonly ResiliencePipeline retry;
    private readonly Counter dropped;
    private readonly MetricRegistry metrics;
    private int sending;

    public Notifier(NotifyConfig config, NotifierParts parts, NotifierLease lease, Func<AlarmsView> view, TimeProvider time, ILogger<Notifier> log)
    {
        (this.config, this.lease, this.view, this.time, this.log) = (config, lease, view, time, log);
        (store, channels, metrics, told) = (parts.Store, parts.Channels, parts.Metrics, parts.Told);
        board = parts.Board;
        planner = new NotifyPlanner(config);
        retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<NotifyException>(),
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxRetryAttempts = 2,
            })
            .Build();
        dropped = metrics.Counter("edgedcim_notifications_dropped_total", "Events given up because their receiver was away too long, or too many waited.");
        foreach (var channel in channels)
        {
            metrics.Gauge("edgedcim_notifications_waiting", "Events that wait for their receiver.", () => store.Waiting(channel.Name), ("channel", channel.Name));
        }
    }

    public IReadOnlyList<Channel> Channels => channels;

    /// <summary>Called with what a receiver has taken, for the other collector of the site.</summary>
    public Action<IReadOnlyList<Told>> HasTold { get; set; } = static _ => { };

    /// <summary>Begins no message any more, and waits a little for those under way, so that the other collector learns of them.</summary>
    public async Task RetireAsync()
    {
        lease.Retire();
        var asked = time.GetTimestamp();
        while (Volatile.Read(ref sending) > 0 && time.GetElapsedTime(asked) < RetireWithin)
        {
            await Task.Delay(Beat / 20, time, CancellationToken.None);
        }
    }

    public Task RunAsync(CancellationToken cancel) =>
        Task.WhenAll(channels.Select(channel => ChannelAsync(channel, cancel)).Append(TrimAsync(cancel)));

    /// <summary>Sends a message of no alarm through one channel now; what it says of it goes to whoever asked.</summary>
    /// <exception cref="NotifyException">The receiver did not take it.</exception>
    public static Task TestAsync(Channel channel, TimeProvider time, CancellationToken cancel)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var alarm = new Alarm(
            Alarm.IdOf("edgedcim", "test", null), "edgedcim", "test", null, AlarmClass.Process, AlarmPriority.Low, AlarmState.ActiveUnacknowledged,
            "this is a test, nothing is wrong", "sent by a person to see whether it arrives", false, false, [])
        { RaisedMs = nowMs };
        return channel.SendAsync(new OutboxMessage(Guid.NewGuid().ToString("N"), 0, [new NotifyEvent(NotifyKind.Test, "test", nowMs, alarm)]), cancel);
    }

    public void Dispose()
    {
        foreach (var channel in channels)
        {
            channel.Dispose();
        }
    }

    private async Task ChannelAsync(Channel channel, CancellationToken cancel)
    {
        var sent = metrics.Counter("edgedcim_notifications_sent_total", "Messages that a receiver has taken.", ("channel", channel.Name));
        var failed = metrics.Counter("edgedcim_notifications_failed_total", "Attempts that a receiver did not take.", ("channel", channel.Name));
        var recent = new Queue<long>();
        var isAway = false;
        long? refreshed = null;
        while (!cancel.IsCancellationRequested)
        {
            if (lease.IsHeld)
            {
                while (recent.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= RateWindow)
                {
                    recent.Dequeue();
                }

                if (recent.Count < channel.Config.Rate && Next(channel) is { } message)
                {
                    recent.Enqueue(time.GetTimestamp());
                    if (await SendAsync(channel, message, failed, isAway, cancel))
                    {
                        sent.Increment();
                        isAway = false;
                        continue;
                    }

                    isAway = true;
                }

                if (!isAway && (refreshed is null || time.GetElapsedTime(refreshed.Value) >= RefreshEvery))
                {
                    refreshed = time.GetTimestamp();
                    await RefreshAsync(channel, cancel);
                }
            }

            await Task.Delay(Beat, time, cancel);
        }
    }

    /// <summary>The next message, without what the other collector has told already.</summary>
    private OutboxMessage? Next(Channel channel)
    {
        while (store.Next(channel.Name, NowMs, channel.Most) is { } message)
        {
            IReadOnlyList<NotifyEvent> news = told is null ? message.Events : [.. message.Events.Where(one => !told.Covers(channel.Name, one))];
            if (news.Count > 0)
            {
                return message with { Events = news };
            }

            store.Sent(message.Key);
        }

        return null;
    }

    private async Task<bool> SendAsync(Channel channel, OutboxMessage message, Counter failed, bool wasAway, CancellationToken cancel)
    {
        Interlocked.Increment(ref sending);
        var stage = board?.Add($"channel {channel.Name}", SendWithin);
        try
        {
            stage?.Works();
            return await SendOnceAsync(channel, message, failed, wasAway, cancel);
        }
        finally
        {
            stage?.Rests();
            Interlocked.Decrement(ref sending);
        }
    }

    private async Task<bool> SendOnceAsync(Channel channel, OutboxMessage message, Counter failed, bool wasAway, CancellationToken cancel)
    {
        try
        {
            await retry.ExecuteAsync(async token => await channel.SendAsync(message, token), cancel);
        }
        catch (NotifyException refused)
        {
            failed.Increment();
            var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 5 * Math.Pow(2, Math.Min(message.Attempts, 10))));
            store.Failed(message.Key, NowMs + (long)pause.TotalMilliseconds);
            if (!wasAway)
            {
                Log.Away(log, channel.Name, refused.Message);
            }

            return false;
        }

        if (told is not null)
        {
            HasTold(told.Sent(channel.Name, message.Events, NowMs));
        }

        store.Sent(message.Key);
        if (wasAway)
        {
            Log.Back(log, channel.Name);
        }

        return true;
    }

    private async Task RefreshAsync(Channel channel, CancellationToken cancel)
    {
        try
        {
            await channel.RefreshAsync(planner.KnownTo(channel.Name, view()), cancel);
        }
        catch (NotifyException refused)
        {
            Log.Away(log, channel.Name, refused.Message);
        }
    }

    private async Task TrimAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var before = NowMs - (long)config.Keep.TotalMilliseconds;

            TakeBack();
            dropped.Add(store.TrimOutbox(before, MaxWaiting));

            await Task.Delay(TrimEvery, time, cancel);
        }
    }

    /// <summary>While another collector notifies, what it has told is no longer ours to tell.</summary>
    private void TakeBack()
    {
        if (told is not null && !lease.IsHeld)
        {
            foreach (var channel in channels)
            {
                store.TakeBack(channel.Name, waiting => told.Covers(channel.Name, waiting));
            }
        }
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Notifications by {Channel} wait: {Reason}.")]
        public static partial void Away(ILogger log, string channel, string reason);

        [LoggerMessage(LogLevel.Information, "Notifications by {Channel} go out again.")]
        public static partial void Back(ILogger log, string channel);
    }
}

/// <summary>What the notifier stands on.</summary>
internal sealed record NotifierParts(AlarmStore Store, IReadOnlyList<Channel> Channels, MetricRegistry Metrics)
{
    /// <summary>What two collectors have told; null where there is but one.</summary>
    public ToldBook? Told { get; init; }

    /// <summary>Where channels say that they get on; null: nobody watches.</summary>
    public StageBoard? Board { get; init; }
}
