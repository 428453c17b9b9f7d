using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Scenarios.Modbus;

namespace EdgeDcim.Profiles.Tests;

/// <summary>What the verb `record` captures from Modbus servers of others replays the same values by the same profile.</summary>
public sealed class ModbusRecorderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recording_of_libmodbus_replays_what_was_read()
    {
        using var folder = new ScratchFolder();
        var (server, port) = await ModbusPeers.LibmodbusTcpAsync(folder, Cancel);
        await using var running = server;
        await RecordsAsync(folder, $"modbus://127.0.0.1:{port}?unit=1", 0);
    }

    [Fact]
    public async Task A_recording_of_pymodbus_replays_what_was_read()
    {
        using var folder = new ScratchFolder();
        var (server, port) = await ModbusPeers.PymodbusTcpAsync(folder, "rtu", Cancel);
        await using var running = server;
        await RecordsAsync(folder, $"modbus-rtu-tcp://127.0.0.1:{port}?unit=2", 1);
    }

    private static async Task RecordsAsync(ScratchFolder folder, string at, int run)
    {
        // All tables, gaps that a plan reads over, and a serial number that must not get out.
        var profile = folder.File("recorded.yaml");
        await File.WriteAllTextAsync(
            profile,
            """
            profile: recorded
            kind: meter
            vendor: Nobody
            models: [recorded]
            protocol: modbus
            proof: manual
            source: this test
            modbus: { function: holding, base: zero }
            identity:
              serial: { address: 300, type: text, length: 4 }
            points:
              - { metric: power.active, part: "outlet/1", address: 1, type: u16, every: fast }
              - { metric: power.active, part: "outlet/2", address: 10, type: u16 }
              - { metric: power.active, part: "outlet/3", address: 20, type: s32, scale: 0.001, every: slow }
              - { metric: voltage.line_neutral, part: L1, function: input, address: 7, type: u16 }
              - { metric: state.outlet, part: "outlet/1", function: coil, address: 3, states: { 0: "off", 1: "on" } }
              - { metric: state.outlet, part: "outlet/2", function: discrete, address: 12, states: { 0: "off", 1: "on" } }
            """,
            Cancel);
        var file = folder.File($"recorded-{run}.rec");

        var (exit, output) = await OtherProcess.RunAsync(Repository.Agent, ["record", "--at", at, "--profile", profile, "-o", file, "--rate", "500"], Cancel, folder);
        Assert.True(exit == 0, output);
        var lines = await File.ReadAllLinesAsync(file, Cancel);
        Assert.Contains(lines, line => line == "holding/300|0000 0000 0000 0000");
        Assert.Contains(lines, line => line.StartsWith("coil/3|", StringComparison.Ordinal));

        var direct = await PrintedAsync(at);
        await using var replay = new Peers.ReplayedRegisters(DeviceRecording.Load(file));
        Assert.Equal(6, direct.Count);
        Assert.Equal(direct, await PrintedAsync($"modbus://127.0.0.1:{replay.Port}?unit=1"));

        async Task<IReadOnlyList<string>> PrintedAsync(string address)
        {
            var (code, text) = await OtherProcess.RunAsync(Repository.Agent, ["read", "--profile", profile, "--at", address], Cancel, folder);
            Assert.True(code == 0, text);
            return [.. text.Split('\n').Where(line => line.Contains("good", StringComparison.Ordinal) || line.Contains("suspect", StringComparison.Ordinal))];
        }
    }
}
