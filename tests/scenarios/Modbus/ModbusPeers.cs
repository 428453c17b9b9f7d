using System.Globalization;
using System.Text.RegularExpressions;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Modbus;

/// <summary>Modbus servers that this project did not write, and what mbpoll reads from them.</summary>
internal static partial class ModbusPeers
{
    private const string Header = "/usr/include/modbus/modbus.h";

    private static readonly string Sources = Path.Combine(Repository.Root, "tests", "scenarios", "Modbus", "peers");

    public static async Task<(OtherProcess Process, int Port)> LibmodbusTcpAsync(string folder, CancellationToken cancel)
    {
        var server = await CompileAsync("libmodbus-server", folder, cancel);
        var port = Ports.FreeTcp();
        var process = OtherProcess.Start(server, ["tcp", port.ToString(CultureInfo.InvariantCulture)], folder);
        await Eventually.ListensAsync(port, "libmodbus", cancel);
        return (process, port);
    }

    public static async Task<OtherProcess> LibmodbusRtuAsync(string folder, string device, int unit, CancellationToken cancel)
    {
        var server = await CompileAsync("libmodbus-server", folder, cancel);
        var process = OtherProcess.Start(server, ["rtu", device, unit.ToString(CultureInfo.InvariantCulture)], folder);
        await Eventually.TrueAsync(
            () => Task.FromResult(process.Output.Contains("ready", StringComparison.Ordinal)), "libmodbus opens the line", TimeSpan.FromSeconds(10), cancel);
        return process;
    }

    public static async Task<(OtherProcess Process, int Port)> PymodbusTcpAsync(string folder, string framing, CancellationToken cancel)
    {
        await RequirePymodbusAsync(cancel);
        var port = Ports.FreeTcp();
        var process = OtherProcess.Start(
            "/usr/bin/python3", [Path.Combine(Sources, "pymodbus-server.py"), "tcp", port.ToString(CultureInfo.InvariantCulture), framing], folder);
        await Eventually.ListensAsync(port, "pymodbus", cancel);
        return (process, port);
    }

    public static async Task<OtherProcess> PymodbusSerialAsync(string folder, string device, string framing, CancellationToken cancel)
    {
        await RequirePymodbusAsync(cancel);
        return OtherProcess.Start("/usr/bin/python3", [Path.Combine(Sources, "pymodbus-server.py"), "serial", device, framing], folder);
    }

    /// <summary>What mbpoll prints, in the order of the addresses.</summary>
    /// <param name="connection">How it reaches the server.</param>
    /// <param name="type">mbpoll's word for table and form: 0, 1, 3, 4, 4:float …</param>
    /// <param name="unit">Unit to ask.</param>
    /// <param name="address">Zero-based.</param>
    /// <param name="count">Values, not registers.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task<string[]> MbpollAsync(string[] connection, string type, int unit, int address, int count, CancellationToken cancel)
    {
        Peers.Require("mbpoll");
        string[] what = ["-a", $"{unit}", "-t", type, "-0", "-r", $"{address}", "-c", $"{count}", "-1"];
        var (exit, output) = await OtherProcess.RunAsync("mbpoll", [.. what, .. connection], cancel);
        Assert.True(exit == 0, output);
        return [.. ValueLine().Matches(output).Select(match => match.Groups[1].Value)];
    }

    public static string[] MbpollTcp(int port) => ["-m", "tcp", "-p", $"{port}", "127.0.0.1"];

    public static string[] MbpollRtu(string device) => ["-m", "rtu", "-b", "115200", "-P", "none", device];

    private static async Task<string> CompileAsync(string name, string folder, CancellationToken cancel)
    {
        Peers.Require("gcc");
        Assert.SkipUnless(File.Exists(Header), "libmodbus-dev is not installed");
        var program = Path.Combine(folder, name);
        if (!File.Exists(program))
        {
            var (exit, output) = await OtherProcess.RunAsync(
                "gcc", ["-O2", "-Wall", "-I/usr/include/modbus", "-o", program, Path.Combine(Sources, name + ".c"), "-lmodbus"], cancel);
            Assert.True(exit == 0, output);
        }

        return program;
    }

    private static async Task RequirePymodbusAsync(CancellationToken cancel)
    {
        Peers.Require("python3");
        var (exit, _) = await OtherProcess.RunAsync("/usr/bin/python3", ["-c", "import pymodbus.server, serial_asyncio"], cancel);
        Assert.SkipUnless(exit == 0, "python3-pymodbus or python3-serial-asyncio is not installed");
    }

    [GeneratedRegex(@"^\[\d+\]:\s+(\S+)", RegexOptions.Multiline)]
    private static partial Regex ValueLine();
}
