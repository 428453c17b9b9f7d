using System.Text.Json;
using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Scenarios.Ipmi;
using EdgeDcim.Scenarios.Modbus;
using EdgeDcim.Scenarios.Redfish;
using EdgeDcim.Scenarios.Snmp;
using Xunit;

namespace EdgeDcim.Scenarios.Discover;

/// <summary>`discover` against servers of others: devices that no profile was made for, and configuration that `check` accepts.</summary>
public sealed class DiscoverScenarios
{
    private const string Sensors = "1.3.6.1.2.1.99.1.1.1";
    private const string Entities = "1.3.6.1.2.1.47.1.1.1.1";

    /// <summary>A rack PDU of a maker that nobody knows, with the standard table of sensors and every trap of it: scales, digits, a sensor that is off.</summary>
    private const string UnknownPdu =
        $"""
        1.3.6.1.2.1.1.1.0|4|Acme PowerBar 9
        1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.7.1
        1.3.6.1.2.1.1.3.0|67|4200
        {Entities}.2.1|4|Chassis
        {Entities}.2.11|4|Inlet voltage
        {Entities}.2.12|4|Inlet current
        {Entities}.2.13|4|Inlet power
        {Entities}.2.14|4|Line frequency
        {Entities}.2.15|4|Probe front
        {Entities}.2.16|4|CPU board
        {Entities}.2.17|4|Probe humidity
        {Entities}.2.18|4|Fan
        {Entities}.2.19|4|Air
        {Entities}.2.20|4|Probe rear
        {Entities}.2.21|4|Bus voltage
        {Entities}.7.15|4|front
        {Entities}.12.1|4|Acme
        {Entities}.13.1|4|PowerBar 9
        {Sensors}.1.11|2|3
        {Sensors}.1.12|2|5
        {Sensors}.1.13|2|6
        {Sensors}.1.14|2|7
        {Sensors}.1.15|2|8
        {Sensors}.1.16|2|8
        {Sensors}.1.17|2|9
        {Sensors}.1.18|2|10
        {Sensors}.1.19|2|11
        {Sensors}.1.20|2|8
        {Sensors}.1.21|2|4
        {Sensors}.2.11|2|9
        {Sensors}.2.12|2|8
        {Sensors}.2.13|2|10
        {Sensors}.2.14|2|9
        {Sensors}.2.15|2|9
        {Sensors}.2.16|2|9
        {Sensors}.2.17|2|9
        {Sensors}.2.18|2|9
        {Sensors}.2.19|2|9
        {Sensors}.2.20|2|9
        {Sensors}.2.21|2|8
        {Sensors}.3.11|2|1
        {Sensors}.3.12|2|0
        {Sensors}.3.13|2|3
        {Sensors}.3.14|2|2
        {Sensors}.3.15|2|1
        {Sensors}.3.16|2|0
        {Sensors}.3.17|2|-2
        {Sensors}.3.18|2|0
        {Sensors}.3.19|2|1
        {Sensors}.3.20|2|1
        {Sensors}.3.21|2|0
        {Sensors}.4.11|2|2304
        {Sensors}.4.12|2|8250
        {Sensors}.4.13|2|1881
        {Sensors}.4.14|2|4998
        {Sensors}.4.15|2|234
        {Sensors}.4.16|2|61
        {Sensors}.4.17|2|41
        {Sensors}.4.18|2|4200
        {Sensors}.4.19|2|25
        {Sensors}.4.20|2|0
        {Sensors}.4.21|2|12050
        {Sensors}.5.11|2|1
        {Sensors}.5.12|2|1
        {Sensors}.5.13|2|1
        {Sensors}.5.14|2|1
        {Sensors}.5.15|2|1
        {Sensors}.5.16|2|1
        {Sensors}.5.17|2|1
        {Sensors}.5.18|2|1
        {Sensors}.5.19|2|1
        {Sensors}.5.20|2|2
        {Sensors}.5.21|2|1
        """;

    private const string UnknownUps =
        """
        1.3.6.1.2.1.1.1.0|4|Nobody UPS card
        1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99998.1
        1.3.6.1.2.1.1.3.0|67|4200
        1.3.6.1.2.1.33.1.1.1.0|4|Nobody
        1.3.6.1.2.1.33.1.1.2.0|4|Online 3000
        1.3.6.1.2.1.33.1.2.1.0|2|2
        1.3.6.1.2.1.33.1.2.3.0|2|41
        1.3.6.1.2.1.33.1.2.4.0|2|98
        1.3.6.1.2.1.33.1.2.5.0|2|822
        1.3.6.1.2.1.33.1.2.7.0|2|27
        1.3.6.1.2.1.33.1.3.3.1.3.1|2|229
        1.3.6.1.2.1.33.1.4.1.0|2|3
        1.3.6.1.2.1.33.1.4.2.0|2|500
        1.3.6.1.2.1.33.1.4.4.1.2.1|2|230
        1.3.6.1.2.1.33.1.4.4.1.3.1|2|43
        1.3.6.1.2.1.33.1.4.4.1.4.1|2|890
        1.3.6.1.2.1.33.1.4.4.1.5.1|2|33
        """;

