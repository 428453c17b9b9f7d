using System.Threading.Channels;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Polling;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Agent.Tests.Polling;

/// <summary>Devices whose answers the test writes, behind real lanes and a clock that the test turns.</summary>
internal sealed class ScriptedDevices : IAsyncDisposable
{
    private readonly ScriptedProtocol protocol = new();
    private long progress;
    private readonly Channel<PollResult> results = Channel.CreateUnbounded<PollResult>();

    public ScriptedDevices()
    {
        Clock = new SettableClock(Time);
        Lanes = new LaneSet(new ProtocolCatalog(protocol), new SeriesTable(), Tell, Clock, NullLoggerFactory.Instance);
    }

    /// <summary>The lanes' clock: <see cref="Time"/>, with a wall that can be set.</summary>
    public SettableClock Clock { get; }

    private void Tell(PollResult result)
    {
        Interlocked.Increment(ref progress);
        results.Writer.TryWrite(result);
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));

    public LaneSet Lanes { get; }

    public static PollConfig Periods { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)) { Spread = TimeSpan.Zero };

    public List<ScriptedDriver> Drivers => protocol.Drivers;

    public ScriptedDriver Driver(string id) => protocol.Drivers.Last(driver => driver.Id == id);

    public static AgentConfig Config(params IEnumerable<DeviceConfig> devices) =>
        new("demo", "gateway-1", [], new BrokerConfig([new Uri("mqtt://127.0.0.1")], null, null), Periods, JournalConfig.Default, [.. devices]);

    /// <summary>A device with one point of power in each of the groups; equal ids on equal hosts share a lane.</summary>
    public static DeviceConfig Device(string id, string host = "bus", string fingerprint = "1", params PollGroup[] groups) =>
        new(id, new ScriptedProfile(fingerprint, groups.Length == 0 ? [PollGroup.Fast] : groups), "pdu",
            new EndpointConfig(host, "scripted", new HostAddress("scripted", host, 1), null, TimeSpan.Zero), new OpenAccess());

    public async Task<PollResult> NextAsync() => await results.Reader.ReadAsync(Xunit.TestContext.Current.CancellationToken);

    /// <summary>Takes results until every lane is asleep again, then turns the clock by one step; repeats over the span.</summary>
    public async Task<List<PollResult>> RunAsync(TimeSpan span, TimeSpan step)
    {
        var taken = new List<PollResult>();
        for (var end = Time.GetUtcNow() + span; Time.GetUtcNow() < end; Time.Advance(step))
        {
            await SettleAsync();
            while (results.Reader.TryRead(out var result))
            {
                taken.Add(result);
            }
        }

        return taken;
    }

    /// <summary>Lets the lanes run until none of them has read or told anything for many turns of a pool that has nothing else to do.</summary>
    public async Task SettleAsync()
    {
        const int patience = 10_000;
        for (var (quiet, turns) = (0, 0); quiet < 40 && turns < patience; quiet++, turns++)
        {
            var before = Volatile.Read(ref progress);
            await Task.Yield();
            await Task.Run(static () => { }, CancellationToken.None);
            if (Volatile.Read(ref progress) != before || ThreadPool.PendingWorkItemCount > 0)
            {
                quiet = 0;
            }
        }
    }

    public async ValueTask DisposeAsync() => await Lanes.DisposeAsync();

    internal sealed class ScriptedDriver(string id, IReadOnlyList<Point> points) : IDeviceDriver
    {
        private readonly List<PointInstance> instances = [.. points.Select(point => new PointInstance(point, point.Part, "script"))];

        public string Id => id;

        public int Reads { get; private set; }

        /// <summary>What a read does; the default answers 1 for every point.</summary>
        public Func<PollGroup, CancellationToken, Task<IReadOnlyList<Sample>>>? Script { get; set; }

        public DeviceIdentity Identity => DeviceIdentity.Unknown;

        public IReadOnlyList<Sample> Answer(PollGroup group, double value = 1) =>
            [.. instances.Where(instance => instance.Point.Every == group).Select(instance => new Sample(instance, value))];

        public async ValueTask<IReadOnlyList<Sample>> ReadAsync(PollGroup group, CancellationToken cancel)
        {
            Reads++;
            return Script is null ? Answer(group) : await Script(group, cancel);
        }

        public IReadOnlyList<string> TakeNotes() => [];
    }

    /// <summary>A wall clock that somebody sets while the monotonic clock runs on.</summary>
    internal sealed class SettableClock(TimeProvider inner) : TimeProvider
    {
        private TimeSpan offset;

        public override long TimestampFrequency => inner.TimestampFrequency;

        public void SetBy(TimeSpan change) => offset += change;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + offset;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            inner.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class ScriptedLink(ScriptedProtocol protocol) : ILink
    {
        public IDeviceDriver CreateDriver(DeviceConfig device)
        {
            var driver = new ScriptedDriver(device.Id, device.Profile.Points);
            protocol.Drivers.Add(driver);
            return driver;
        }

        public ValueTask<IReadOnlyList<ProfileMatch>> IdentifyAsync(DeviceAccess access, IReadOnlyList<DeviceProfile> profiles, CancellationToken cancel) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class ScriptedProtocol : IProtocol
    {
        public List<ScriptedDriver> Drivers { get; } = [];

        public string Name => "scripted";

        public DeviceProfile ParseProfile(ProfileHeader header, YamlMap profile) => throw new NotSupportedException();

        public string LaneKey(EndpointConfig endpoint) => endpoint.Name;

        public bool Serves(PathAddress path) => true;

        public ILink OpenLink(EndpointConfig endpoint) => new ScriptedLink(this);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed record ScriptedPoint : Point;

    private sealed class ScriptedProfile(string fingerprint, PollGroup[] groups) : DeviceProfile(
        new ProfileHeader("scripted", Vocabulary.Default.Kinds["pdu"], "any", [], "scripted", "test", Proof.Manual, "scripted.yaml", fingerprint),
        [.. groups.Select((group, i) => new ScriptedPoint { Metric = Vocabulary.Default.Metrics["power.active"], Part = $"L{i + 1}", Every = group })])
    {
        public override IReadOnlyList<string> DescribePlan(PollGroup group) => [];
    }
}
