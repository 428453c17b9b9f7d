using System.Net;
using System.Threading.Channels;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Diagnostics;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Polling;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Agent.Tests.Profiles;
using EdgeDcim.Agent.Tests.Publishing;
using EdgeDcim.Agent.Traps;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Protocols.Snmp;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Agent.Tests.Traps;

public sealed class TrapReceiverTests : IAsyncLifetime
{
    private static readonly IPAddress A = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress B = IPAddress.Parse("192.0.2.2");
    private static readonly Oid OnBattery = Oid.Parse("1.3.6.1.2.1.33.2.0.1");

    private readonly string folder = Directory.CreateTempSubdirectory("traps").FullName;
    private readonly FakeTimeProvider time = new();
    private readonly AgentCounters counters = new();
    private readonly CollectedLog log = new();
    private readonly Dictionary<string, PolledDevice> devices = new(StringComparer.Ordinal);
    private readonly SeriesTable table = new();
    private readonly Channel<Reading> queue;
    private readonly Journal journal;
    private readonly ProtocolCatalog protocols;
    private readonly TrapReceiver receiver;
    private TrapReceiver.Session session = null!;

    public TrapReceiverTests()
    {
        journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, time);
        queue = ReadingQueue.Create(counters);
        protocols = ProtocolCatalog.Standard(time);
        receiver = new TrapReceiver(() => devices, table, new PollSink(queue.Writer, new NodeModel("gw", journal), counters), counters, time, log.Logger<TrapReceiver>());
        Add("ups-a", "192.0.2.1", 161, "one");
        Add("ups-b", "192.0.2.2", 161, "two");
        Add("ups-c", "192.0.2.2", 1161, "three");
        Add("ups-d", "192.0.2.3", 161, "four");
    }

    public async ValueTask InitializeAsync()
    {
        var credentials = new TrapCredentials(devices.Values.Select(device => device.Config.Access));
        session = new TrapReceiver.Session(new TrapsConfig(new IPEndPoint(IPAddress.Loopback, 0), 10), credentials, new SenderLimits(10, time))
        {
            Origins = await TrapOrigins.BuildAsync(devices.Values, credentials, TestContext.Current.CancellationToken),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await receiver.DisposeAsync();
        await protocols.DisposeAsync();
        journal.Dispose();
        counters.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_trap_is_an_event_of_the_device_whose_address_it_came_from()
    {
        Assert.True(receiver.Take(session, Trap(A)));
        Assert.True(receiver.Take(session, Trap(A)));

        Assert.Equal([("ups-a/device.traps/1.3.6.1.2.1.33.2.0.1", 1), ("ups-a/device.traps/1.3.6.1.2.1.33.2.0.1", 2)], Queued());
        Assert.Equal(2, counters.Traps.Count);
    }

    [Fact]
    public void A_trap_is_of_the_device_that_it_names_as_its_agent_when_a_proxy_sent_it()
    {
        Assert.True(receiver.Take(session, Trap(IPAddress.Parse("198.51.100.9")) with { AgentAddress = A }));
        Assert.True(receiver.Take(session, Trap(A) with { AgentAddress = IPAddress.Parse("10.0.0.1") }));

        Assert.All(Queued(), reading => Assert.StartsWith("ups-a/", reading.Series, StringComparison.Ordinal));
    }

    [Fact]
    public void Devices_that_share_an_address_are_told_apart_by_their_community_and_nobody_is_guessed()
    {
        Assert.True(receiver.Take(session, Trap(B) with { Community = 2 }));
        Assert.True(receiver.Take(session, Trap(B) with { Community = 1 }));
        Assert.False(receiver.Take(session, Trap(B) with { Community = 0 }));

        Assert.Equal(["ups-c", "ups-b"], Queued().Select(reading => reading.Series.Split('/')[0]));
        Assert.Equal(1, counters.TrapsUnknown.Count);
    }

    [Fact]
    public void An_unknown_sender_is_counted_told_once_and_its_informs_are_not_confirmed()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.False(receiver.Take(session, Trap(IPAddress.Parse("203.0.113.5")) with { IsInform = true }));
        }

        Assert.Empty(Queued());
        Assert.Equal(20, counters.TrapsUnknown.Count);
        Assert.Contains("203.0.113.5", Assert.Single(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_storm_is_cut_off_and_other_devices_are_heard()
    {
        Assert.Equal(50, Enumerable.Range(0, 10_000).Count(_ => receiver.Take(session, Trap(A))));
        Assert.True(receiver.Take(session, Trap(IPAddress.Parse("192.0.2.3"))));

        Assert.Equal(9_950, counters.TrapsLimited.Count);
        Assert.Contains("more than 10 traps a second", Assert.Single(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_invents_traps_makes_a_bounded_number_of_series()
    {
        for (uint kind = 0; kind < 200; kind++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            receiver.Take(session, Trap(A) with { Trap = OnBattery.Append(kind) });
        }

        var series = Queued().Select(reading => reading.Series).ToList();
        Assert.Equal(65, series.Distinct().Count());
        Assert.Equal(136, series.Count(each => each == "ups-a/device.traps/other"));
    }

    private List<(string Series, double Value)> Queued()
    {
        var found = new List<(string, double)>();
        while (queue.Reader.TryRead(out var reading))
        {
            found.Add((reading.Series.ToString(), reading.Value));
        }

        return found;
    }

    private SnmpNotification Trap(IPAddress source) => new()
    {
        Source = new IPEndPoint(source, 40_000),
        Version = SnmpVersion.V2c,
        Trap = OnBattery,
        UpTime = 1,
        Variables = [],
        ReceivedAt = time.GetUtcNow(),
    };

    private void Add(string id, string host, int port, string community)
    {
        var profile = ProfileText.Read("snmp", "points:\n  - { metric: load, oid: 1.3.6.1.4.1.9.1.0 }");
        var endpoint = new EndpointConfig(id, "snmp", new HostAddress("snmp", host, port), null, TimeSpan.Zero);
        var config = new DeviceConfig(id, profile, "ups", endpoint, new SnmpCommunityAccess(SnmpDialect.V2c, Secret.Literal(community)));
        devices.Add(id, new PolledDevice(config, protocols.Get("snmp").OpenLink(endpoint).CreateDriver(config), table));
    }
}
