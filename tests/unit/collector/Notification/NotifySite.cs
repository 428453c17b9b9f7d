using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Notification;
using EdgeDcim.Collector.Tests.Alarms;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Collector.Tests.Notification;

/// <summary>A site whose alarms are told to receivers, in a time that the test moves.</summary>
internal sealed class NotifySite : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ChannelFactory factory;
    private readonly Notifier notifier;
    private readonly Task running;

    public NotifySite(string yaml, AlarmStore store, NotifierLease? lease = null, FakeTimeProvider? time = null, ToldBook? told = null, BrokerLink? link = null)
    {
        Time = time ?? new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(AlarmSite.Start));
        Site = new AlarmSite(yaml, store) { NowMs = Time.GetUtcNow().ToUnixTimeMilliseconds() };
        Site.Born("cdu-1", "cdu", "agent-1", "leak.detected");
        Site.Born("pdu-1", "pdu", "agent-1", "load");
        factory = new ChannelFactory("demo", TimeZoneInfo.Utc, store, link, Time);
        notifier = new Notifier(
            Site.Config.Notify, new NotifierParts(store, factory.Make(Site.Config.Notify), new MetricRegistry()) { Told = told }, lease ?? NotifierLease.Alone(Time), () => Site.View, Time, NullLogger<Notifier>.Instance);
        running = notifier.RunAsync(stop.Token);
    }

    public Notifier Notifier => notifier;

    public FakeTimeProvider Time { get; }

    public AlarmSite Site { get; }

    /// <summary>Lets simulated seconds pass, for the alarms and for the notifier.</summary>
    public async Task RunAsync(int seconds, CancellationToken cancel)
    {
        // Long stretches pass in larger steps; between them real sockets have their turn.
        var step = seconds >= 100 ? 10 : 1;
        for (var i = 0; i < seconds; i += step)
        {
            Site.Run(step);
            Time.Advance(TimeSpan.FromSeconds(step));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancel);
        }
    }

    /// <summary>Lets time pass until it is so; a receiver that never gets there ends the test by its time-out.</summary>
    public async Task UntilAsync(Func<bool> isSo, CancellationToken cancel)
    {
        while (!isSo())
        {
            Site.Run(10);
            Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        notifier.Dispose();
        await factory.DisposeAsync();
        stop.Dispose();
    }
}
