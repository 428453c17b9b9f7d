using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Protocols.Ipmi.Sdr;

namespace EdgeDcim.Benchmarks.Ipmi;

/// <summary>A poll of all sensors of a controller by our client in its open session, and by FreeIPMI's ipmi-sensors with its cache: what a user would start for it.</summary>
internal static partial class IpmiBenchmark
{
    private const int Rounds = 9;
    private const int PollsARound = 20;
    private const int ToolPolls = 5;
    private const int AtOnce = 300;

    public static async Task<int> RunAsync(string[] args)
    {
        Console.WriteLine($"One controller of {IpmiBenchmarkServer.Sensors} sensors, all read once a poll, medians of {Rounds} rounds:");
        Console.WriteLine();
        Console.WriteLine("| client | CPU µs a sensor | µs a sensor | bytes allocated a sensor |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        foreach (var suite in (int[])[3, 17])
        {
            await SuiteAsync(suite);
        }

        return 0;
    }

    private static async Task SuiteAsync(int suite)
    {
        var (server, line) = await ChildProcess.StartAsync("ipmi-server", suite.ToString(CultureInfo.InvariantCulture));
        using var ownServer = server;
        var endPoint = new IPEndPoint(IPAddress.Loopback, int.Parse(line, CultureInfo.InvariantCulture));
        await using var transport = new IpmiTransport(TimeProvider.System);
        await using var client = Client(transport, endPoint);
        var sensors = (await client.ReadRepositoryAsync(CancellationToken.None)).Sensors;
        var many = new List<IpmiClient>();
        for (var i = 0; i < AtOnce; i++)
        {
            many.Add(Client(transport, endPoint));
            await many[^1].ReadDeviceIdAsync(CancellationToken.None);
        }

        await PollAsync(client, sensors, PollsARound);
        var ours = new List<Usage>();
        var sideBySide = new List<Usage>();
        var theirs = new List<(double Cpu, double Wall)>();
        var folder = Directory.CreateTempSubdirectory("edgedcim-ipmi-").FullName;
        await ToolAsync(endPoint, suite, folder, 1);
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(await Usage.OfAsync(PollsARound * sensors.Count, _ => PollAsync(client, sensors, PollsARound)));
            sideBySide.Add(await Usage.OfAsync(AtOnce * sensors.Count, _ => Task.WhenAll(many.Select(each => PollAsync(each, sensors, 1)))));
            if (await ToolAsync(endPoint, suite, folder, ToolPolls) is { } tool)
            {
                theirs.Add((tool.Cpu / (ToolPolls * sensors.Count), tool.Wall / (ToolPolls * sensors.Count)));
            }
        }

        Row($"IpmiClient, suite {suite}", Usage.Median(ours));
        Row($"{AtOnce} IpmiClients side by side, suite {suite}", Usage.Median(sideBySide));
        if (theirs.Count > 0)
        {
            var middle = theirs.OrderBy(each => each.Cpu).ElementAt(theirs.Count / 2);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| ipmi-sensors, suite {suite}, a process a poll | {middle.Cpu:0.0} | {middle.Wall:0} | |"));
        }

        foreach (var each in many)
        {
            await each.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static void Row(string name, Usage usage) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {usage.CpuMicroseconds:0.0} | {usage.WallMicroseconds:0} | {usage.Bytes:0} |"));

    private static IpmiClient Client(IpmiTransport transport, IPEndPoint endPoint) =>
        new(transport, new IpmiTarget(endPoint, IpmiBenchmarkServer.User, IpmiBenchmarkServer.Password));

    private static async Task PollAsync(IpmiClient client, IReadOnlyList<SensorRecord> sensors, int polls)
    {
        for (var poll = 0; poll < polls; poll++)
        {
            foreach (var sensor in sensors)
            {
                await client.ReadSensorAsync(sensor, CancellationToken.None);
            }
        }
    }

    /// <summary>Microseconds of CPU and wall of some runs; null when the tool is not there or reads nothing.</summary>
    private static async Task<(double Cpu, double Wall)?> ToolAsync(IPEndPoint endPoint, int suite, string folder, int polls)
    {
        if (!File.Exists("/usr/sbin/ipmi-sensors"))
        {
            return null;
        }

        var command = $"ipmi-sensors -D LAN_2_0 -I {suite} -h {endPoint} -u {IpmiBenchmarkServer.User} -p {IpmiBenchmarkServer.Password} -l USER --sdr-cache-directory={folder} --quiet-cache";
        var start = new ProcessStartInfo("bash", ["-c", $"for i in $(seq {polls}); do /usr/sbin/{command} | grep -c Temp; done; times"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var begun = Stopwatch.GetTimestamp();
        using var run = Process.Start(start)!;
        var output = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        var wall = Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
        var times = ShellTimes().Matches(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        var read = output.Split('\n').Count(printed => printed == IpmiBenchmarkServer.Sensors.ToString(CultureInfo.InvariantCulture));
        return read == polls ? (times.Sum(time => double.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture)) * 1e6, wall) : null;
    }

    /// <summary>bash prints <c>0m0.012s 0m0.004s</c>; the last line is that of its children.</summary>
    [GeneratedRegex(@"0m([0-9.]+)s")]
    private static partial Regex ShellTimes();
}
