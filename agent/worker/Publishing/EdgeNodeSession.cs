using EdgeDcim.Agent.Diagnostics;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Supervision;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Core.Timing;
using Microsoft.Extensions.Logging;
using MQTTnet.Protocol;

namespace EdgeDcim.Agent.Publishing;

/// <summary>What every session of the edge node works on.</summary>
internal sealed record EdgeNodeParts(
    string Site, HostBooks Hosts, NodeModel Model, Journal Journal, AgentCounters Counters, DeliveryOptions Options, TimeProvider Time)
{
    /// <summary>Hears what time it is at the host, and holds everything back until it is set; null: <see cref="Time"/> is right.</summary>
    public SteadyClock? Clock { get; init; }

    /// <summary>Works while a host is delivered to; null: nobody watches.</summary>
    public Stage? Stage { get; init; }
}

/// <summary>Why a session ended.</summary>
internal enum SessionEnd
{
    /// <summary>No host that is waited for is on this broker, or the last of them went offline.</summary>
    HostOffline,
    ConnectionLost,
}

/// <summary>
/// The life of the edge node on one connection: wait for a host, births, then live data first and backlog behind, until the
/// connection or the host is gone. One loop does everything, so two batches are never mixed and sequence numbers never race.
/// </summary>
internal sealed partial class EdgeNodeSession(EdgeNodeParts parts, BrokerLink link, int bdSeq, ILogger log)
{
    /// <summary>How long the device that a replay had to bring to life stays born after its last message.</summary>
    private static readonly TimeSpan ReplayGrace = TimeSpan.FromSeconds(5);

    /// <summary>A device that fell silent dies this much later, so that its last readings go out before.</summary>
    private static readonly TimeSpan DeathGrace = TimeSpan.FromSeconds(1);

    /// <summary>The retained STATE of a host that is there comes at once; without it a person should know what is waited for.</summary>
    private static readonly TimeSpan HostIsLate = TimeSpan.FromSeconds(2);

    /// <summary>An agent that stops has this long for the message it is sending and for its goodbye.</summary>
    private static readonly TimeSpan GoodbyeWithin = TimeSpan.FromSeconds(5);

    /// <summary>What a crash may make the hosts hear twice.</summary>
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(250);

    private readonly EdgeSession numbers = new(bdSeq);
    private readonly PayloadWriter writer = new();
    private readonly Delivery delivery = new(parts.Journal, parts.Hosts, parts.Options, parts.Time);
    private readonly BatchSplitter splitter = new(parts.Model);
    private readonly Dictionary<string, BornDevice> born = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> topics = new(StringComparer.Ordinal);
    private CancellationToken patience;
    private bool isBorn;
    private bool birthsOwed;
    private IReadOnlyList<string> online = [];
    private long savedAt = parts.Time.GetTimestamp();

    private NodeInbox Inbox => field ??= new NodeInbox(parts, link, delivery, log);

    private BirthWriter Births => field ??= new BirthWriter(writer, Vocabulary.Default, parts.Time);

    private BatchMessages Messages => field ??= new BatchMessages(writer, parts.Time);

    /// <summary>Runs until the connection is lost, the host goes offline, or the agent stops (then it says goodbye).</summary>
    /// <param name="hostWithin">How long to wait for a host before another broker should be tried; null: for ever.</param>
    /// <exception cref="OperationCanceledException">The agent stops; NDEATH has been sent.</exception>
    public async Task<SessionEnd> RunAsync(TimeSpan? hostWithin, CancellationToken cancel)
    {
        using var goodbye = new CancellationTokenSource(Timeout.InfiniteTimeSpan, parts.Time);
        using var soon = cancel.Register(() => goodbye.CancelAfter(GoodbyeWithin));
        patience = goodbye.Token;
        try
        {
            await link.SubscribeAsync(new SparkplugTopic(parts.Site, MessageType.NodeCommand, parts.Model.Agent).Format(), cancel);
            foreach (var host in parts.Hosts.Hosts)
            {
                await link.SubscribeAsync(SparkplugTopic.State(host).Format(), cancel);
            }

            if (HasHosts && !await WaitForHostAsync(hostWithin, cancel))
            {
                await link.LeaveAsync(cancel);
                return link.Closed.IsCancellationRequested ? SessionEnd.ConnectionLost : SessionEnd.HostOffline;
            }

            DeliverTo(Inbox.Online);
            await StartAsync(cancel);
            while (!link.Closed.IsCancellationRequested)
            {
                cancel.ThrowIfCancellationRequested();
                parts.Stage?.Works();
                Inbox.TakeAll();
                if (HasHosts && Inbox.Online.Count == 0)
                {
                    Log.HostOffline(log, string.Join(", ", parts.Hosts.Hosts));
                    await DieAsync();
                    return SessionEnd.HostOffline;
                }

                if (!Inbox.Online.SequenceEqual(online))
                {
                    DeliverTo(Inbox.Online);
                }

                await StepAsync(cancel);
            }

            return SessionEnd.ConnectionLost;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await DieAsync();
            throw;
        }
    }

