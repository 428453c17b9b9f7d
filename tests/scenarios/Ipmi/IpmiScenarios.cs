using System.Globalization;
using System.Text.Json;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Simulator.Ipmi;
using Xunit;

namespace EdgeDcim.Scenarios.Ipmi;

/// <summary>
/// The client against controllers of others, value by value what ipmi-sensors and ipmitool print; and those tools against the controller that
/// the other tests use, so that it is no copy of our own misunderstanding.
/// </summary>
public sealed class IpmiScenarios
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sensors_of_ipmi_sim_are_what_ipmi_sensors_prints()
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await IpmiPeers.IpmiSimAsync(folder, Cancel);
        await using var running = simulator;
        var printed = await IpmiPeers.IpmiSensorsAsync(endPoint, IpmiPeers.User, IpmiPeers.Password, null, folder, Cancel);
        await using var transport = new IpmiTransport(TimeProvider.System);
        await using var client = new IpmiClient(transport, new IpmiTarget(endPoint, IpmiPeers.User, IpmiPeers.Password));

        var sensors = (await client.ReadRepositoryAsync(Cancel)).Sensors;
        Assert.Equal(IpmiPeers.Board.Count, sensors.Count);
        Assert.Equal("IPMI 2.0, cipher suite 3", client.SessionKind);
        foreach (var sensor in sensors)
        {
            var reading = await client.ReadSensorAsync(sensor, Cancel);
            Assert.True(reading.IsAvailable, sensor.Name);
            Assert.Equal(printed[sensor.Name].Reading, sensor.IsAnalog ? reading.Value.ToString("F2", CultureInfo.InvariantCulture) : "N/A");
        }

        var states = sensors.Where(sensor => !sensor.IsAnalog).ToList();
        Assert.Equal(1, (await client.ReadSensorAsync(states[0], Cancel)).States);
        Assert.Equal(9, (await client.ReadSensorAsync(states[1], Cancel)).States);
        Assert.Contains("Power Supply input lost", printed[states[1].Name].States, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_sensor_behind_a_second_controller_of_ipmi_sim_is_what_ipmitool_reads_through_the_first()
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await IpmiPeers.IpmiSimAsync(folder, Cancel);
        await using var running = simulator;
        await using var transport = new IpmiTransport(TimeProvider.System);
        await using var client = new IpmiClient(transport, new IpmiTarget(endPoint, IpmiPeers.User, IpmiPeers.Password));

        var satellite = (await client.ReadRepositoryAsync(Cancel)).Sensors.Single(sensor => sensor.IsBehind);
        var reading = await client.ReadSensorAsync(satellite, Cancel);
        Assert.Equal(("Satellite", 0x30, 47.0), (satellite.Name, satellite.Owner, reading.Value));
        var printed = await ToolAsync(endPoint, IpmiPeers.User, IpmiPeers.Password, 3, "-t", "0x30", "raw", "0x04", "0x2d", "0x01");
        Assert.Contains(" 2f c0", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("controllerkey")]
    [InlineData("0x636f6e74726f6c6c65726b6579")]
    public async Task An_ipmi_sim_with_a_key_of_its_own_is_read_with_it_and_the_fault_without_it_says_so(string key)
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await IpmiPeers.IpmiSimAsync(folder, Cancel, "controllerkey");
        await using var running = simulator;
        string[] read = ["read", "--profile", "ipmi-dcmi", "--at", $"ipmi://{endPoint}?user={IpmiPeers.User}"];
        var secrets = new Dictionary<string, string> { ["EDGEDCIM_PASSWORD"] = IpmiPeers.Password };

        var (refused, why) = await OtherProcess.RunAsync(Repository.Agent, read, Cancel, folder, secrets);
        Assert.Equal(1, refused);
        Assert.Contains("it probably has a BMC key (K_G) of its own", why, StringComparison.Ordinal);

        secrets["EDGEDCIM_BMC_KEY"] = key;
        var (exit, output) = await OtherProcess.RunAsync(Repository.Agent, read, Cancel, folder, secrets);
        Assert.True(exit == 0, output);
        Assert.Matches(@"temperature\.inlet +- +24 +Cel +good", output);
        Assert.DoesNotContain("controllerkey", output + why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_was_away_tells_the_events_of_ipmi_sim_that_it_missed_and_each_once()
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await IpmiPeers.IpmiSimAsync(folder, Cancel);
        await using var running = simulator;
        await File.WriteAllTextAsync(
            folder.File("agent.yaml"),
            $$"""
            site: s
            agent: a
            broker: { url: "mqtt://127.0.0.1:9" }
            poll: { fast: 200ms, normal: 200ms, slow: 200ms }
            journal: { path: {{folder.File("journal.db")}} }
            devices:
              server-1: { profile: ipmi-dcmi, at: "ipmi://{{endPoint}}?user={{IpmiPeers.User}}", password: "${env:EDGEDCIM_PASSWORD}" }
            """,
            Cancel);
        await AddEventAsync(0x51);
        Assert.Equal([], await RunAsync(0));

        await AddEventAsync(0x52);
        await AddEventAsync(0x53);
        Assert.Equal(["event 2", "event 3"], await RunAsync(2));

        // What was told is not told again: of three lives, only the missing one is new.
        await AddEventAsync(0x54);
        Assert.Equal(["event 4"], await RunAsync(1));

        async Task AddEventAsync(byte offset) => await ToolAsync(
            endPoint, IpmiPeers.User, IpmiPeers.Password, 3, "-L", "ADMINISTRATOR", "raw", "0x0a", "0x44", "0", "0", "2", "1", "0", "0", "0x60", "0x20", "0", "4", "1", "1", "1", $"0x{offset:x2}", "0", "0");

        // One life of the agent, until it has told so many events and has read for the second time.
        async Task<IEnumerable<string>> RunAsync(int events)
        {
            await using var agent = OtherProcess.Start(
                Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder, new Dictionary<string, string> { ["EDGEDCIM_PASSWORD"] = IpmiPeers.Password });
            await Eventually.TrueAsync(
                () => Task.FromResult(agent.Output.Contains("server-1 is online", StringComparison.Ordinal) && Events(agent).Count >= events),
                $"{events} events", TimeSpan.FromSeconds(60), Cancel);
            await agent.SignalAsync("TERM", Cancel);
            await agent.WaitForExitAsync(Cancel);
            return Events(agent);
        }

        static List<string> Events(OtherProcess agent) =>
            [.. System.Text.RegularExpressions.Regex.Matches(agent.Output, @"Device server-1: (event \d+) \(").Select(match => match.Groups[1].Value)];
    }

    [Fact]
    public async Task Ipmi_sim_without_IPMI_2_0_is_read_with_MD5_and_closed()
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await IpmiPeers.IpmiSimAsync(folder, Cancel);
        await using var running = simulator;
        await using var relay = new LegacyRelay(endPoint);
        await using var transport = new IpmiTransport(TimeProvider.System);
        await using (var client = new IpmiClient(transport, new IpmiTarget(relay.EndPoint, IpmiPeers.User, IpmiPeers.Password)))
        {
            var sensors = (await client.ReadRepositoryAsync(Cancel)).Sensors;
            Assert.Equal("IPMI 1.5, MD5", client.SessionKind);
            Assert.Equal(2116.8, (await client.ReadSensorAsync(sensors.Single(sensor => sensor.Name == "FAN1"), Cancel)).Value, 6);
            Assert.Equal(1, client.Logins);
        }

        await using var wrong = new IpmiClient(transport, new IpmiTarget(relay.EndPoint, IpmiPeers.User, "wrong") { Timeout = TimeSpan.FromMilliseconds(500) });
        Assert.Equal(IpmiFault.Credentials, (await Assert.ThrowsAsync<IpmiException>(async () => await wrong.ReadDeviceIdAsync(Cancel))).Fault);
    }

    [Fact]
    public async Task A_wrong_password_at_ipmi_sim_is_a_fault_of_credentials()
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await IpmiPeers.IpmiSimAsync(folder, Cancel);
        await using var running = simulator;
        await using var transport = new IpmiTransport(TimeProvider.System);
        foreach (var (user, password) in ((string, string)[])[(IpmiPeers.User, "wrong"), ("nobody", IpmiPeers.Password)])
        {
            await using var client = new IpmiClient(transport, new IpmiTarget(endPoint, user, password));
            Assert.Equal(IpmiFault.Credentials, (await Assert.ThrowsAsync<IpmiException>(async () => await client.ReadDeviceIdAsync(Cancel))).Fault);
        }
    }

    [Fact]
    public async Task A_restarted_ipmi_sim_is_read_in_the_same_call()
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await IpmiPeers.IpmiSimAsync(folder, Cancel);
        await using var running = simulator;
        await using var transport = new IpmiTransport(TimeProvider.System);
        await using var client = new IpmiClient(transport, new IpmiTarget(endPoint, IpmiPeers.User, IpmiPeers.Password));
        await client.ReadDeviceIdAsync(Cancel);

        await simulator.KillAsync();
        Assert.Equal(IpmiFault.Timeout, (await Assert.ThrowsAsync<IpmiException>(async () => await client.ReadDeviceIdAsync(Cancel))).Fault);
        simulator.StartAgain();
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return (await client.ReadRepositoryAsync(Cancel)).Sensors.Count == IpmiPeers.Board.Count;
                }
                catch (IpmiException)
                {
                    return false;
                }
            },
            "the controller answers again",
            TimeSpan.FromSeconds(60),
            Cancel);
    }

    [Fact]
    public async Task Power_and_chassis_of_pyghmi_are_what_its_script_says_and_what_ipmitool_prints()
    {
        using var folder = new ScratchFolder();
        var (controller, endPoint) = await IpmiPeers.PyghmiAsync(folder, Cancel);
        await using var running = controller;
        await using var transport = new IpmiTransport(TimeProvider.System);
        await using var client = new IpmiClient(transport, new IpmiTarget(endPoint, IpmiPeers.User, IpmiPeers.Password));

        var power = await client.ReadPowerAsync(Cancel);
        Assert.Equal(new DcmiPower(true, 1215, 900, 1267, 1222, TimeSpan.FromSeconds(5)), power);
        Assert.True((await client.ReadChassisAsync(Cancel))!.PowerIsOn);
        Assert.Equal([new DcmiTemperature(1, 23)], await client.ReadTemperaturesAsync(DcmiPlace.Inlet, Cancel));
        Assert.Equal([new DcmiTemperature(1, 51), new DcmiTemperature(2, -2)], await client.ReadTemperaturesAsync(DcmiPlace.Processor, Cancel));
        var temperatures = await ToolAsync(endPoint, IpmiPeers.User, IpmiPeers.Password, 3, "dcmi", "get_temp_reading");
        Assert.Contains("23 C", temperatures, StringComparison.Ordinal);
        Assert.Contains("-2 C", temperatures, StringComparison.Ordinal);
        Assert.Contains("1215 Watts", await ToolAsync(endPoint, IpmiPeers.User, IpmiPeers.Password, 3, "dcmi", "power", "reading"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    public async Task Ipmitool_reads_the_controller_of_the_tests(byte suite)
    {
        var model = Model();
        await using var controller = new BmcServer(model, new BmcOptions { Suites = [suite] });
        await using var transport = new IpmiTransport(TimeProvider.System);
        await using var client = new IpmiClient(transport, new IpmiTarget(controller.EndPoint, "edge", new BmcOptions().Password));

        var printed = await ToolAsync(controller.EndPoint, "edge", new BmcOptions().Password, suite, "dcmi", "power", "reading");
        Assert.Contains($"{(await client.ReadPowerAsync(Cancel))!.Now} Watts", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(17)]
    public async Task Sensors_of_the_controller_of_the_tests_are_what_ipmi_sensors_prints(byte suite)
    {
        using var folder = new ScratchFolder();
        var options = new BmcOptions { Suites = [suite] };
        await using var controller = new BmcServer(Model(), options);
        var printed = await IpmiPeers.IpmiSensorsAsync(controller.EndPoint, "edge", options.Password, suite, folder, Cancel);
        await using var transport = new IpmiTransport(TimeProvider.System);
        await using var client = new IpmiClient(transport, new IpmiTarget(controller.EndPoint, "edge", options.Password));

        var sensors = (await client.ReadRepositoryAsync(Cancel)).Sensors;
        Assert.Equal(IpmiPeers.Board.Select(each => each.Record[7]).Order(), sensors.Select(sensor => sensor.Number).Order());
        Assert.Equal(sensors.Select(sensor => sensor.Name).Order(StringComparer.Ordinal), printed.Keys.Order(StringComparer.Ordinal));
        foreach (var sensor in sensors.Where(sensor => sensor.IsAnalog))
        {
            Assert.Equal(printed[sensor.Name].Reading, (await client.ReadSensorAsync(sensor, Cancel)).Value.ToString("F2", CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task The_read_verb_prints_a_controller_that_it_has_identified_and_checks_a_configuration_with_it()
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await IpmiPeers.IpmiSimAsync(folder, Cancel);
        await using var running = simulator;
        var password = new Dictionary<string, string> { ["EDGEDCIM_PASSWORD"] = IpmiPeers.Password };

        var (exit, output) = await OtherProcess.RunAsync(
            Repository.Agent, ["read", "--profile", "auto", "--at", $"ipmi://{endPoint}?user={IpmiPeers.User}", "--json"], Cancel, folder, password);
        Assert.True(exit == 0, output);
        var printed = JsonElement.Parse(output[output.IndexOf('[', StringComparison.Ordinal)..(output.LastIndexOf(']') + 1)]).EnumerateArray()
            .ToDictionary(each => $"{each.GetProperty("metric").GetString()} {each.GetProperty("source").GetString()}", each => each.GetProperty("value"));
        Assert.Equal(480, printed["power.active Pwr Consumption"].GetDouble());
        Assert.Equal(24, printed["temperature.inlet Inlet Temp"].GetDouble());
        Assert.Equal(2116.8, printed["fan.speed FAN1"].GetDouble(), 6);

        await File.WriteAllTextAsync(
            folder.File("agent.yaml"),
            $$"""
            site: s
            agent: a
            broker: { url: mqtt://127.0.0.1:1883 }
            journal: { path: {{folder.File("journal.db")}} }
            devices:
              server-1: { profile: ipmi-dcmi, at: "ipmi://{{endPoint}}?user={{IpmiPeers.User}}", password: "${env:EDGEDCIM_PASSWORD}" }
            """,
            Cancel);
        var (checkedExit, table) = await OtherProcess.RunAsync(Repository.Agent, ["check", "-c", folder.File("agent.yaml"), "--connect", "--plan"], Cancel, folder, password);
        Assert.True(checkedExit == 0, table);
        Assert.Contains("get the DCMI power reading", table, StringComparison.Ordinal);
        Assert.DoesNotContain(IpmiPeers.Password + "\"", table, StringComparison.Ordinal);
    }

    private static BmcModel Model()
    {
        var model = new BmcModel { Power = (1215, 900, 1267, 1222) };
        foreach (var (record, raw, states) in IpmiPeers.Board)
        {
            byte[] reading = [raw, 0xC0, (byte)states.Sum(state => 1 << state), 0x80];
            if (record[5] == 0x20)
            {
                model.Add([.. record], reading);
                continue;
            }

            model.Records.Add([.. record]);
            SdrBytes.SetId(model.Records[^1], (ushort)model.Records.Count);
            model.Behind[record[5]] = new BmcModel { Readings = { [record[7]] = reading } };
        }

        return model;
    }

    private static async Task<string> ToolAsync(System.Net.IPEndPoint endPoint, string user, string password, int suite, params string[] command)
    {
        Peers.Require("ipmitool");
        var (_, output) = await OtherProcess.RunAsync(
            "ipmitool",
            ["-I", "lanplus", "-H", "127.0.0.1", "-p", endPoint.Port.ToString(CultureInfo.InvariantCulture), "-U", user, "-P", password, "-L", "USER", "-C", suite.ToString(CultureInfo.InvariantCulture), .. command],
            Cancel);
        return output;
    }
}
