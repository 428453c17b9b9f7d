using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Benchmarks.Snmp;

/// <summary>A GET of 20 variables against a bare socket that exchanges the same datagrams, a walk against net-snmp's, and many slow agents at once.</summary>
internal static partial class SnmpBenchmark
{
    private const int Requests = 5_000;
    private const int Rounds = 11;
    private const int Variables = 20;
    private const int AtOnce = 64;

    public static async Task<int> RunAsync(string[] args)
    {
        var (server, line) = await ChildProcess.StartAsync("snmp-server");
        using var ownServer = server;
        var agent = new IPEndPoint(IPAddress.Loopback, int.Parse(line, CultureInfo.InvariantCulture));
        await using var transport = new SnmpTransport(TimeProvider.System);
        await GetsAsync(transport, agent);
        await WalksAsync(transport, agent);
        await SlowAgentsAsync(transport);
        return 0;
    }

    private static SnmpTarget Target(IPEndPoint agent) => new(agent, SnmpVersion.V2c, "public");

    private static async Task GetsAsync(SnmpTransport transport, IPEndPoint agent)
    {
        using var raw = new RawUdpExchange(SnmpBenchmarkServer.Get(Variables));
        await raw.ConnectAsync(agent);
        var root = Oid.Parse(SnmpBenchmarkServer.Root);
        Oid[] oids = [.. Enumerable.Range(1, Variables).Select(row => root.Append((uint)(SnmpBenchmarkServer.RowBase + row)))];
        var client = new SnmpClient(transport, Target(agent));
        using var cancellation = new CancellationTokenSource();
        var prepared = client.Prepare(oids);
        var values = new SnmpValue[Variables];
        var many = Enumerable.Range(0, AtOnce).Select(_ => (Get: new SnmpClient(transport, Target(agent)).Prepare(oids), Values: new SnmpValue[Variables])).ToArray();

        async Task ReadAsync(PreparedGet get, SnmpValue[] into, int requests)
        {
            for (var i = 0; i < requests; i++)
            {
                await get.ReadAsync(into, cancellation.Token);
            }
        }

        (string Name, Func<int, Task> Work)[] contestants =
        [
            ("bare async UDP socket, no checks", raw.RunAsync),
            ("PreparedGet, cancellable", requests => ReadAsync(prepared, values, requests)),
            ("SnmpClient.GetAsync", async requests =>
            {
                for (var i = 0; i < requests; i++)
                {
                    await client.GetAsync(oids, cancellation.Token);
                }
            }),
            ($"PreparedGet, {AtOnce} targets at once", requests => Task.WhenAll(many.Select(each => ReadAsync(each.Get, each.Values, requests / AtOnce)))),
        ];
        foreach (var (_, work) in contestants)
        {
            await Usage.OfAsync(Requests, work);
        }

        var rounds = contestants.Select(_ => new List<Usage>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < contestants.Length; i++)
            {
                rounds[i].Add(await Usage.OfAsync(Requests, contestants[i].Work));
            }
        }

        Console.WriteLine($"SNMP v2c GET of {Variables} variables, {Rounds} rounds of {Requests} requests each, medians:");
        Console.WriteLine();
        Console.WriteLine("| client | CPU µs a request | against the bare socket | bytes allocated a request | µs a request |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        for (var i = 0; i < contestants.Length; i++)
        {
            var median = Usage.Median(rounds[i]);
            var ratio = rounds[i].Zip(rounds[0], (own, first) => own.CpuMicroseconds / first.CpuMicroseconds).Order().ElementAt(Rounds / 2);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {contestants[i].Name} | {median.CpuMicroseconds:0.0} | {ratio:0.00} × | {median.Bytes:0} | {median.WallMicroseconds:0} |"));
        }
    }

