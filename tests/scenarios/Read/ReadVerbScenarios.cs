using System.Globalization;
using System.Text.Json;
using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Scenarios.Modbus;
using Xunit;

namespace EdgeDcim.Scenarios.Read;

/// <summary>`edgedcim-agent read` against Modbus servers of others prints, with unit and source, what mbpoll prints.</summary>
public sealed class ReadVerbScenarios
{
    private const string Profile = """
        profile: peer
        kind: meter
        vendor: any
        models: [peer]
        protocol: modbus
        source: the servers of the scenario answer a formula of unit and address
        proof: manual
        points:
          - { metric: power.active, part: u16, function: holding, address: 100, type: u16 }
          - { metric: power.active, part: far, function: holding, address: 40000, type: u16 }
          - { metric: power.active, part: s16, function: holding, address: 65535, type: s16 }
          - { metric: power.active, part: s32, function: holding, address: 200, type: s32 }
          - { metric: power.active, part: kilo, function: holding, address: 101, type: u16, scale: 1000 }
          - { metric: voltage.line_neutral, part: L1, function: input, address: 52, type: u16, scale: 0.1 }
        """;

    [Fact]
    public async Task Read_prints_what_mbpoll_prints_from_pymodbus()
    {
        using var folder = new ScratchFolder();
        var (server, port) = await ModbusPeers.PymodbusTcpAsync(folder, "socket", TestContext.Current.CancellationToken);
        await using (server)
        {
            await CompareAsync(folder, port);
        }
    }

    [Fact]
    public async Task Read_prints_what_mbpoll_prints_from_libmodbus()
    {
        using var folder = new ScratchFolder();
        var (server, port) = await ModbusPeers.LibmodbusTcpAsync(folder, TestContext.Current.CancellationToken);
        await using (server)
        {
            await CompareAsync(folder, port);
        }
    }

    private static async Task CompareAsync(ScratchFolder folder, int port)
    {
        var cancel = TestContext.Current.CancellationToken;
        var profile = folder.File("peer.yaml");
        await File.WriteAllTextAsync(profile, Profile, cancel);

        var (exit, output) = await OtherProcess.RunAsync(
            Repository.Agent, ["read", "--profile", profile, "--at", $"modbus://127.0.0.1:{port}?unit=1", "--json"], cancel, folder);

        Assert.True(exit == 0, output);
        var printed = JsonElement.Parse(output[output.IndexOf('[', StringComparison.Ordinal)..]).EnumerateArray()
            .ToDictionary(element => element.GetProperty("part").GetString()!);
        foreach (var (part, type, address, scale, unit, source) in (IEnumerable<(string, string, int, double, string, string)>)
        [
            ("u16", "4", 100, 1, "W", "holding/100"),
            ("far", "4", 40000, 1, "W", "holding/40000"),
            ("s16", "4", 65535, 1, "W", "holding/65535"),
            ("s32", "4:int", 200, 1, "W", "holding/200"),
            ("kilo", "4", 101, 1000, "W", "holding/101"),
            ("L1", "3", 52, 0.1, "V", "input/52"),
        ])
        {
            string[] bigEndian = type == "4:int" ? ["-B"] : [];
            var polled = (await ModbusPeers.MbpollAsync([.. bigEndian, .. ModbusPeers.MbpollTcp(port)], type, 1, address, 1, cancel))[0];
            var element = printed[part];
            var raw = double.Parse(polled, CultureInfo.InvariantCulture);
            Assert.Equal(part == "s16" ? (short)(ushort)raw : raw * scale, element.GetProperty("value").GetDouble(), 9);
            Assert.Equal(unit, element.GetProperty("unit").GetString());
            Assert.Equal(source, element.GetProperty("source").GetString());
        }
    }
}
