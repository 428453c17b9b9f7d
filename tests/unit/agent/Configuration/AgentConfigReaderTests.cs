using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Tests.Configuration;

public sealed class AgentConfigReaderTests
{
    private const string Sound = """
        site: demo
        agent: gateway-1
        broker: { url: "mqtt://127.0.0.1:1883" }
        endpoints:
          hall-1: { protocol: modbus, at: "modbus://127.0.0.1:5020", timeout: 1s, gap: 20ms }
        devices:
          main: { profile: eastron-sdm630, endpoint: hall-1, unit: 7, kind: utility }
          ups-a: { profile: rfc1628, at: "snmp://127.0.0.1:16101?version=1", community: private-one }
        """;

    [Fact]
    public void Read_soundFile_givesDevicesAndDefaults()
    {
        var config = Read(Sound, out var problems)!;

        Assert.Empty(problems);
        Assert.Equal(["edgedcim"], config.Hosts);
        Assert.Equal(PollConfig.Default, config.Poll);
        Assert.Equal(JournalConfig.Default, config.Journal);
        Assert.Equal(("utility", new ModbusAccess(7)), (config.Devices[0].Kind, config.Devices[0].Access));
        Assert.Equal(TimeSpan.FromMilliseconds(20), config.Devices[0].Endpoint.Gap);
        Assert.Equal(SnmpDialect.V1, Assert.IsType<SnmpCommunityAccess>(config.Devices[1].Access).Version);
        Assert.Equal("ups", config.Devices[1].Kind);
    }

    [Fact]
    public void Read_traps_listensOnLoopbackUnlessSaidOtherwise()
    {
        Assert.Null(Read(Sound, out _)!.Traps);
        Assert.Equal("127.0.0.1:162", Read(Sound + "\ntraps: {}", out _)!.Traps!.Listen.ToString());
        Assert.Equal(new TrapsConfig(new(System.Net.IPAddress.Any, 1162), 5), Read(Sound + "\ntraps: { listen: \"0.0.0.0:1162\", per_second: 5 }", out _)!.Traps);
    }

