using System.Text.Json;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Modbus;

/// <summary>The agent as a program on lines of RTU and ASCII units: `read`, `check --connect` and `run` against pymodbus, over ptys and TCP.</summary>
public sealed class AgentLineScenarios : IDisposable
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
          - { metric: power.active, address: 100, type: u16, every: fast }
          - { metric: power.active, part: last, address: 65534, type: u32 }
          - { metric: voltage.line_neutral, part: L1, function: input, address: 52, type: u16, scale: 0.1 }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ScratchFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("rtu")]
    [InlineData("ascii")]
    public async Task Read_and_check_on_a_serial_line_give_the_values_of_pymodbus(string framing)
    {
        await using var cable = await SerialCable.PlugInAsync(folder, Cancel);
        await using var server = await ModbusPeers.PymodbusSerialAsync(folder, cable.Theirs, framing, Cancel);
        var address = $"modbus-{framing}://{cable.Ours}?baud=115200&parity=none&data=8";
        await SeeValuesAsync(address);
        await CheckConnectsAsync($"at: \"modbus-{framing}://{cable.Ours}\", baud: 115200, parity: none, data: 8");
    }

    [Theory]
    [InlineData("rtu")]
    [InlineData("ascii")]
    public async Task Read_and_check_through_a_device_server_give_the_values_of_pymodbus(string framing)
    {
        var (server, port) = await ModbusPeers.PymodbusTcpAsync(folder, framing, Cancel);
        await using var own = server;
        await SeeValuesAsync($"modbus-{framing}-tcp://127.0.0.1:{port}?");
        await CheckConnectsAsync($"at: \"modbus-{framing}-tcp://127.0.0.1:{port}\"");
    }

    [Fact]
    public async Task Run_polls_two_units_on_one_port_past_a_silent_third_and_goes_on_after_the_line_was_unplugged()
    {
        await File.WriteAllTextAsync(folder.File("peer.yaml"), Profile, Cancel);
        await using var cable = await SerialCable.PlugInAsync(folder, Cancel);
        await File.WriteAllTextAsync(
            folder.File("agent.yaml"),
            $$"""
            site: line
            agent: gateway
            primary_host: none
            broker: { url: "mqtt://127.0.0.1:{{Ports.FreeTcp()}}" }
            poll: { fast: 500ms, normal: 2s, slow: 5s }
            journal: { path: journal.db }
            poll_log: polled.csv
            endpoints:
              bus: { at: "modbus-rtu://{{cable.Ours}}", baud: 115200, parity: none, timeout: 300ms }
            devices:
              first: { profile: ./peer.yaml, endpoint: bus, unit: 1 }
              silent: { profile: ./peer.yaml, endpoint: bus, unit: 99, turnaround: 50ms }
              last: { profile: ./peer.yaml, endpoint: bus, unit: 200, gap: 5ms }
            """,
            Cancel);

        var server = await ModbusPeers.PymodbusSerialAsync(folder, cable.Theirs, "rtu", Cancel);
        await using var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder);
        await SaysAsync(agent, "polls 3 devices on 1 lanes");
        await SaysAsync(agent, "Device silent is offline");
        await PolledAsync("first", 301);
        await PolledAsync("last", 500);

        await cable.PullOutAsync();
        await server.DisposeAsync();
        await SaysAsync(agent, "Device first is offline");
        await cable.PlugInAgainAsync(Cancel);
        await using var again = await ModbusPeers.PymodbusSerialAsync(folder, cable.Theirs, "rtu", Cancel);
        await SaysAsync(agent, "Device first is online again");
        await SaysAsync(agent, "Device last is online again");

        await agent.SignalAsync("TERM", Cancel);
        await agent.WaitForExitAsync(Cancel);
        Assert.Equal(0, agent.ExitCode);
        Assert.DoesNotContain("crit:", agent.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("used by another", agent.Output, StringComparison.Ordinal);
    }

    private async Task SeeValuesAsync(string address)
    {
        await File.WriteAllTextAsync(folder.File("peer.yaml"), Profile, Cancel);
        foreach (var unit in new[] { 1, 2, 200 })
        {
            var printed = await ReadAsync($"{address}&unit={unit}");
            Assert.Equal(300 + unit, printed["holding/100"]);
            Assert.Equal((((65534 * 3 + unit) & 0xFFFF) << 16 | ((65535 * 3 + unit) & 0xFFFF)) & 0xFFFFFFFFL, printed["holding/65534"]);
            Assert.Equal((52 ^ unit) / 10.0, printed["input/52"], 9);
        }
    }

    /// <summary>A server on a line does not say when it has opened it, so the first reads may find nobody.</summary>
    private Task<Dictionary<string, double>> ReadAsync(string address) => Eventually.GetAsync(
        async () =>
        {
            var (exit, output) = await OtherProcess.RunAsync(
                Repository.Agent, ["read", "--profile", folder.File("peer.yaml"), "--at", address, "--json", "--timeout", "3s"], Cancel, folder);
            return exit != 0
                ? throw new InvalidOperationException(output)
                : JsonElement.Parse(output[output.IndexOf('[', StringComparison.Ordinal)..]).EnumerateArray()
                    .ToDictionary(element => element.GetProperty("source").GetString()!, element => element.GetProperty("value").GetDouble());
        },
        $"the agent reads {address}",
        Patience,
        Cancel);

    private async Task CheckConnectsAsync(string endpoint)
    {
        var file = folder.File("agent.yaml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            site: line
            agent: gateway
            broker: { url: "mqtt://127.0.0.1:1" }
            endpoints:
              bus: { {{endpoint}}, timeout: 3s }
            devices:
              one: { profile: ./peer.yaml, endpoint: bus, unit: 1 }
              two: { profile: ./peer.yaml, endpoint: bus, unit: 2 }
            """,
            Cancel);
        var (exit, output) = await OtherProcess.RunAsync(Repository.Agent, ["check", "-c", file, "--connect"], Cancel, folder);
        Assert.True(exit == 0, output);
        Assert.Contains("2 devices of 1 profiles on 1 lanes", output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split('\n').Count(line => line.Contains(" ok ", StringComparison.Ordinal) && line.Contains(" 3 ", StringComparison.Ordinal)));
    }

    private Task PolledAsync(string device, double value) => Eventually.TrueAsync(
        async () => File.Exists(folder.File("polled.csv"))
            && (await File.ReadAllLinesAsync(folder.File("polled.csv"), Cancel)).Any(line => IsValue(line.Split(','), device, value)),
        $"{value} of {device} is journaled",
        Patience,
        Cancel);

    private static bool IsValue(string[] columns, string device, double value) =>
        columns.Contains(device) && columns.Contains("power.active") && columns.Contains(value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static Task SaysAsync(OtherProcess agent, string words) => Eventually.TrueAsync(
        () => agent.HasExited ? throw new TimeoutException(agent.Output) : Task.FromResult(agent.Output.Contains(words, StringComparison.Ordinal)),
        $"the agent says: {words}",
        Patience,
        Cancel);
}
