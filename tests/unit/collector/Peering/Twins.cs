using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Notification;
using EdgeDcim.Collector.Peering;
using EdgeDcim.Collector.Tests.Alarms;
using EdgeDcim.Core.Sparkplug;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Collector.Tests.Peering;

/// <summary>Two collectors of one site that hear each other through a broker of the test, in a time that the test moves.</summary>
internal sealed class Twins : IAsyncDisposable
{
    public const string Yaml = "notify: { group_wait: 1s, channels: { there: { webhook: \"http://127.0.0.1:1/\" } }, routes: { all: { channels: there } } }";

    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-twins-").FullName;

    public Twins()
    {
        A = new Twin(this, "a", "b");
        B = new Twin(this, "b", "a");
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(AlarmSite.Start));

    /// <summary>Everything that receivers were told, in order: who told, kind and device.</summary>
    public List<string> Heard { get; } = [];

    public Twin A { get; private set; }

    public Twin B { get; private set; }

    /// <summary>False while the broker is away.</summary>
    public bool HasBroker { get; set; } = true;

    public string File(string name) => Path.Combine(folder, name);

    public Twin Other(Twin than) => than == A ? B : A;

    public async Task RunAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            foreach (var twin in (Twin[])[A, B])
            {
                if (twin.Lives)
                {
                    twin.Site.Run(1);
                }
            }

            Time.Advance(TimeSpan.FromSeconds(1));

            // The loops of both wake on other threads.
            for (var turn = 0; turn < 10; turn++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        }
    }

    public void Hold(string series, double value)
    {
        A.Site.Hold(series, value);
        B.Site.Hold(series, value);
    }

    /// <summary>The process is gone from one instant to the next; the broker tells its will.</summary>
    public async Task KillAsync(Twin victim)
    {
        await victim.StopAsync();
        Other(victim).Peer.HearsState(new HostState(Online: false, Time.GetUtcNow().ToUnixTimeMilliseconds()).ToJson());
    }

    /// <summary>Comes back with what its disk holds.</summary>
    public void Restart(Twin victim)
    {
        if (victim == A)
        {
            A = new Twin(this, "a", "b");
        }
        else
        {
            B = new Twin(this, "b", "a");
        }
    }

    public void Reconnect()
    {
        HasBroker = true;
        A.Peer.Connected();
        B.Peer.Connected();
    }

    public async ValueTask DisposeAsync()
    {
        await A.StopAsync();
        await B.StopAsync();
        Directory.Delete(folder, recursive: true);
    }
}

internal sealed class Twin
{
    private readonly CancellationTokenSource stop = new();
    private readonly AlarmStore store;
    private readonly Task running;

    public Twin(Twins twins, string name, string other)
    {
        store = AlarmStore.Open(twins.File($"{name}.db"));
        Site = new AlarmSite(Twins.Yaml, store) { NowMs = twins.Time.GetUtcNow().ToUnixTimeMilliseconds() };
        Site.Born("pdu-1", "pdu", "agent-1", "load");
        Lease = new NotifierLease(name, TimeSpan.FromSeconds(10), twins.Time);
        var told = new ToldBook(name, store);
        var channel = new HeardChannel(Site.Config.Notify.Channels[0], name, twins.Heard);
        var metrics = new MetricRegistry();
        var notifier = new Notifier(
            Site.Config.Notify, new NotifierParts(store, [channel], metrics) { Told = told }, Lease, () => Site.View, twins.Time, NullLogger<Notifier>.Instance);
        Peer = new Peer(
            "demo", name, other,
            new PeerParts(
                Lease, told, Site.Service,
                message =>
                {
                    var to = twins.Other(this);
                    if (twins.HasBroker && Lives && to.Lives)
                    {
                        to.Peer.Hears(new InboundMessage(message.Topic, System.Buffers.BuffersExtensions.ToArray(message.Payload), ""));
                    }
                },
                () => twins.HasBroker),
            metrics, twins.Time, NullLogger<Peer>.Instance);
        (Site.Service.Acted, notifier.HasTold) = (Peer.Acted, Peer.Told);
        running = Task.WhenAll(notifier.RunAsync(stop.Token), Peer.RunAsync(stop.Token));
    }

    public AlarmSite Site { get; }

    public Peer Peer { get; }

    public NotifierLease Lease { get; }

    public bool Lives { get; private set; } = true;

    public async Task StopAsync()
    {
        if (!Lives)
        {
            return;
        }

        Lives = false;
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        store.Dispose();
        stop.Dispose();
    }

    private sealed class HeardChannel(ChannelConfig config, string by, List<string> heard) : Channel(config)
    {
        public override Task SendAsync(OutboxMessage message, CancellationToken cancel)
        {
            lock (heard)
            {
                heard.AddRange(message.Events.Select(one => $"{by} {one.Kind} {one.Alarm.Device}"));
            }

            return Task.CompletedTask;
        }
    }
}