    [Theory]
    [InlineData("\"162\"")]
    [InlineData("\"127.0.0.1\"")]
    [InlineData("\"trap-host:162\"")]
    [InlineData("\"127.0.0.1:99999\"")]
    public void Read_trapsOnWhatIsNoAddress_saysWhatToWrite(string listen)
    {
        Read($"{Sound}\ntraps: {{ listen: {listen} }}", out var problems);

        var problem = Assert.Single(problems);
        Assert.Equal(9, problem.Line);
        Assert.Contains("write address and port, such as \"127.0.0.1:162\"", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_twice_givesEqualDevicesAndAChangeInOneTouchesOne()
    {
        var before = Read(Sound, out _)!;
        var same = Read(Sound, out _)!;
        var changed = Read(Sound.Replace("private-one", "private-two", StringComparison.Ordinal), out _)!;

        Assert.Equal(before.Devices, same.Devices);
        Assert.Equal(before.Devices[0], changed.Devices[0]);
        Assert.NotEqual(before.Devices[1], changed.Devices[1]);
        Assert.Equal(before.Broker, changed.Broker);
    }

    [Fact]
    public void Read_brokenFile_reportsEveryProblemAtOnceWithItsPlace()
    {
        Read(
            """
            site: dem o
            agent: gateway-1
            brokr: {}
            broker: { url: "http://127.0.0.1:1883", password: "${env:EDGEDCIM_TEST_NO_SUCH_VARIABLE}" }
            poll: { fast: 2 }
            endpoints:
              hall-1: { protocol: snmp, at: "modbus://127.0.0.1:5020" }
            devices:
              a: { profile: eastron-sdm63, endpoint: hall-1 }
              b: { profile: eastron-sdm630, endpoint: hall-2 }
              c: { profile: eastron-sdm630, endpoint: hall-1, unit: 300 }
              d: { profile: rfc1628, at: "snmp://127.0.0.1:99999" }
              e: { profile: rfc1628, at: "modbus://127.0.0.1:161", kind: upss }
              f: { profile: eastron-sdm630, at: "modbus://127.0.0.1:9", unit: 3 }
              g: { profile: eastron-sdm630, at: "modbus://127.0.0.1:9", unit: 3 }
              f: { profile: eastron-sdm630, at: "modbus://127.0.0.1:9", unit: 4 }
            """,
            out var problems);

        (int Line, int Column, string Text)[] expected =
        [
            (1, 7, "without blanks"),
            (3, 1, "did you mean 'broker'?"),
            (4, 16, "mqtt://host:1883"),
            (4, 51, "EDGEDCIM_TEST_NO_SUCH_VARIABLE is not set"),
            (5, 15, "write a duration with its unit"),
            (7, 23, "its address modbus://127.0.0.1:5020 is modbus"),
            (9, 17, "did you mean 'eastron-sdm630'?"),
            (10, 43, "did you mean 'hall-1'?"),
            (11, 57, "between 0 and 255"),
            (12, 30, "the port '99999'"),
            (13, 17, "the profile rfc1628 reads snmp"),
            (13, 62, "did you mean 'ups'?"),
            (15, 6, "the device 'g' is the same as 'f'"),
            (16, 3, "'f' stands twice, first in line 14"),
        ];
        foreach (var (line, column, text) in expected)
        {
            Assert.Contains(problems, problem => problem.Line == line && problem.Column == column && problem.Message.Contains(text, StringComparison.Ordinal));
        }

        Assert.Equal(expected.Length, problems.Count);
    }

    [Fact]
    public void Serial_line_is_set_up_by_its_address_and_the_keys_beside_it_and_shared_by_its_units()
    {
        var config = Read(
            """
            site: demo
            agent: gateway-1
            broker: { url: "mqtt://127.0.0.1:1883" }
            endpoints:
              bus: { at: "modbus-rtu:///dev/ttyUSB7?baud=19200&parity=none", baud: 9600, gap: 20ms, timeout: 2s }
              ascii: { at: "modbus-ascii:///dev/ttyUSB8" }
            devices:
              a: { profile: eastron-sdm630, endpoint: bus, unit: 7, gap: 40ms, turnaround: 150ms }
              b: { profile: eastron-sdm630, endpoint: bus, unit: 8 }
              c: { profile: eastron-sdm630, endpoint: ascii, unit: 255 }
            """,
            out var problems)!;

        Assert.Empty(problems);
        Assert.Equal(new SerialAddress("modbus-rtu", "/dev/ttyUSB7", 9600, SerialParity.None, 2), config.Devices[0].Endpoint.At);
        Assert.Equal(config.Devices[0].Endpoint, config.Devices[1].Endpoint);
        Assert.Equal(new ModbusAccess(7) { Gap = TimeSpan.FromMilliseconds(40), Turnaround = TimeSpan.FromMilliseconds(150) }, config.Devices[0].Access);
        Assert.Equal(new SerialAddress("modbus-ascii", "/dev/ttyUSB8", 19200, SerialParity.Even, 1, 7), config.Devices[2].Endpoint.At);
    }

    [Fact]
    public void Path_that_two_devices_describe_differently_and_a_broadcast_unit_are_problems()
    {
        Read(
            """
            site: demo
            agent: gateway-1
            broker: { url: "mqtt://127.0.0.1:1883" }
            devices:
              a: { profile: eastron-sdm630, at: "modbus-rtu:///dev/ttyUSB7?baud=9600&unit=1" }
              b: { profile: eastron-sdm630, at: "modbus-rtu:///dev/ttyUSB7?baud=19200&unit=2" }
              c: { profile: eastron-sdm630, at: "modbus://10.0.0.9?unit=1" }
              d: { profile: eastron-sdm630, at: "modbus-rtu-tcp://10.0.0.9:502?unit=2" }
              e: { profile: eastron-sdm630, at: "modbus-rtu-tcp://10.0.0.8?unit=0" }
            """,
            out var problems);

        Assert.Equal([6, 8, 9], problems.Select(problem => problem.Line));
        Assert.Contains("at 19200 8E1, but 'a' on the same path by modbus-rtu:///dev/ttyUSB7 at 9600 8E1", problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("a path has one form for all its devices", problems[1].Message, StringComparison.Ordinal);
        Assert.Contains("broadcast", problems[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Serial_port_under_two_names_is_a_problem_because_a_port_has_one_owner()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a port has one name there");
        var folder = Directory.CreateTempSubdirectory("edgedcim-ports-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "ttyUSB0"), "");
            File.CreateSymbolicLink(Path.Combine(folder, "by-id"), Path.Combine(folder, "ttyUSB0"));
            Read(Sound + $"\n  x: {{ profile: eastron-sdm630, at: \"modbus-rtu://{folder}/ttyUSB0?unit=1\" }}\n  y: {{ profile: eastron-sdm630, at: \"modbus-rtu://{folder}/by-id?unit=2\" }}", out var problems);
            Assert.Contains("are the same; write one of the names", Assert.Single(problems).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Units_behind_one_gateway_share_its_path_and_pipelining_holds_only_where_every_profile_allows_it()
    {
        var config = Read(Sound.Replace("gap: 20ms", "gap: 20ms, connect_delay: 1s, reconnect_delay: 2s, close_after: 5s", StringComparison.Ordinal)
            + "\n  second: { profile: eastron-sdm630, at: \"modbus://127.0.0.1:5020?unit=8\" }", out var problems)!;

        Assert.Empty(problems);
        Assert.Equal(config.Devices[0].Endpoint, config.Devices[2].Endpoint);
        Assert.Equal(
            new PathPace { ConnectDelay = TimeSpan.FromSeconds(1), ReconnectDelay = TimeSpan.FromSeconds(2), CloseAfter = TimeSpan.FromSeconds(5) },
            config.Devices[0].Endpoint.Pace);
        Assert.Equal((2, 4), (PathPace.Common([new()], [new() { InFlight = 4 }, new() { InFlight = 2 }]).InFlight, PathPace.Common([new()], [new() { InFlight = 4 }]).InFlight));
    }

    [Theory]
    [InlineData("10.0.0.1", "is no address")]
    [InlineData("snmpp://10.0.0.1", "did you mean 'snmp'?")]
    [InlineData("snmp://", "names no host")]
    [InlineData("snmp://a b", "is no host name")]
    [InlineData("snmp://10.0.0.1?comunity=x", "did you mean 'community'?")]
    [InlineData("snmp://10.0.0.1?version=3", "needs a 'user'")]
    [InlineData("snmp://10.0.0.1?version=4", "write 1, 2c or 3")]
    [InlineData("snmp://10.0.0.1?version=2c&user=u", "belongs to SNMP version 3")]
    [InlineData("snmp://10.0.0.1?user=u&priv=aes128", "write 'auth' too")]
    [InlineData("snmp://10.0.0.1?user=u&auth=sha255", "did you mean 'sha256'?")]
    [InlineData("snmp://u:geheim@10.0.0.1", "holds no user and no password")]
    [InlineData("snmp://10.0.0.1?auth_password=geheim", "must not hold a password")]
    [InlineData("modbus-rtu:///dev/ttyS0?parity=odd&baud=fast", "write a number such as 9600")]
    [InlineData("modbus-rtu:///dev/ttyS0?data=7", "RTU frames are bytes")]
    [InlineData("modbus-rtu-tcp://10.0.0.1?baud=9600", "has no setting 'baud'")]
    public void Read_badAddress_saysWhatToWriteInstead(string address, string expected)
    {
        Read(Sound + $"\n  x: {{ profile: rfc1628, at: \"{address}\" }}", out var problems);

        var message = Assert.Single(problems).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", expected == "is no address" ? message : message.Replace(address, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static AgentConfig? Read(string text, out IReadOnlyList<ConfigProblem> problems)
    {
        var found = new ConfigProblems();
        var protocols = ProtocolCatalog.Standard(TimeProvider.System);
        var config = YamlMap.Parse("agent.yaml", text, found) is { } root
            ? new AgentConfigReader(protocols, ProfileLibrary.Open(protocols), found).Read(root)
            : null;
        problems = found.Sorted;
        return config;
    }
}
