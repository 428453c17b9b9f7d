using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Simulator.Tests;

/// <summary>One running simulator, its clock standing still, for all tests that only read.</summary>
public sealed class RunningHall : IAsyncLifetime
{
    internal SimulatorHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Host = await SimulatorHost.StartAsync(new(0, 0, 0, null, null, 1883, 8080, 5, 10, 1), new FakeTimeProvider(), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    internal double Truth(string name) => Host.Truth.At(Host.Hall.Current().State.Seen!)[name];
}

/// <summary>The running servers, read by tools that we did not write: mbpoll and net-snmp.</summary>
public sealed class IndependentToolsTests(RunningHall hall) : IClassFixture<RunningHall>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("main", 1, 19026, "float", "main/power.active", 1.0)]
    [InlineData("main", 1, 19068, "float", "main/energy.active.import", 1000.0)]
    [InlineData("hall", 3, 112, "int16", "tank-1/temperature.return/primary", 10.0)]
    [InlineData("hall", 7, 490, "int16-in", "chiller/temperature.return", 10.0)]
    [InlineData("hall", 8, 52, "float-in", "m-chiller/power.active", 1.0)]
    [InlineData("hall", 11, 3059, "float", "m-lights/power.active", 0.001)]
    [InlineData("hall", 1, 5000, "float-low", "cdu-1/temperature.supply/secondary", 1.0)]
    [InlineData("hall", 4, 0x28, "int32-low", "m-tank-it/power.active", 10.0)]
    public async Task Registers_read_with_mbpoll_are_the_truth_within_the_meters_resolution(string server, int unit, int address, string format, string name, double scale)
    {
        var port = server == "main" ? hall.Host.Ports.Main : hall.Host.Ports.Hall;
        var table = format.EndsWith("-in", StringComparison.Ordinal) ? "3" : "4";
        var type = format.Split('-')[0] switch { "float" => ":float", "int32" => ":int", _ => ":int16" };
        type = type == ":int16" ? "" : type;

        // mbpoll takes the low word first unless told otherwise (-B).
        List<string> arguments = ["-m", "tcp", "-p", port.ToString(CultureInfo.InvariantCulture), "-a", unit.ToString(CultureInfo.InvariantCulture), "-0", "-r", address.ToString(CultureInfo.InvariantCulture), "-c", "1", "-t", table + type, "-1"];
        if (!format.EndsWith("-low", StringComparison.Ordinal))
        {
            arguments.Add("-B");
        }

        var output = await Tool.RunAsync("mbpoll", [.. arguments, "127.0.0.1"], Cancel);
        var line = output.Split('\n').Single(l => l.StartsWith($"[{address}]:", StringComparison.Ordinal));
        var raw = double.Parse(line.Split(':')[1].Split('(')[0].Trim(), CultureInfo.InvariantCulture);
        var expected = hall.Truth(name) * scale;
        Assert.InRange(raw, expected - 0.51 - (Math.Abs(expected) * 1e-5), expected + 0.51 + (Math.Abs(expected) * 1e-5));
    }

    [Theory]
    [InlineData("ups-a", "1.3.6.1.2.1.33.1.4.4.1.4.2", "ups-a/power.active.output/L2", 1.0)]
    [InlineData("ups-a", "1.3.6.1.2.1.33.1.2.3.0", "ups-a/battery.runtime", 1 / 60.0)]
    [InlineData("ups-b", "1.3.6.1.4.1.534.1.3.4.1.4.1", "ups-b/power.active.input/L1", 1.0)]
    [InlineData("pdu-a2", "1.3.6.1.4.1.318.1.1.26.4.3.1.5.1", "pdu-a2/power.active", 0.1)]
    [InlineData("pdu-a2", "1.3.6.1.4.1.318.1.1.26.4.3.1.9.1", "pdu-a2/energy.active.import", 10.0)]
    [InlineData("pdu-b3", "1.3.6.1.4.1.13742.6.5.2.3.1.4.1.1.5", "pdu-b3/power.active", 1.0)]
    [InlineData("pdu-b3", "1.3.6.1.4.1.13742.6.5.2.4.1.4.1.1.3.1", "pdu-b3/current/L3", 1000.0)]
    public async Task Objects_read_with_snmpget_are_the_truth_within_the_cards_resolution(string device, string oid, string name, double scale)
    {
        foreach (var version in new[] { "1", "2c" })
        {
            var output = await Tool.RunAsync("snmpget", ["-v", version, "-c", "public", "-Oqv", $"127.0.0.1:{hall.Host.Ports.Snmp[device]}", oid], Cancel);
            var expected = hall.Truth(name) * scale;
            Assert.InRange(double.Parse(output, CultureInfo.InvariantCulture), expected - 0.5001, expected + 0.5001);
        }
    }

    [Fact]
    public async Task Every_object_is_reached_by_walk_and_by_bulk_walk_alike()
    {
        foreach (var device in hall.Host.Devices.Where(d => d.Mib is not null))
        {
            var peer = $"127.0.0.1:{hall.Host.Ports.Snmp[device.Id]}";
            var walk = await Tool.RunAsync("snmpwalk", ["-v", "1", "-c", "public", "-On", "-Cc", peer, "1"], Cancel);
            var bulk = await Tool.RunAsync("snmpbulkwalk", ["-v", "2c", "-c", "public", "-On", peer, "1"], Cancel);
            Assert.Equal(device.Mib!.Count, walk.Split('\n').Count(IsObject));
            Assert.Equal(walk.Split('\n').Where(IsObject), bulk.Split('\n').Where(IsObject));
        }

        static bool IsObject(string line) => line.StartsWith(".1", StringComparison.Ordinal) && !line.Contains("No more variables", StringComparison.Ordinal);
    }
}