    /// <summary>One long walk a process: the only shape in which net-snmp's tools do not spend their time on being started.</summary>
    private static async Task WalksAsync(SnmpTransport transport, IPEndPoint agent)
    {
        Console.WriteLine();
        Console.WriteLine($"A walk of {SnmpBenchmarkServer.Rows} rows, 24 a request, medians of {Rounds} rounds:");
        Console.WriteLine();
        Console.WriteLine("| client | CPU ms a walk | CPU µs a row |");
        Console.WriteLine("| --- | ---: | ---: |");
        var client = new SnmpClient(transport, Target(agent));
        var root = Oid.Parse(SnmpBenchmarkServer.Root);
        Func<int, Task> walk = async _ => await client.WalkAsync(root, CancellationToken.None);
        await walk(1);
        var ours = new List<double>();
        var theirs = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add((await Usage.OfAsync(1, walk)).CpuMicroseconds / 1000);
            if (await NetSnmpWalkAsync(agent, SnmpBenchmarkServer.Root) - await NetSnmpWalkAsync(agent, "1.3.6.1.4.1.99999.2") is { } milliseconds)
            {
                theirs.Add(milliseconds);
            }
        }

        Row("SnmpClient.WalkAsync", ours);
        Row("net-snmp's snmpbulkwalk, starting and ending taken off", theirs);

        static void Row(string name, List<double> rounds)
        {
            if (rounds.Count > 0)
            {
                var median = rounds.Order().ElementAt(rounds.Count / 2);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {median:0.0} | {1000 * median / SnmpBenchmarkServer.Rows:0.00} |"));
            }
        }
    }

    /// <summary>User and system milliseconds of one snmpbulkwalk, or null where it is not installed.</summary>
    private static async Task<double?> NetSnmpWalkAsync(IPEndPoint agent, string root)
    {
        if (!File.Exists("/usr/bin/snmpbulkwalk"))
        {
            return null;
        }

        var command = $"snmpbulkwalk -v2c -c public -m '' -Oqn -Cr24 {agent} {root} > /dev/null; times";
        using var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", command]) { RedirectStandardOutput = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return ShellTimes().Matches(output.Split('\n')[1]).Sum(time => 1000 * double.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>A thousand agents that take 200 ms, each asked once a second: how many threads that takes, and whether a cycle fits its second.</summary>
    private static async Task SlowAgentsAsync(SnmpTransport transport)
    {
        const int agents = 1000;
        const int cycles = 10;
        var (server, line) = await ChildProcess.StartAsync("snmp-server", "200");
        using var ownServer = server;
        var agent = new IPEndPoint(IPAddress.Loopback, int.Parse(line, CultureInfo.InvariantCulture));
        var root = Oid.Parse(SnmpBenchmarkServer.Root);
        Oid[] oids = [.. Enumerable.Range(1, Variables).Select(row => root.Append((uint)(SnmpBenchmarkServer.RowBase + row)))];
        var gets = Enumerable.Range(0, agents).Select(_ => (Get: new SnmpClient(transport, Target(agent)).Prepare(oids), Values: new SnmpValue[Variables])).ToArray();
        var slowest = TimeSpan.Zero;
        var threads = 0;
        var failed = 0;
        for (var cycle = 0; cycle <= cycles; cycle++)
        {
            var begin = Stopwatch.GetTimestamp();
            var reads = gets.Select(async each =>
            {
                try
                {
                    await each.Get.ReadAsync(each.Values, CancellationToken.None);
                }
                catch (SnmpException)
                {
                    Interlocked.Increment(ref failed);
                }
            }).ToArray();
            threads = Math.Max(threads, ThreadPool.ThreadCount);
            await Task.WhenAll(reads);
            threads = Math.Max(threads, ThreadPool.ThreadCount);
            var took = Stopwatch.GetElapsedTime(begin);
            slowest = cycle > 0 && took > slowest ? took : slowest;
            await Task.Delay(TimeSpan.FromSeconds(1) - (took < TimeSpan.FromSeconds(1) ? took : TimeSpan.FromSeconds(1)), TimeProvider.System, CancellationToken.None);
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agents} agents that take 200 ms, asked every second: the slowest of {cycles} cycles took {slowest.TotalMilliseconds:0} ms, {failed} reads failed, {threads} pool threads at most."));
    }

    /// <summary>bash prints <c>0m0.012s 0m0.004s</c>.</summary>
    [GeneratedRegex(@"0m([0-9.]+)s")]
    private static partial Regex ShellTimes();
}
