using System.Collections.Concurrent;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Drivers.Redfish;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Tests.Profiles;
using EdgeDcim.Protocols.Redfish;
using EdgeDcim.Protocols.Tests.Redfish;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Agent.Tests.Drivers;

/// <summary>What the driver makes of a tree: each resource once a poll, what is not there is no value, and one dead part costs no other.</summary>
public sealed class RedfishDriverTests : IAsyncLifetime
{
    private const string Chassis = "/redfish/v1/Chassis";

    private readonly ConcurrentDictionary<string, string> tree = new(StringComparer.Ordinal)
    {
        ["/redfish/v1/"] = """{"Chassis":{"@odata.id":"/redfish/v1/Chassis"}}""",
        [Chassis] = Members($"{Chassis}/1"),
        [$"{Chassis}/1"] = """{"Manufacturer":"Acme","Model":"M","Power":{"@odata.id":"/redfish/v1/Chassis/1/Power"},"Thermal":{"@odata.id":"/redfish/v1/Chassis/1/Thermal"}}""",
        [$"{Chassis}/1/Power"] = """{"PowerControl":[{"PowerConsumedWatts":300,"PowerCapacityWatts":800}]}""",
        [$"{Chassis}/1/Thermal"] = """{"Temperatures":[{"Name":"In","ReadingCelsius":21,"PhysicalContext":"Intake"},{"Name":"CPU","ReadingCelsius":55,"PhysicalContext":"CPU"}]}""",
    };

    private readonly ConcurrentDictionary<string, int> statuses = new(StringComparer.Ordinal);
    private readonly FakeTimeProvider time = new();
    private ScriptedService service = null!;
    private RedfishClient client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        service = ScriptedService.Of(request =>
            statuses.TryGetValue(request.Path, out var status) ? ScriptedService.Reply(status, "{}")
            : tree.TryGetValue(request.Path, out var json) ? ScriptedService.Reply(200, json)
            : ScriptedService.Reply(404, "{}"));
        client = new RedfishClient(new RedfishOptions { Service = service.Address, Timeout = TimeSpan.FromSeconds(30) }, time);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task ReadAsync_pointsOfOneResource_fetchItOnceAPoll()
    {
        var driver = Driver("""
            points:
              - { metric: power.active, get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts }
              - { metric: power.active.rated, get: /Chassis/*/Power, at: /PowerControl/0/PowerCapacityWatts }
              - { metric: power.active.max, every: slow, get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts }
            """);

        Assert.Equal([("power.active", null, 300), ("power.active.rated", null, 800)], await ReadAsync(driver));
        await driver.ReadAsync(PollGroup.Slow, Cancel);
        Assert.Single(service.Lines, $"GET {Chassis}/1/Power");

        time.Advance(TimeSpan.FromSeconds(2));
        tree[$"{Chassis}/1/Power"] = """{"PowerControl":[{"PowerConsumedWatts":"310.5"}]}""";
        Assert.Equal([("power.active", null, 310.5)], await ReadAsync(driver));
        Assert.Equal(2, service.Lines.Count(line => line == $"GET {Chassis}/1/Power"));
        Assert.Single(service.Lines, $"GET {Chassis}");
        Assert.Equal($"{Chassis}/1/Power#/PowerControl/0/PowerConsumedWatts", (await driver.ReadAsync(PollGroup.Normal, Cancel))[0].Instance.Source);
    }

    [Theory]
    [InlineData("""{"Reading":0,"Status":{"State":"Absent"}}""")]
    [InlineData("""{"Reading":0,"Status":{"State":"Disabled"}}""")]
    [InlineData("""{"Reading":0,"Status":{"State":"UnavailableOffline"}}""")]
    [InlineData("""{"Reading":null}""")]
    [InlineData("""{"Reading":"N/A"}""")]
    [InlineData("""{"Reading":{"x":1}}""")]
    [InlineData("""{"Reading":7,"ReadingUnits":"furlong"}""")]
    [InlineData("{}")]
    public async Task ReadAsync_whatIsNotThere_isNeverANumber(string fan)
    {
        const string points = """
            points:
              - { metric: fan.speed, part: "{index}", get: /Chassis/*/Thermal, at: /Fans/*/Reading }
            """;
        tree[$"{Chassis}/1/Thermal"] = $$"""{"Fans":[{"Reading":900},{{fan}}]}""";
        Assert.Equal([("fan.speed", "0", 900)], await ReadAsync(Driver(points)));

        // What was seen once and is then marked is missing.
        tree[$"{Chassis}/1/Thermal"] = """{"Fans":[{"Reading":900},{"Reading":800}]}""";
        var driver = Driver(points);
        await driver.ReadAsync(PollGroup.Normal, Cancel);
        time.Advance(TimeSpan.FromSeconds(2));
        tree[$"{Chassis}/1/Thermal"] = $$"""{"Fans":[{"Reading":901},{{fan}}]}""";
        var samples = await driver.ReadAsync(PollGroup.Normal, Cancel);
        Assert.Equal(901, samples[0].Value);
        Assert.All(samples.Skip(1), sample => Assert.True(double.IsNaN(sample.Value)));
    }

