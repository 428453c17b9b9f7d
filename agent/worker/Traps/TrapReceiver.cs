using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Diagnostics;
using EdgeDcim.Agent.Drivers.Snmp;
using EdgeDcim.Agent.Polling;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Protocols.Snmp;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Agent.Traps;

/// <summary>
/// Turns traps and informs into readings of the device that sent them, at once: the values that they carry, and one <c>device.traps</c> with the
/// trap's OID as its part. Then the device is polled, since a trap says that something changed and not always what.
/// </summary>
internal sealed partial class TrapReceiver(
    Func<IReadOnlyDictionary<string, PolledDevice>> devices, SeriesTable table, PollSink sink, AgentCounters counters, TimeProvider time, ILogger<TrapReceiver> log)
    : IAsyncDisposable
{
    /// <summary>Kinds of traps told apart for each device; a device with more of them counts the rest together.</summary>
    private const int MaxKinds = 64;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ResolveEvery = TimeSpan.FromMinutes(5);

    private readonly AsyncPulse changed = new();
    private readonly Dictionary<(string Device, string Kind), long> told = [];
    private readonly Dictionary<string, int> kinds = new(StringComparer.Ordinal);
    private readonly HashSet<string> bugsSeen = [];
    private AgentConfig? wanted;
    private Session? session;
    private byte[]? engineId;
    private int boots;
    private string? refusal;

    /// <summary>Where it listens; null while it does not.</summary>
    public System.Net.IPEndPoint? EndPoint => Volatile.Read(ref session)?.Listener.EndPoint;

    /// <summary>Takes over a configuration soon. Any thread may call it.</summary>
    public void Use(AgentConfig config)
    {
        Volatile.Write(ref wanted, config);
        changed.Set();
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        var resolvedAt = time.GetTimestamp();
        while (true)
        {
            var isNew = changed.WaitAsync().IsCompleted;
            changed.Reset();
            if (isNew || session is null)
            {
                await ApplyAsync(Volatile.Read(ref wanted)!);
            }

            if (session is { } open && (isNew || open.Origins is null || time.GetElapsedTime(resolvedAt) >= ResolveEvery))
            {
                open.Origins = await TrapOrigins.BuildAsync(devices().Values, open.Credentials, cancel);
                resolvedAt = time.GetTimestamp();
            }

            CountRefused();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(changed.WaitAsync(), Task.Delay(LookEvery, time, either.Token));
            await either.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    /// <summary>On the receiving thread of the listener, one at a time; true when its readings are queued, so that an inform may be confirmed.</summary>
    internal bool Take(Session open, SnmpNotification notification)
    {
        try
        {
            return TryTake(open, notification);
        }
        catch (Exception bug)
        {
            // A trap that upsets us must not end the listener.
            if (bugsSeen.Count < 100 && bugsSeen.Add($"{bug.GetType()} {bug.Message}"))
            {
                Log.Bug(log, bug);
            }

            return false;
        }
    }

    private bool TryTake(Session open, SnmpNotification notification)
    {
        var source = notification.Source.Address;
        if (!open.Limits.Admit(source))
        {
            counters.TrapsLimited.Add(1);
            if (open.Limits.MayTell(source))
            {
                Log.Limited(log, source, open.Config.PerSecond);
            }

            return false;
        }

        if (open.Origins?.Find(notification) is not { } device)
        {
            counters.TrapsUnknown.Add(1);
            if (open.Limits.MayTell(source))
            {
                Log.Unknown(log, source, notification.Trap);
            }

            return false;
        }

        counters.Traps.Add(1);
        var atMs = notification.ReceivedAt.ToUnixTimeMilliseconds();
        if (notification.IsTimely)
        {
            // One that is out of time may be played back by somebody: it is an event, and the poll tells what is true.
            TakeValues(device, notification, atMs);
        }

        sink.Add(new Reading(table.Intern(device.Id, "device.traps", KindOf(device.Id, notification.Trap.ToString(), out var count)), atMs, count, Quality.Good));
        sink.Hurry.Set();
        device.Lane?.PollSoon(device);
        Log.Told(log, device.Id, notification.Trap, notification.Variables.Count);
        return true;
    }

    private void TakeValues(PolledDevice device, SnmpNotification notification, long atMs)
    {
        foreach (var variable in notification.Variables)
        {
            if (((SnmpDriver)device.Driver).TryTake(variable, out var sample))
            {
                counters.TrapReadings.Add(1);
                sink.Add(new Reading(table.Intern(device.Id, sample.Instance.Point.Metric.Name, sample.Instance.Part), atMs, sample.Value, device.Sanity.QualityOf(sample)));
            }
        }
    }

    private string KindOf(string device, string trap, out long count)
    {
        var kind = trap;
        if (!told.ContainsKey((device, trap)))
        {
            var known = kinds.GetValueOrDefault(device);
            kind = known < MaxKinds ? trap : "other";
            kinds[device] = known + (known < MaxKinds ? 1 : 0);
        }

        count = told[(device, kind)] = told.GetValueOrDefault((device, kind)) + 1;
        return kind;
    }

    private async Task ApplyAsync(AgentConfig config)
    {
        var credentials = new TrapCredentials(config.Devices.Select(device => device.Access));
        if (session is { } open && (open.Config != config.Traps || !open.Credentials.Equals(credentials)))
        {
            await CloseAsync();
        }

        if (session is null && config.Traps is { } traps)
        {
            Open(traps, credentials);
        }
    }

    /// <summary>A port that cannot be had is tried again and again: polling is worth more than traps.</summary>
    private void Open(TrapsConfig config, TrapCredentials credentials)
    {
        var next = new Session(config, credentials, new SenderLimits(config.PerSecond, time));
        try
        {
            next.Listener = new SnmpTrapListener(
                new SnmpTrapListenerOptions
                {
                    Listen = config.Listen,
                    Communities = credentials.Communities,
                    Users = credentials.Users,
                    EngineId = engineId,
                    EngineBoots = ++boots,
                    Take = notification => Take(next, notification),
                },
                time);
        }
        catch (SnmpException taken)
        {
            if (refusal != taken.Message)
            {
                refusal = taken.Message;
                Log.CannotListen(log, taken.Message);
            }

            return;
        }

        refusal = null;
        engineId = next.Listener.EngineId.ToArray();
        Volatile.Write(ref session, next);
        Log.Listening(log, next.Listener.EndPoint);
    }

    private async Task CloseAsync()
    {
        if (session is { } open)
        {
            Volatile.Write(ref session, null);
            await open.Listener.DisposeAsync();
            CountRefused(open);
        }
    }

    private void CountRefused()
    {
        if (session is { } open)
        {
            CountRefused(open);
        }
    }

    private void CountRefused(Session open)
    {
        var refused = open.Listener.Refused + open.Listener.Garbage;
        counters.TrapsRefused.Add(refused - open.CountedRefused);
        open.CountedRefused = refused;
    }

    /// <summary>One opening of the port.</summary>
    internal sealed class Session(TrapsConfig config, TrapCredentials credentials, SenderLimits limits)
    {
        private volatile TrapOrigins? origins;

        public TrapsConfig Config => config;

        public TrapCredentials Credentials => credentials;

        public SenderLimits Limits => limits;

        public SnmpTrapListener Listener { get; set; } = null!;

        public TrapOrigins? Origins
        {
            get => origins;
            set => origins = value;
        }

        public long CountedRefused { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Receiving traps and informs on {EndPoint}.")]
        public static partial void Listening(ILogger log, System.Net.IPEndPoint endPoint);

        [LoggerMessage(LogLevel.Error, "{Reason}. Polling goes on; the port is tried again.")]
        public static partial void CannotListen(ILogger log, string reason);

        [LoggerMessage(LogLevel.Debug, "Device {Device} sent the trap {Trap} with {Count} values.")]
        public static partial void Told(ILogger log, string device, Oid trap, int count);

        [LoggerMessage(LogLevel.Warning, "The trap {Trap} of {Source} is dropped, and others of it: it is no SNMP device of the configuration, or several share its address.")]
        public static partial void Unknown(ILogger log, System.Net.IPAddress source, Oid trap);

        [LoggerMessage(LogLevel.Warning, "{Source} sends more than {PerSecond} traps a second ('traps.per_second'); what is beyond is dropped and counted.")]
        public static partial void Limited(ILogger log, System.Net.IPAddress source, int perSecond);

        [LoggerMessage(LogLevel.Critical, "A trap could not be handled.")]
        public static partial void Bug(ILogger log, Exception bug);
    }
}