    private const string Peer =
        """
        profile: peer
        kind: meter
        vendor: Pymodbus
        models: [peer]
        protocol: modbus
        source: the server
        proof: manual
        identify: { vendor: "Pymodbus*", product: "Peer" }
        points:
          - { metric: power.active, address: 100, type: u16 }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Devices_without_a_profile_of_their_own_are_found_read_right_and_said_to_be_read_by_a_generic_one()
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await SnmpPeers.SnmpSimAsync(
            folder, new Dictionary<string, string> { ["acme-pdu"] = UnknownPdu, ["nobody-ups"] = UnknownUps, ["mute"] = "1.3.6.1.2.1.1.1.0|4|Printer of floor 2\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99997\n1.3.6.1.2.1.1.3.0|67|1\n" }, Cancel);
        await using var running = simulator;
        var secrets = new Dictionary<string, string> { ["PDU_COMMUNITY"] = "acme-pdu", ["EDGEDCIM_SNMP_COMMUNITY"] = "nobody-ups" };

        var pdu = await DiscoverAsync(folder, secrets, "127.0.0.1-2", "--snmp", "env:PDU_COMMUNITY", "--snmp-port", $"{endPoint.Port}", "--rate", "100");
        Assert.Contains("sensor-127-0-0-1: { profile: entity-sensor, at: \"snmp://127.0.0.1:", pdu, StringComparison.Ordinal);
        Assert.Contains("community: \"${env:PDU_COMMUNITY}\"", pdu, StringComparison.Ordinal);
        Assert.Contains("Acme PowerBar 9", pdu, StringComparison.Ordinal);
        Assert.Contains("has no profile of its own, the generic one is used", pdu, StringComparison.Ordinal);
        Assert.DoesNotContain("acme-pdu", pdu, StringComparison.Ordinal);

        var ups = await DiscoverAsync(folder, secrets, "127.0.0.1/32", "--snmp", "nobody-ups", "--snmp-port", $"{endPoint.Port}");
        Assert.Contains("ups-127-0-0-1: { profile: rfc1628", ups, StringComparison.Ordinal);
        Assert.Contains("community: \"${env:EDGEDCIM_SNMP_COMMUNITY}\"", ups, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody-ups", ups, StringComparison.Ordinal);

        var (_, mute) = await OtherProcess.RunAsync(Repository.Agent, ["discover", "127.0.0.1", "--snmp", "mute", "--snmp-port", $"{endPoint.Port}"], Cancel, folder);
        Assert.Contains("# 127.0.0.1", mute.Replace("snmp://", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("'Printer of floor 2', sysObjectID 1.3.6.1.4.1.99997", mute, StringComparison.Ordinal);

        var sensors = await ReadAsync(folder, $"snmp://{endPoint}?community=acme-pdu");
        (string Metric, string? Part, double? Value, string Unit)[] expected =
        [
            ("air.flow", "Air", 150, "m3/h"),
            ("current", "Inlet current", 8.25, "A"),
            ("fan.speed", "Fan", 4200, "/min"),
            ("frequency", "Line frequency", 49.98, "Hz"),
            ("humidity.relative", "Probe humidity", 41, "%"),
            ("power.active", "Inlet power", 1881, "W"),
            ("temperature.ambient", "Probe rear", null, "Cel"),
            ("temperature.ambient", "front", 23.4, "Cel"),
            ("temperature.component", "CPU board", 61, "Cel"),
            ("voltage.dc", "Bus voltage", 12.05, "V"),
            ("voltage.line_neutral", "Inlet voltage", 230.4, "V"),
        ];
        Assert.Equal(expected, sensors.Where(sensor => true));
        var read = await ReadAsync(folder, $"snmp://{endPoint}?community=nobody-ups");
        foreach (var value in ((string, string?, double?, string)[])
        [
            ("battery.charge", null, 98, "%"), ("battery.runtime", null, 2460, "s"), ("battery.voltage", null, 82.2, "V"), ("power.active.output", "L1", 890, "W"),
            ("load", "L1", 33, "%"), ("current.output", "L1", 4.3, "A"), ("frequency.output", null, 50, "Hz"), ("ups.mode", null, 3, "1"),
        ])
        {
            Assert.Contains(read, each => each.Metric == value.Item1 && each.Part == value.Item2 && (value.Item1 == "ups.mode" || each.Value == value.Item3) && each.Unit == value.Item4);
        }
    }

    [Fact]
    public async Task A_device_is_found_over_SNMPv3_and_its_passwords_are_references()
    {
        using var folder = new ScratchFolder();
        var secrets = new Dictionary<string, string> { ["EDGEDCIM_AUTH_PASSWORD"] = "the first password", ["EDGEDCIM_PRIV_PASSWORD"] = "the second password" };
        var (snmpd, endPoint) = await SnmpPeers.SnmpdAsync(
            folder, "override 1.3.6.1.2.1.33.1.4.1.0 integer 3\ncreateUser edge SHA-256 \"the first password\" AES \"the second password\"\nrouser edge priv", null, Cancel);
        await using var running = snmpd;

        var found = await DiscoverAsync(folder, secrets, "127.0.0.1", "--snmp-user", "edge", "--auth", "sha256", "--priv", "aes128", "--snmp-port", $"{endPoint.Port}");

        Assert.Contains("profile: rfc1628", found, StringComparison.Ordinal);
        Assert.Contains("auth: sha256, auth_password: \"${env:EDGEDCIM_AUTH_PASSWORD}\", priv: aes128, priv_password: \"${env:EDGEDCIM_PRIV_PASSWORD}\"", found, StringComparison.Ordinal);
        Assert.DoesNotContain("password\"", found.Replace("_PASSWORD", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Units_behind_a_Modbus_path_are_found_by_what_they_say_and_absent_ones_are_not()
    {
        using var folder = new ScratchFolder();
        var (server, port) = await ModbusPeers.PymodbusTcpAsync(folder, "socket", Cancel);
        await using var running = server;
        var profiles = Directory.CreateDirectory(folder.File("own")).FullName;
        await File.WriteAllTextAsync(Path.Combine(profiles, "peer.yaml"), Peer, Cancel);

        var found = await DiscoverAsync(
            folder, [], "127.0.0.1", "--modbus", "--modbus-port", $"{port}", "--units", "1-4", "--timeout", "300ms", "--profiles", profiles, "--rate", "100");

        Assert.Contains($"meter-127-0-0-1-1: {{ profile: peer, at: \"modbus://127.0.0.1:{port}\", unit: 1 }}", found, StringComparison.Ordinal);
        Assert.Contains("meter-127-0-0-1-2:", found, StringComparison.Ordinal);
        Assert.DoesNotContain("unit: 3", found, StringComparison.Ordinal);
        Assert.Contains("it says 'Pymodbus Peer'", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Units_on_a_serial_line_are_found_when_they_are_named()
    {
        using var folder = new ScratchFolder();
        await using var cable = await SerialCable.PlugInAsync(folder, Cancel);
        await using var server = await ModbusPeers.PymodbusSerialAsync(folder, cable.Theirs, "rtu", Cancel);
        var profiles = Directory.CreateDirectory(folder.File("own")).FullName;
        await File.WriteAllTextAsync(Path.Combine(profiles, "peer.yaml"), Peer, Cancel);

        var found = await DiscoverAsync(
            folder, [], "--serial", cable.Ours, "--baud", "115200", "--parity", "none", "--units", "1-3", "--timeout", "2s", "--profiles", profiles);

        Assert.Contains($"profile: peer, at: \"modbus-rtu://{cable.Ours}?baud=115200&parity=none\", unit: 1 }}", found, StringComparison.Ordinal);
        Assert.Contains("unit: 2 }", found, StringComparison.Ordinal);
        Assert.DoesNotContain("unit: 3", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Redfish_service_is_found_and_what_is_none_gets_no_password()
    {
        using var folder = new ScratchFolder();
        await using var service = await RedfishPeers.StartAsync(folder, Path.Combine(RedfishPeers.Mockups, "pdu.json"), Cancel);
        var port = service.Address[(service.Address.LastIndexOf(':') + 1)..];

        var found = await DiscoverAsync(
            folder, new Dictionary<string, string> { ["EDGEDCIM_PASSWORD"] = "open-sesame-4711" }, "127.0.0.1-3", "--redfish-http", "--redfish-port", port, "--user", "reader", "--timeout", "5s");

        Assert.Contains($"pdu-127-0-0-1: {{ profile: redfish-pdu, at: \"redfish+http://127.0.0.1:{port}\", user: reader, password: \"${{env:EDGEDCIM_PASSWORD}}\" }}", found, StringComparison.Ordinal);
        Assert.DoesNotContain("open-sesame", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Redfish_service_with_a_certificate_of_its_own_is_told_with_its_fingerprint_and_taken_for_it_only_when_asked()
    {
        using var folder = new ScratchFolder();
        var (certificate, key, fingerprint) = await RedfishPeers.CertificateAsync(folder, Cancel);
        var plain = fingerprint.Replace(":", "", StringComparison.Ordinal);
        await using var service = await RedfishPeers.StartAsync(
            folder, Path.Combine(RedfishPeers.Mockups, "pdu.json"), Cancel, "--cert", certificate, "--key", key, "--auth", "session", "--user", "reader", "--password", "open-sesame-4711");
        var port = service.Address[(service.Address.LastIndexOf(':') + 1)..];
        var secrets = new Dictionary<string, string> { ["EDGEDCIM_PASSWORD"] = "open-sesame-4711" };
        string[] search = ["127.0.0.1", "--redfish", "--redfish-port", port, "--user", "reader", "--timeout", "5s"];

        var careful = await DiscoverAsync(folder, secrets, search);
        Assert.Contains("devices: {}", careful, StringComparison.Ordinal);
        Assert.Matches($"# .*certificate is not trusted.*{plain}", careful);
        Assert.DoesNotContain(service.Requests, request => request.Method == "POST");

        var trusting = await DiscoverAsync(folder, secrets, [.. search, "--pin"]);
        Assert.Contains($"profile: redfish-pdu, at: \"redfish+https://127.0.0.1:{port}\", user: reader, password: \"${{env:EDGEDCIM_PASSWORD}}\", fingerprint: {plain} }}", trusting, StringComparison.Ordinal);
        Assert.Equal(0, service.LeftBehind);
    }

    [Fact]
    public async Task A_controller_is_found_over_IPMI_and_its_password_is_a_reference()
    {
        using var folder = new ScratchFolder();
        var (controller, endPoint) = await IpmiPeers.IpmiSimAsync(folder, Cancel);
        await using var running = controller;

        var found = await DiscoverAsync(
            folder, new Dictionary<string, string> { ["EDGEDCIM_PASSWORD"] = IpmiPeers.Password }, "127.0.0.1-2", "--ipmi", "--ipmi-port", $"{endPoint.Port}", "--user", IpmiPeers.User, "--timeout", "5s");

        Assert.Contains($"at: \"ipmi://127.0.0.1:{endPoint.Port}\", user: {IpmiPeers.User}, password: \"${{env:EDGEDCIM_PASSWORD}}\" }}", found, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.2", found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a /16", "10.0.0.0/8", "--snmp", "public")]
    [InlineData("say what to ask with", "10.0.0.0/24")]
    [InlineData("add --units 1-20", "--serial", "/dev/ttyUSB0")]
    [InlineData("there is nothing to search", "--snmp", "public")]
    [InlineData("write units between 0 and 255", "10.0.0.1", "--modbus", "--units", "0-256")]
    [InlineData("must lie between 0.1 and 1000", "10.0.0.1", "--modbus", "--rate", "100000")]
    public async Task What_is_not_explicit_is_refused_with_what_to_write(string says, params string[] arguments)
    {
        var (exit, output) = await OtherProcess.RunAsync(Repository.Agent, ["discover", .. arguments], Cancel);

        Assert.Equal(2, exit);
        Assert.Contains(says, output, StringComparison.Ordinal);
    }

    /// <summary>What it prints, after `check` has accepted it.</summary>
    private static async Task<string> DiscoverAsync(ScratchFolder folder, Dictionary<string, string> secrets, params string[] arguments)
    {
        var (exit, printed, output) = await OtherProcess.ReadAsync(Repository.Agent, ["discover", .. arguments], Cancel, folder, secrets);
        Assert.True(exit == 0, output);
        await File.WriteAllTextAsync(folder.File("found.yaml"), printed, Cancel);
        var (verdict, says) = await OtherProcess.RunAsync(Repository.Agent, ["check", "-c", folder.File("found.yaml")], Cancel, folder, secrets);
        Assert.True(verdict == 0, says + printed);
        return printed;
    }

    private static async Task<List<(string Metric, string? Part, double? Value, string Unit)>> ReadAsync(ScratchFolder folder, string at)
    {
        var (exit, printed, output) = await OtherProcess.ReadAsync(Repository.Agent, ["read", "--profile", "auto", "--at", at, "--json"], Cancel, folder);
        Assert.True(exit == 0, output);
        Assert.Contains("the generic one is used", output, StringComparison.Ordinal);
        return
        [
            .. JsonElement.Parse(printed).EnumerateArray()
                .Select(each => (each.GetProperty("metric").GetString()!, each.GetProperty("part").GetString(), each.GetProperty("value").ValueKind == JsonValueKind.Null ? (double?)null : each.GetProperty("value").GetDouble(), each.GetProperty("unit").GetString()!))
                .OrderBy(each => each.Item1, StringComparer.Ordinal).ThenBy(each => each.Item2, StringComparer.Ordinal),
        ];
    }
}