    [Fact]
    public async Task ReadAsync_oneDeadResource_costsNoOtherAndRests()
    {
        var driver = Driver("""
            points:
              - { metric: power.active, get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts }
              - { metric: temperature.inlet, part: "{label}", get: /Chassis/*/Thermal, at: /Temperatures/*/ReadingCelsius, where: { at: PhysicalContext, is: Intake } }
            """);
        statuses[$"{Chassis}/1/Power"] = 500;

        Assert.Equal([("temperature.inlet", "In", 21)], await ReadAsync(driver));
        Assert.Contains("set aside", Assert.Single(driver.TakeNotes()), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(10));
        await driver.ReadAsync(PollGroup.Normal, Cancel);
        Assert.Single(service.Lines, $"GET {Chassis}/1/Power");

        statuses.Clear();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, (await driver.ReadAsync(PollGroup.Normal, Cancel)).Count);
        Assert.Contains("read again", Assert.Single(driver.TakeNotes()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_everyResourceInTrouble_isTheDevicesFault()
    {
        var driver = Driver("points: [{ metric: power.active, get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts }]");
        statuses[$"{Chassis}/1/Power"] = 500;

        Assert.Equal(FaultKind.BadReply, (await FaultAsync(driver)).Kind);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(FaultKind.BadReply, (await FaultAsync(driver)).Kind);
    }

    [Fact]
    public async Task ReadAsync_resourceThatIsGone_makesTheTreeBeFoundAnew()
    {
        var driver = Driver("points: [{ metric: power.active, get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts }]");
        await driver.ReadAsync(PollGroup.Normal, Cancel);
        tree[Chassis] = Members($"{Chassis}/B");
        tree[$"{Chassis}/B"] = """{"Power":{"@odata.id":"/redfish/v1/Chassis/B/Power"}}""";
        tree[$"{Chassis}/B/Power"] = """{"PowerControl":[{"PowerConsumedWatts":44}]}""";
        tree.TryRemove($"{Chassis}/1/Power", out _);

        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await driver.ReadAsync(PollGroup.Normal, Cancel));
        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Contains(44, (await driver.ReadAsync(PollGroup.Normal, Cancel)).Select(sample => sample.Value));
    }

    [Fact]
    public async Task ReadAsync_firstOf_isDecidedForTheBetterPlaceOnce()
    {
        var driver = Driver("""
            points:
              - metric: power.active
                first_of:
                  - { get: /Chassis/*/EnvironmentMetrics, at: /PowerWatts }
                  - { get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts }
            """);
        tree[$"{Chassis}/1"] = tree[$"{Chassis}/1"].Replace("\"Model\"", """
            "EnvironmentMetrics":{"@odata.id":"/redfish/v1/Chassis/1/EnvironmentMetrics"},"Model"
            """, StringComparison.Ordinal);
        tree[$"{Chassis}/1/EnvironmentMetrics"] = """{"PowerWatts":{"Reading":301}}""";
        statuses[$"{Chassis}/1/EnvironmentMetrics"] = 500;
        Assert.Equal([("power.active", null, 300)], await ReadAsync(driver));

        // With the next survey the choice is made anew.
        statuses.Clear();
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal([("power.active", null, 301)], await ReadAsync(driver));
        var asked = service.Lines.Count(line => line == $"GET {Chassis}/1/Power");
        time.Advance(TimeSpan.FromSeconds(2));
        await driver.ReadAsync(PollGroup.Normal, Cancel);
        Assert.Equal(asked, service.Lines.Count(line => line == $"GET {Chassis}/1/Power"));
    }

    [Fact]
    public async Task ReadAsync_severalUnits_areToldApartAndConditionsLookAbove()
    {
        tree[Chassis] = Members($"{Chassis}/1", $"{Chassis}/Sled");
        tree[$"{Chassis}/Sled"] = """{"Power":{"@odata.id":"/redfish/v1/Chassis/Sled/Power"},"Links":{"ContainedBy":{"@odata.id":"/redfish/v1/Chassis/1"}}}""";
        tree[$"{Chassis}/Sled/Power"] = """{"PowerControl":[{"PowerConsumedWatts":90}],"Voltages":[{"Name":"12V","ReadingVolts":12}]}""";
        var driver = Driver("""
            points:
              - { metric: power.active, get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts, where: { get: /Chassis/*, at: /Links/ContainedBy, not: "*" } }
              - { metric: power.component, part: "{1}", get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts, where: { get: /Chassis/*, at: /Links/ContainedBy, is: "*" } }
              - { metric: power.active.max, get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts }
              - { metric: voltage.rail, part: "{label}", get: /Chassis/*/Power, at: /Voltages/*/ReadingVolts }
            """);

        Assert.Equal(
            [("power.active", null, 300), ("power.component", "Sled", 90), ("power.active.max", "1", 300), ("power.active.max", "Sled", 90), ("voltage.rail", "Sled/12V", 12)],
            await ReadAsync(driver));
    }

    [Fact]
    public async Task ReadAsync_sensorInAnotherUnit_isConverted()
    {
        tree[$"{Chassis}/1/Thermal"] = """{"Reading":212,"ReadingUnits":"[degF]"}""";

        Assert.Equal([("temperature.inlet", null, 100)], await ReadAsync(Driver("points: [{ metric: temperature.inlet, get: /Chassis/*/Thermal, at: /Reading }]")));
    }

    [Fact]
    public async Task ReadAsync_serviceThatExpands_isAskedOnceForACollection()
    {
        tree["/redfish/v1/"] = """{"ProtocolFeaturesSupported":{"ExpandQuery":{"NoLinks":true}},"Chassis":{"@odata.id":"/redfish/v1/Chassis"}}""";
        tree[$"{Chassis}/1"] = """{"Sensors":{"@odata.id":"/redfish/v1/Chassis/1/Sensors"}}""";
        tree[$"{Chassis}?$expand=."] = """{"Members":[{"@odata.id":"/redfish/v1/Chassis/1","Sensors":{"@odata.id":"/redfish/v1/Chassis/1/Sensors"}}]}""";
        tree[$"{Chassis}/1/Sensors?$expand=."] = """{"Members":[{"@odata.id":"/redfish/v1/Chassis/1/Sensors/a","Reading":1},{"@odata.id":"/redfish/v1/Chassis/1/Sensors/b","Reading":2}]}""";
        var driver = Driver("""points: [{ metric: temperature.component, part: "{2}", get: /Chassis/*/Sensors/*, at: /Reading }]""");

        Assert.Equal([("temperature.component", "a", 1), ("temperature.component", "b", 2)], await ReadAsync(driver));
        Assert.DoesNotContain(service.Lines, line => line.Contains("Sensors/a", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<html>", "BadReply")]
    [InlineData("{}", "NotSupported")]
    public async Task ReadAsync_serviceWithoutWhatTheProfileAsksFor_isAFault(string root, string expected)
    {
        tree["/redfish/v1/"] = root;

        Assert.Equal(expected, (await FaultAsync(Driver("points: [{ metric: power.active, get: /Chassis/*/Power, at: /X }]"))).Kind.ToString());
    }

    [Fact]
    public async Task ReadAsync_serviceThatIsGone_isUnreachable()
    {
        var driver = Driver("points: [{ metric: power.active, get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts }]");
        await driver.ReadAsync(PollGroup.Normal, Cancel);
        await service.DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(FaultKind.Unreachable, (await FaultAsync(driver)).Kind);
    }

    [Fact]
    public async Task IdentifyAsync_moreSpecificProfileComesFirst()
    {
        await using var link = (RedfishLink)new RedfishProtocol(time).OpenLink(new EndpointConfig(
            "x", "redfish", new HostAddress("redfish+http", "127.0.0.1", service.Address.Port), TimeSpan.FromSeconds(30), TimeSpan.Zero));
        var general = ProfileText.Read("redfish", "identify: { get: /Chassis/* }\npoints: [{ metric: power.active, get: /Chassis/*/Power, at: /X }]");
        var own = ProfileText.Read("redfish", "identify: { get: /Chassis/*, at: /Manufacturer, is: Acme }\npoints: [{ metric: power.active, get: /Chassis/*/Power, at: /X }]");
        var other = ProfileText.Read("redfish", "identify: { get: /Chassis/*, at: /Manufacturer, is: Else }\npoints: [{ metric: power.active, get: /Chassis/*/Power, at: /X }]");

        var matches = await link.IdentifyAsync(new RedfishAccess(null, null, null, null), [general, other, own], Cancel);

        Assert.Equal([own, general], matches.Select(match => match.Profile));
        Assert.Contains("Acme M", matches[0].Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_fiftyServicesOfWhichThreeAreDead_fortySevenAreOnTime()
    {
        var dead = new HashSet<int> { 7, 23, 41 };
        var profile = (RedfishProfile)ProfileText.Read("redfish", "points: [{ metric: power.active, get: /Chassis/*/Power, at: /PowerControl/0/PowerConsumedWatts }]");
        var services = Enumerable.Range(0, 50).Select(number => dead.Contains(number)
            ? new ScriptedService((_, _, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel))
            : ScriptedService.Holding(new(tree))).ToList();
        var clients = services.Select(each => new RedfishClient(new RedfishOptions { Service = each.Address, Timeout = TimeSpan.FromSeconds(5) }, time)).ToList();
        var reads = clients.Select(each => new RedfishDriver(each, profile, time).ReadAsync(PollGroup.Normal, Cancel).AsTask()).ToList();

        // The clock stands still: nobody alive waits for the deadline of the dead.
        await Task.WhenAll(reads.Where((_, number) => !dead.Contains(number)));
        Assert.All(dead, number => Assert.False(reads[number].IsCompleted));
        time.Advance(TimeSpan.FromSeconds(5));
        foreach (var number in dead)
        {
            Assert.Equal(FaultKind.Timeout, (await Assert.ThrowsAsync<DeviceFault>(() => reads[number])).Kind);
        }

        foreach (var each in clients)
        {
            await each.DisposeAsync();
        }

        foreach (var each in services)
        {
            await each.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("{ metric: power.active, at: /X }", "no 'get'")]
    [InlineData("{ metric: power.active, get: Chassis, at: /X }", "links from the service root")]
    [InlineData("{ metric: power.active, get: /Chassis/*/Power }", "at' is missing")]
    [InlineData("{ metric: power.active, get: /Chassis/*/Power, at: X }", "JSON pointer")]
    [InlineData("{ metric: fan.speed, get: /Chassis/*/Thermal, at: /Fans/*/Reading }", "tell them apart")]
    [InlineData("{ metric: power.active, get: /Chassis/*/Power, at: /X, parts: { a: b } }", "'at' has none")]
    [InlineData("{ metric: power.active, get: /Chassis/*/Power, at: /X, where: { get: /Systems/*, at: /Y, is: Z } }", "on the way")]
    [InlineData("{ metric: power.active, get: /Chassis/*/Power, at: /X, where: { at: Y } }", "'is' or what it is 'not'")]
    [InlineData("{ metric: power.active, get: /Chassis/*/Power, at: /X, wher: { at: Y } }", "did you mean 'where'")]
    [InlineData("{ metric: power.active, decide: [{ get: /Chassis/*/Power, at: /X }, { get: /A, at: /X }] }", "write 'first_of'")]
    public void Read_wrongPoint_isExplained(string point, string expected)
    {
        ProfileText.TryRead("redfish", $"points:\n  - {point}\n", out var problems);

        Assert.Contains(problems, problem => problem.Message.Contains(expected, StringComparison.Ordinal));
    }

    private static string Members(params string[] paths) => $$"""{"Members":[{{string.Join(',', paths.Select(path => $$"""{"@odata.id":"{{path}}"}"""))}}]}""";

    private RedfishDriver Driver(string points) => new(client, (RedfishProfile)ProfileText.Read("redfish", points), time);

    private static async Task<IEnumerable<(string, string?, double)>> ReadAsync(RedfishDriver driver) =>
        (await driver.ReadAsync(PollGroup.Normal, Cancel)).Select(sample => (sample.Instance.Point.Metric.Name, sample.Instance.Part, Math.Round(sample.Value, 9)));

    private static async Task<DeviceFault> FaultAsync(RedfishDriver driver) =>
        await Assert.ThrowsAsync<DeviceFault>(async () => await driver.ReadAsync(PollGroup.Normal, Cancel));
}