    private async Task StepAsync(CancellationToken cancel)
    {
        parts.Model.Changed.Reset();
        if (Inbox.RebirthWanted || birthsOwed || delivery.StreamChanged)
        {
            await StartAsync(cancel);
        }

        await SettleDevicesAsync(cancel);
        var live = delivery.TakeLive();
        foreach (var batch in live)
        {
            await SendAsync(batch, historical: false, cancel);
            delivery.SentLive(batch);
        }

        if (parts.Time.GetElapsedTime(savedAt) >= SaveEvery)
        {
            savedAt = parts.Time.GetTimestamp();
            parts.Hosts.Save();
        }

        var late = delivery.Expire();
        parts.Counters.Expired.Add(late);
        var replayed = delivery.TakeBackfill();
        if (replayed is not null)
        {
            await SendAsync(replayed, historical: true, cancel);
            delivery.SentBackfill(replayed);
        }

        if (live.Count == 0 && replayed is null)
        {
            await WaitForWorkAsync(cancel);
        }
    }

    private async Task<bool> WaitForHostAsync(TimeSpan? within, CancellationToken cancel)
    {
        var started = parts.Time.GetTimestamp();
        var told = false;
        while (!link.Closed.IsCancellationRequested)
        {
            Inbox.TakeAll();
            if (Inbox.Online.Count > 0)
            {
                return true;
            }

            var left = within - parts.Time.GetElapsedTime(started) ?? Timeout.InfiniteTimeSpan;
            if (within is not null && left <= TimeSpan.Zero)
            {
                return false;
            }

            if (!told && parts.Time.GetElapsedTime(started) >= HostIsLate)
            {
                told = true;
                Log.WaitingForHost(log, string.Join(" or ", parts.Hosts.Hosts));
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(link.Inbox.WaitToReadAsync(either.Token).AsTask(), Task.Delay(told ? left : HostIsLate, parts.Time, either.Token));
            await either.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }

        return false;
    }

    private async Task WaitForWorkAsync(CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(
            parts.Journal.WaitForAppendAsync(delivery.LiveCursor, either.Token),
            link.Inbox.WaitToReadAsync(either.Token).AsTask(),
            parts.Model.Changed.WaitAsync(),
            Task.Delay(delivery.HasBacklog ? Idle / 10 : Idle, parts.Time, either.Token));
        await either.CancelAsync();
    }

    private bool HasHosts => parts.Hosts.Hosts.Count > 0;

    /// <summary>A host that comes while others are there knows no alias yet: it is given births before its backlog.</summary>
    private void DeliverTo(IReadOnlyList<string> now)
    {
        foreach (var gone in online.Except(now))
        {
            Log.HostLeft(log, gone);
        }

        Log.Delivering(log, HasHosts ? string.Join(", ", now) : "any host");
        birthsOwed = isBorn && now.Except(online).Any();
        online = now;
        delivery.DeliverTo(now);
    }

    /// <summary>All births, and delivery anew: at the beginning of a session, on request, and when the journal had to be replaced.</summary>
    private async Task StartAsync(CancellationToken cancel)
    {
        if (Inbox.RebirthWanted)
        {
            Log.Rebirth(log);
        }

        Inbox.RebirthWanted = birthsOwed = false;
        delivery.Start();
        await PublishBirthsAsync(cancel);
    }

    private async Task PublishBirthsAsync(CancellationToken cancel)
    {
        var agent = parts.Model.Birth(parts.Model.Agent);
        born.Clear();
        born[agent.Facts.Id] = new BornDevice(agent.Version);
        await PublishAsync(MessageType.NodeBirth, null, Births.Node(numbers, delivery.Stream, agent), cancel);
        isBorn = true;
        await SettleDevicesAsync(cancel);
    }

    /// <summary>Gives births to devices that answer and deaths to those that do not.</summary>
    private async Task SettleDevicesAsync(CancellationToken cancel)
    {
        foreach (var (id, isAlive, version) in parts.Model.Standings())
        {
            if (isAlive)
            {
                await BirthIfNeededAsync(id, version, cancel);
                born[id].SilentSince = null;
            }
            else if (born.TryGetValue(id, out var device))
            {
                device.SilentSince ??= parts.Time.GetTimestamp();
                if (parts.Time.GetElapsedTime(device.SilentSince.Value) >= device.Grace)
                {
                    born.Remove(id);
                    await PublishAsync(MessageType.DeviceDeath, id, Births.DeviceDeath(numbers), cancel);
                }
            }
        }
    }

    private async Task BirthIfNeededAsync(string id, int version, CancellationToken cancel)
    {
        if (born.TryGetValue(id, out var known) && known.Version == version)
        {
            return;
        }

        var birth = parts.Model.Birth(id);
        born[id] = new BornDevice(birth.Version) { Grace = birth.IsAlive ? DeathGrace : ReplayGrace };
        await PublishAsync(MessageType.DeviceBirth, id, Births.Device(numbers, birth), cancel);
    }

    private async Task SendAsync(JournalBatch batch, bool historical, CancellationToken cancel)
    {
        if (batch.Kind != JournalBatch.Readings)
        {
            return;
        }

        if (!TrySplit(batch))
        {
            return;
        }

        if (parts.Model.Version(parts.Model.Agent) != born[parts.Model.Agent].Version)
        {
            await PublishBirthsAsync(cancel);
        }

        foreach (var device in splitter.Devices)
        {
            if (device != parts.Model.Agent)
            {
                await BirthIfNeededAsync(device, parts.Model.Version(device), cancel);
                born[device].SilentSince = null;
            }

            await PublishAsync(
                device == parts.Model.Agent ? MessageType.NodeData : MessageType.DeviceData,
                device == parts.Model.Agent ? null : device,
                Messages.Data(numbers, splitter[device], historical),
                cancel);
        }

        await PublishAsync(MessageType.NodeData, null, Messages.Marker(numbers, batch, historical), cancel);
        parts.Counters.Published.Add(batch.Count);
        (historical ? parts.Counters.Replayed : parts.Counters.PublishedLive).Add(batch.Count);
    }

    private bool TrySplit(JournalBatch batch)
    {
        try
        {
            splitter.Split(batch);
            return true;
        }
        catch (JournalException malformed)
        {
            Log.BatchLost(log, batch.Offset, malformed.Message);
            parts.Journal.Forget(batch.Offset, batch.Offset);
            return false;
        }
    }

    private async Task DieAsync()
    {
        try
        {
            if (isBorn)
            {
                await PublishAsync(MessageType.NodeDeath, null, Births.NodeDeath(numbers.BdSeq), CancellationToken.None, MqttQualityOfServiceLevel.AtLeastOnce);
            }

            await link.LeaveAsync(patience);
        }
        catch (Exception gone) when (gone is BrokerException or OperationCanceledException)
        {
            // The broker publishes the will in our place.
        }
    }

    private Task PublishAsync(
        MessageType type, string? device, ReadOnlyMemory<byte> payload, CancellationToken cancel,
        MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtMostOnce)
    {
        var key = device is null ? type.ToString() : $"{type}/{device}";
        if (!topics.TryGetValue(key, out var topic))
        {
            topics.Add(key, topic = new SparkplugTopic(parts.Site, type, parts.Model.Agent, device).Format());
        }

        // A message that is cancelled on its way takes the connection with it, and with that the goodbye: what has begun is sent to its end.
        cancel.ThrowIfCancellationRequested();
        parts.Stage?.Works();
        parts.Counters.Messages.Add(1);
        return link.PublishAsync(topic, payload, quality, patience);
    }

    private sealed class BornDevice(int version)
    {
        public int Version => version;

        public TimeSpan Grace { get; init; }

        public long? SilentSince { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Delivering to {Host}.")]
        public static partial void Delivering(ILogger log, string host);

        [LoggerMessage(LogLevel.Warning, "Waiting for the primary host {Host}: it has not said on this broker that it is online. Readings wait in the journal.")]
        public static partial void WaitingForHost(ILogger log, string host);

        [LoggerMessage(LogLevel.Warning, "The primary host {Host} is offline. Readings wait in the journal.")]
        public static partial void HostOffline(ILogger log, string host);

        [LoggerMessage(LogLevel.Warning, "The host {Host} is offline; what it misses waits for it in the journal.")]
        public static partial void HostLeft(ILogger log, string host);

        [LoggerMessage(LogLevel.Information, "The host asked for all births again.")]
        public static partial void Rebirth(ILogger log);

        [LoggerMessage(LogLevel.Error, "Batch {Offset} of the journal cannot be read and is dropped: {Reason}.")]
        public static partial void BatchLost(ILogger log, long offset, string reason);
    }
}
