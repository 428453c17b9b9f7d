using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Notification;
using EdgeDcim.Core.Sparkplug;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeDcim.Collector.Peering;

/// <summary>
/// The other collector of the site. Both take everything in and compute the same; between them goes only what they cannot compute: who notifies,
/// what has been told, and what people did.
/// </summary>
internal sealed partial class Peer
{
    /// <summary>Alarms or told things in one message.</summary>
    private const int MostAtOnce = 500;

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TrimEvery = TimeSpan.FromHours(1);

    private readonly string host;
    private readonly string peer;
    private readonly PeerParts parts;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly long startedAt;
    private readonly Counter malformed;
    private long peerStateMs = -1;
    private volatile bool isThere;
    private volatile bool couldHear;
    private string? notifier;

    /// <param name="host">The host id of this collector.</param>
    /// <param name="peer">The host id of the other one.</param>
    public Peer(string site, string host, string peer, PeerParts parts, MetricRegistry metrics, TimeProvider time, ILogger<Peer> log)
    {
        (this.host, this.peer, this.parts, this.time, this.log) = (host, peer, parts, time, log);
        (OwnTopic, PeerTopic, PeerStateTopic) = (TopicOf(site, host), TopicOf(site, peer), SparkplugTopic.State(peer).Format());
        startedAt = time.GetTimestamp();
        malformed = metrics.Counter("edgedcim_peer_messages_malformed_total", "Messages of the other collector that could not be read.");
        metrics.Gauge("edgedcim_peer_online", "1 while the other collector of the site is there.", () => isThere ? 1 : 0);
        metrics.Gauge("edgedcim_notifier_held", "1 while this collector notifies.", () => parts.Lease.IsHeld ? 1 : 0);
    }

    public string OwnTopic { get; }

    public string PeerTopic { get; }

    public string PeerStateTopic { get; }

    public PeerView View => new(host, peer, isThere, parts.Lease.IsHeld ? host : parts.Lease.IsHeldByOther ? peer : null);

    /// <summary>Keeps the lease, and says when it changes hands.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var trimmedAt = time.GetTimestamp();
        while (true)
        {
            // Who hears nothing cannot know that the other one is silent: it takes nothing over, and keeps what it has.
            couldHear = couldHear && parts.IsConnected();
            if (parts.Lease.Renew(couldHear))
            {
                Say(Message() with { Claim = true });
            }

            Tell(View.Notifier);
            if (time.GetElapsedTime(trimmedAt) >= TrimEvery)
            {
                trimmedAt = time.GetTimestamp();
                parts.Told.Trim(NowMs);
            }

            await Task.Delay(Beat, time, cancel);
        }
    }

    /// <summary>The broker is there: whatever was said meanwhile was not heard.</summary>
    public void Connected()
    {
        parts.Lease.HearsAgain();
        couldHear = true;
        Say(Message() with { Hello = true });
        SayAll();
    }

    /// <summary>True when the message was the other collector's, and is taken.</summary>
    public bool Hears(in InboundMessage message)
    {
        if (message.Topic != PeerTopic)
        {
            return false;
        }

        if (PeerMessage.Parse(message.Payload.Span) is not { } said)
        {
            malformed.Increment();
            return true;
        }

        // The two clocks need not agree: what counts is how long ago it was.
        var apartMs = NowMs - said.AtMs;
        parts.Told.Heard(said.Told.Select(told => told.Shifted(apartMs)));
        if (said.Act is { } act)
        {
            parts.Alarms.Mirror(act with { AtMs = act.AtMs + apartMs, UntilMs = act.UntilMs == 0 ? 0 : act.UntilMs + apartMs });
        }

        if (said.Alarms.Count > 0 && said.UpMs > UpMs)
        {
            parts.Alarms.Adopt(said.Alarms);
        }

        if (said.Claim)
        {
            parts.Lease.Hear(peer);
        }

        if (said.Hello)
        {
            SayAll();
        }

        return true;
    }

    /// <summary>What is said on the STATE topic of the other one. An older word than the last is the late will of an earlier connection.</summary>
    public void HearsState(ReadOnlySpan<byte> payload)
    {
        HostState state;
        try
        {
            state = HostState.Parse(payload);
        }
        catch (SparkplugException)
        {
            malformed.Increment();
            return;
        }

        if (state.TimestampMs < peerStateMs)
        {
            return;
        }

        peerStateMs = state.TimestampMs;
        if (isThere != state.Online)
        {
            Log.State(log, peer, state.Online ? "there" : "gone");
        }

        isThere = state.Online;
        if (!state.Online)
        {
            parts.Lease.OtherIsGone();
        }
    }

    /// <summary>A receiver has taken something.</summary>
    public void Told(IReadOnlyList<Told> told)
    {
        if (told.Count > 0)
        {
            Say(Message() with { Told = told });
        }
    }

    /// <summary>A person did something here.</summary>
    public void Acted(AlarmChange act) => Say(Message() with { Act = act });

    private static string TopicOf(string site, string host) => $"edgedcim/{site}/peer/{host}";

    private void SayAll()
    {
        foreach (var part in parts.Told.All().Chunk(MostAtOnce))
        {
            Say(Message() with { Told = part });
        }

        foreach (var part in parts.Alarms.View.Live.Chunk(MostAtOnce))
        {
            Say(Message() with { Alarms = part });
        }
    }

    private PeerMessage Message() => new(NowMs, UpMs);

    private void Say(PeerMessage message) => parts.Publish(BrokerLink.Message(OwnTopic, message.ToJson(), MqttQualityOfServiceLevel.AtLeastOnce, retain: false));

    private void Tell(string? now)
    {
        if (now != notifier)
        {
            notifier = now;
            Log.Notifies(log, now ?? "nobody");
        }
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long UpMs => (long)time.GetElapsedTime(startedAt).TotalMilliseconds;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The other collector of the site, {Peer}, is {State}.")]
        public static partial void State(ILogger log, string peer, string state);

        [LoggerMessage(LogLevel.Information, "Notifications are sent by: {Host}.")]
        public static partial void Notifies(ILogger log, string host);
    }
}

/// <summary>What a peer works on.</summary>
/// <param name="IsConnected">Whether the broker, and with it the other one, can be heard.</param>
internal sealed record PeerParts(NotifierLease Lease, ToldBook Told, AlarmService Alarms, Action<MqttApplicationMessage> Publish, Func<bool> IsConnected);
