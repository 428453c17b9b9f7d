using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Drivers.Ipmi;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Tests.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Durability;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Simulator.Ipmi;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Agent.Tests.Drivers;

/// <summary>Profiles of servers against a controller over the network, with the shipped profiles and with small ones.</summary>
public sealed class IpmiDriverTests : IAsyncDisposable
{
    private const byte On = 0xC0;

    private readonly BmcModel model = new();
    private readonly IpmiTransport transport = new(TimeProvider.System);
    private readonly BmcServer bmc;
    private IpmiLink? link;

    public IpmiDriverTests() => bmc = new BmcServer(model, new BmcOptions());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (link is not null)
        {
            await link.DisposeAsync();
            Assert.Equal(0, bmc.OpenSessions);
        }

        await transport.DisposeAsync();
        await bmc.DisposeAsync();
    }

    [Fact]
    public async Task The_generic_profile_reads_a_server_by_types_entities_and_units()
    {
        model.Power = (231, 180, 402, 225);
        model.Add(SdrBytes.Full(1, "Inlet", 1, 0x37, 1, 1), 24, On, 0);
        model.Add(SdrBytes.Full(2, "Exhaust Temp", 1, 7, 1, 1), 38, On, 0);
        model.Add(SdrBytes.Full(3, "Temp", 1, 3, 1, 1), 61, On, 0);
        model.Add(SdrBytes.Full(4, "Temp", 1, 3, 2, 1), 63, On, 0);
        model.Add(SdrBytes.Full(5, "P1 Therm Margin", 1, 3, 1, 1, format: 2), 0xD8, On, 0);
        model.Add(SdrBytes.Full(6, "FAN1", 4, 29, 1, 18, m: 100), 54, On, 0);
        model.Add(SdrBytes.Full(7, "Fan 2", 4, 29, 2, 0, percent: true), 40, On, 0);
        model.Add(SdrBytes.Full(8, "PS1 Input Power", 0x0B, 10, 1, 6, m: 4), 30, On, 0);
        model.Add(SdrBytes.Full(9, "12V", 2, 7, 1, 4, m: 6, rExp: -2), 200, On, 0);
        model.Add(SdrBytes.Full(10, "DIMM A1", 1, 32, 1, 2), 104, On, 0);
        model.Add(SdrBytes.Compact(11, "PS1 Status", 8, 10, 1, 0x6F), 0, On, 1, 0x80);
        model.Add(SdrBytes.Compact(12, "PS2 Status", 8, 10, 2, 0x6F), 0, On, 9, 0x80);
        model.Add(SdrBytes.Compact(13, "PS3 Status", 8, 10, 3, 0x6F), 0, On, 0, 0x80);
        model.Add(SdrBytes.Compact(14, "PS Redundancy", 8, 10, 1, 0x0B), 0, On, 2, 0x80);
        model.Add(SdrBytes.Compact(15, "Intrusion", 5, 23, 1, 0x6F), 0, On, 0, 0x80);

        Assert.Equal(
            [
                "fan.output Fan 2 40", "fan.speed FAN1 5400", "intrusion Intrusion clear", "power.active  231", "power.active.max  402", "power.active.mean  225",
                "power.active.min  180", "power.supply.input psu/1 120", "state.device  ok", "state.power_supply PS1 Status ok", "state.power_supply PS2 Status input_lost",
                "state.power_supply PS3 Status absent", "state.redundancy PS Redundancy lost", "temperature.cpu cpu/1 61", "temperature.cpu cpu/2 63", "temperature.exhaust  38",
                "temperature.inlet  24", "temperature.memory DIMM A1 40", "voltage.rail 12V 12",
            ],
            await ReadAllAsync("ipmi-dcmi"));
    }

    [Fact]
    public async Task Without_DCMI_the_power_is_the_sensor_of_the_whole_machine_and_nothing_fails()
    {
        model.Add(SdrBytes.Full(1, "Pwr Consumption", 0x0B, 7, 1, 6, m: 4), 58, On, 0);
        Assert.Equal(["power.active  232", "state.device  ok"], await ReadAllAsync("ipmi-dcmi"));
    }

    [Theory]
    [InlineData(false, 231)]
    [InlineData(true, 0)]
    public async Task Power_that_is_not_measured_is_missing_and_never_0(bool active, ushort watts)
    {
        model.Power = (watts, 0, 0, 0);
        model.PowerIsActive = active;
        Assert.Equal(["power.active  missing", "power.active.max  missing", "power.active.mean  missing", "power.active.min  missing", "state.device  ok"], await ReadAllAsync("ipmi-dcmi"));
    }

    [Fact]
    public async Task Sensors_of_a_PowerEdge_are_read_by_its_own_profile()
    {
        model.Power = (231, 180, 402, 225);
        model.Add(SdrBytes.Full(1, "Inlet Temp", 1, 7, 1, 1), 21, On, 0);
        model.Add(SdrBytes.Full(2, "Current 1", 3, 10, 1, 5, m: 2, rExp: -1), 3, On, 0);
        model.Add(SdrBytes.Full(3, "Voltage 1", 2, 10, 1, 4, m: 2), 115, On, 0);
        model.Add(SdrBytes.Full(4, "Pwr Consumption", 0x0B, 7, 1, 6, m: 7), 32, On, 0);
        model.Fru = SdrBytes.Fru("DELL", "PowerEdge R640", "0H28RR", "ABC1234", "CN0001");
        var (best, others) = await IdentifyAsync();
        Assert.Equal("dell-poweredge-ipmi", best);
        Assert.Contains("ipmi-dcmi", others);
        Assert.Equal(
            ["current.input psu/1 0.6", "power.active  231", "power.active.max  402", "power.active.mean  225", "power.active.min  180", "state.device  ok", "temperature.inlet  21", "voltage.input psu/1 230"],
            await ReadAllAsync(best));
    }

    [Fact]
    public async Task Sensors_of_a_Supermicro_board_are_read_by_its_own_profile()
    {
        model.Manufacturer = 10876;
        model.Add(SdrBytes.Full(1, "CPU1 Temp", 1, 3, 1, 1), 45, On, 0);
        model.Add(SdrBytes.Full(2, "System Temp", 1, 7, 1, 1), 31, On, 0);
        model.Add(SdrBytes.Full(3, "Peripheral Temp", 1, 7, 2, 1), 40, On, 0);
        model.Add(SdrBytes.Compact(4, "Chassis Intru", 5, 23, 1, 0x6F), 0, On, 1, 0x80);
        var (best, _) = await IdentifyAsync();
        Assert.Equal("supermicro-ipmi", best);
        Assert.Equal(["intrusion Chassis Intru detected", "state.device  ok", "temperature.component Peripheral Temp 40", "temperature.cpu cpu/1 45", "temperature.internal  31"], await ReadAllAsync(best));
    }

    [Fact]
    public async Task Sensors_of_a_FusionServer_are_read_by_its_own_profile_and_what_is_left_to_a_limit_is_no_temperature()
    {
        model.Manufacturer = 2011;
        model.Add(SdrBytes.Full(1, "Outlet Temp", 1, 7, 1, 1), 35, On, 0);
        model.Add(SdrBytes.Full(2, "CPU1 Core Rem", 1, 3, 1, 1), 52, On, 0);
        model.Add(SdrBytes.Full(3, "CPU1 DTS", 1, 3, 1, 1, format: 2), 0xD8, On, 0);
        model.Add(SdrBytes.Full(4, "DIMM Thrm Mrgn 1", 1, 32, 1, 1, format: 2), 0xD8, On, 0);
        model.Add(SdrBytes.Full(5, "Power", 0x0B, 7, 1, 6, m: 4), 50, On, 0);
        model.Add(SdrBytes.Full(6, "Power1", 0x0B, 10, 1, 6, m: 4), 26, On, 0);
        model.Add(SdrBytes.Full(7, "PS1 VIN", 2, 10, 1, 4, m: 2), 115, On, 0);
        var (best, _) = await IdentifyAsync();
        Assert.Equal("huawei-ipmi", best);
        Assert.Equal(["power.active  200", "power.supply.input psu/1 104", "state.device  ok", "temperature.cpu cpu/1 52", "temperature.exhaust  35", "voltage.input psu/1 230"], await ReadAllAsync(best));
    }

    [Fact]
    public async Task A_server_of_an_unknown_maker_gets_the_generic_profile()
    {
        model.Manufacturer = 99999;
        Assert.Equal(("ipmi-dcmi", ""), await IdentifyAsync());
    }

    [Fact]
    public async Task A_machine_that_is_off_has_sensors_without_values()
    {
        model.Chassis = [0x20, 0, 0x40];
        model.Add(SdrBytes.Full(1, "CPU1 Temp", 1, 3, 1, 1), 0, 0xE0, 0);
        Assert.Equal(["state.device  off", "temperature.cpu cpu/1 missing"], await ReadAllAsync("ipmi-dcmi"));
    }

    [Fact]
    public async Task A_sensor_that_never_answers_is_set_aside_and_the_others_stay()
    {
        model.Add(SdrBytes.Full(1, "CPU1 Temp", 1, 3, 1, 1), 45, On, 0);
        model.Add(SdrBytes.Full(2, "CPU2 Temp", 1, 3, 2, 1), 45, On, 0);
        model.Override = (command, data) => command == 0x042D && data[0] == 1 ? [] : null;
        var driver = Driver("ipmi-dcmi");

        var first = await driver.ReadAsync(PollGroup.Normal, Cancel);
        Assert.Equal([double.NaN, 45], first.Where(sample => sample.Instance.Part?.StartsWith("cpu", StringComparison.Ordinal) == true).Select(sample => sample.Value));
        Assert.Contains("the sensor 'CPU1 Temp' is set aside for 10 minutes", Assert.Single(driver.TakeNotes()), StringComparison.Ordinal);
        bmc.Asked.Clear();
        await driver.ReadAsync(PollGroup.Normal, Cancel);
        Assert.Equal(1, bmc.Asked.Count(command => command == 0x042D));
    }

    [Fact]
    public async Task New_events_are_told_and_a_log_that_does_not_answer_costs_no_reading()
    {
        model.Add(SdrBytes.Compact(9, "PS1 Status", 8, 10, 1, 0x6F), 0, On, 1, 0x80);
        model.LogEvent(8, 9, 0x6F, 3, 0x6000_0000);
        await using var client = new IpmiClient(transport, Target);
        var time = new FakeTimeProvider();
        var events = new IpmiEvents(client, new DriverMemory(), "server", time);
        var sensors = (await client.ReadRepositoryAsync(Cancel)).Sensors;
        var notes = new List<string>();
        await events.ReadAsync(sensors, notes, Cancel);
        Assert.Empty(notes);

        model.LogEvent(8, 9, 0x6F, 1, 0x6000_0001);
        model.LogEvent(8, 9, 0xEF, 1, 10);
        time.Advance(TimeSpan.FromMinutes(1));
        await events.ReadAsync(sensors, notes, Cancel);
        Assert.Equal(["event 2 (2021-01-14 08:25:37Z): 'PS1 Status': failed", "event 3 (no time): 'PS1 Status': failed, gone"], notes);

        notes.Clear();
        model.Override = (command, _) => command is 0x0A40 or 0x0A43 ? [] : null;
        time.Advance(TimeSpan.FromMinutes(1));
        await events.ReadAsync(sensors, notes, Cancel);
        Assert.Contains("the event log is not read for now", Assert.Single(notes), StringComparison.Ordinal);
        await client.ReadDeviceIdAsync(Cancel);
        Assert.Equal(1, client.Logins);
    }

    [Fact]
    public async Task Events_that_came_while_the_agent_was_away_are_told_once_by_the_next_one()
    {
        model.Add(SdrBytes.Compact(9, "PS1 Status", 8, 10, 1, 0x6F), 0, On, 1, 0x80);
        model.LogEvent(8, 9, 0x6F, 3, 0x6000_0000);
        await using var client = new IpmiClient(transport, Target);
        var sensors = (await client.ReadRepositoryAsync(Cancel)).Sensors;
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "journal.db");
        Assert.Empty(await RunAsync());

        model.LogEvent(8, 9, 0x6F, 1, 0x6000_0001);
        model.LogEvent(8, 9, 0x6F, 2, 0x6000_0002);
        Assert.Equal(["event 2", "event 3"], await RunAsync());
        Assert.Empty(await RunAsync());

        model.Log.Clear();
        model.LogErased++;
        model.LogEvent(8, 9, 0x6F, 3, 0x6000_0003);
        Assert.Equal(["event 1"], await RunAsync());
        Assert.Empty(await RunAsync());
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        // One life of an agent.
        async Task<IEnumerable<string>> RunAsync()
        {
            using var journal = Journal.Open(path, JournalBounds.Default, TimeProvider.System);
            var memory = new DriverMemory();
            memory.Use(journal);
            var notes = new List<string>();
            await new IpmiEvents(client, memory, "server", new FakeTimeProvider()).ReadAsync(sensors, notes, Cancel);
            return notes.Select(note => note[..note.IndexOf(" (", StringComparison.Ordinal)]);
        }
    }

    [Fact]
    public async Task Temperatures_of_DCMI_stand_in_where_no_sensor_gives_them()
    {
        model.Temperatures[0x40] = [23];
        model.Temperatures[0x41] = [51, 52];
        Assert.Equal(["state.device  ok", "temperature.cpu cpu/1 51", "temperature.cpu cpu/2 52", "temperature.inlet  23"], await ReadAllAsync("ipmi-dcmi"));
    }

    [Fact]
    public async Task Sensors_that_are_described_come_before_the_temperatures_of_DCMI()
    {
        model.Temperatures[0x40] = [23];
        model.Temperatures[0x41] = [51, 52];
        model.Add(SdrBytes.Full(1, "Inlet", 1, 0x37, 1, 1), 24, On, 0);
        model.Add(SdrBytes.Full(2, "Temp", 1, 3, 1, 1), 61, On, 0);
        Assert.Equal(["state.device  ok", "temperature.cpu cpu/1 61", "temperature.inlet  24"], await ReadAllAsync("ipmi-dcmi"));
    }

    [Fact]
    public async Task A_controller_behind_this_one_that_does_not_answer_is_waited_for_once_and_not_for_each_of_its_sensors()
    {
        model.Behind[0x2C] = new BmcModel { Override = (_, _) => [] };
        model.Add(SdrBytes.Full(1, "Inlet", 1, 0x37, 1, 1), 24, On, 0);
        for (byte number = 2; number < 10; number++)
        {
            model.Add(SdrBytes.Full(number, $"Far {number}", 1, 32, number, 1, owner: 0x2C));
        }

        var driver = Driver("ipmi-dcmi");
        var samples = await driver.ReadAsync(PollGroup.Slow, Cancel);
        Assert.Equal(8, samples.Count(sample => double.IsNaN(sample.Value)));
        Assert.Contains("all others of the controller 0x2C behind this one", Assert.Single(driver.TakeNotes()), StringComparison.Ordinal);
        Assert.Equal(2, bmc.Asked.Count(command => command == 0x0634));
        Assert.Equal(24, Assert.Single(await driver.ReadAsync(PollGroup.Normal, Cancel), sample => sample.Instance.Point.Metric.Name == "temperature.inlet").Value);
    }

    [Fact]
    public async Task A_wrong_password_is_a_fault_of_credentials()
    {
        var driver = Driver("ipmi-dcmi", "wrong");
        var fault = await Assert.ThrowsAsync<DeviceFault>(async () => await driver.ReadAsync(PollGroup.Fast, Cancel));
        Assert.Equal(FaultKind.BadCredentials, fault.Kind);
    }

    [Theory]
    [InlineData("{ metric: power.active, dcmi: power, sensor: x }", "not exactly one of")]
    [InlineData("{ metric: power.active }", "not exactly one of")]
    [InlineData("{ metric: temperature.inlet, dcmi: power }", "is in W, but temperature.inlet is in Cel")]
    [InlineData("{ metric: power.active, chassis: power }", "is a state, but power.active is none")]
    [InlineData("{ metric: temperature.inlet, sensor_type: temprature }", "did you mean 'temperature'")]
    [InlineData("{ metric: temperature.inlet, entity: cpu }", "write one of: processor")]
    [InlineData("{ metric: power.active, dcmi: power, part: \"{name}\" }", "only sensors have '{match}'")]
    [InlineData("{ metric: state.power_supply, sensor: x, states: { 15: ok } }", "'15' is no state of a sensor")]
    [InlineData("{ metric: fan.speed, sensor: x, colour: red }", "colour")]
    public void A_wrong_point_is_told_with_its_cause(string point, string cause)
    {
        Assert.Null(ProfileText.TryRead("ipmi", $"points:\n  - {point}", out var problems));
        Assert.Contains(problems, problem => problem.Message.Contains(cause, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CPU* Temp", "CPU1 Temp", "1")]
    [InlineData("cpu* temp", "CPU1 Temp", "1")]
    [InlineData("PS*_*", "PS1_PIN", "1 PIN")]
    [InlineData("FAN?", "FAN12", null)]
    [InlineData("Inlet", "Inlet", "")]
    [InlineData("Inlet (a.b)", "Inlet (aXb)", null)]
    public void A_pattern_tells_what_its_wildcards_stand_for(string pattern, string name, string? match) =>
        Assert.Equal(match, new SensorPattern(pattern).Match(name));

    private IpmiTarget Target => new(bmc.EndPoint, "edge", "s3cret-word") { Timeout = TimeSpan.FromMilliseconds(300), Retries = 1 };

    private IpmiLink Link => link ??= new IpmiLink(transport, bmc.EndPoint, TimeSpan.FromMilliseconds(300), new DriverMemory(), TimeProvider.System);

    private static ProfileLibrary Library() => ProfileLibrary.Open(ProtocolCatalog.Standard(TimeProvider.System));

    private static DeviceProfile Shipped(string name)
    {
        var problems = new ConfigProblems();
        var profile = Library().Resolve(new YamlScalar("test", 1, 1, "profile", name, problems), ".");
        problems.ThrowIfAny();
        return profile!;
    }

    private IDeviceDriver Driver(string profile, string password = "s3cret-word") => Link.CreateDriver(new DeviceConfig(
        "server", Shipped(profile), "server", new EndpointConfig("bmc", "ipmi", new HostAddress("ipmi", "127.0.0.1", bmc.EndPoint.Port), null, TimeSpan.Zero), Login(password)));

    private static LoginAccess Login(string password) => new("edge", Secret.Literal(password));

    private async Task<(string Best, string Others)> IdentifyAsync()
    {
        var problems = new ConfigProblems();
        var all = Library().LoadAll(problems);
        problems.ThrowIfAny();
        var matches = await Link.IdentifyAsync(Login("s3cret-word"), all, Cancel);
        return (matches[0].Profile.Name, string.Join(' ', matches.Skip(1).Select(match => match.Profile.Name)));
    }

    private async Task<IReadOnlyList<string>> ReadAllAsync(string profile)
    {
        var driver = Driver(profile);
        var lines = new List<string>();
        foreach (var group in Enum.GetValues<PollGroup>())
        {
            lines.AddRange((await driver.ReadAsync(group, Cancel)).Select(sample => FormattableString.Invariant(
                $"{sample.Instance.Point.Metric.Name} {sample.Instance.Part} {(double.IsNaN(sample.Value) ? "missing" : sample.Instance.Point.Metric.StateName(sample.Value) ?? Math.Round(sample.Value, 6).ToString(System.Globalization.CultureInfo.InvariantCulture))}")));
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
