using System.Globalization;
using System.Net;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Drivers.Redfish;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Benchmarks.Redfish;

/// <summary>One poll of a server, its powers and temperatures or its 40 sensors, against a bare HttpClient that reads the same resources and looks at nothing.</summary>
internal static class RedfishBenchmark
{
    private const int Rounds = 7;
    private const int Polls = 200;

    public static async Task<int> RunAsync(string[] args)
    {
        var (server, line) = await ChildProcess.StartAsync("redfish-server");
        using var ownServer = server;
        var port = int.Parse(line, CultureInfo.InvariantCulture);
        var clock = new SteppedTime();
        await using var protocols = ProtocolCatalog.Standard(clock);
        var profile = ProfileLibrary.Open(protocols).LoadAll(new ConfigProblems()).OfType<RedfishProfile>().Single(each => each.Name == "redfish-server");
        var endpoint = new EndpointConfig("server", "redfish", new HostAddress("redfish+http", "127.0.0.1", port), TimeSpan.FromSeconds(10), TimeSpan.Zero);
        await using var link = protocols.Get("redfish").OpenLink(endpoint);
        var driver = link.CreateDriver(new DeviceConfig("server", profile, "server", endpoint, new RedfishAccess(null, null, null, null)));
        using var bare = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4, UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        string[] normal = ["/redfish/v1/Chassis/1", "/redfish/v1/Chassis/1/EnvironmentMetrics", "/redfish/v1/Chassis/1/Power", "/redfish/v1/Chassis/1/Thermal"];
        string[] sensors = [.. Enumerable.Range(0, RedfishBenchmarkServer.Sensors).Select(i => $"/redfish/v1/Chassis/1/Sensors/{i}")];
        string[] slow = [.. sensors, "/redfish/v1/Chassis/1", "/redfish/v1/Chassis/1/EnvironmentMetrics", "/redfish/v1/Chassis/1/Power"];

        async Task PollAsync(PollGroup group, int polls)
        {
            for (var i = 0; i < polls; i++)
            {
                clock.Step();
                await driver.ReadAsync(group, CancellationToken.None);
            }
        }

        async Task BareAsync(string[] paths, int polls)
        {
            for (var i = 0; i < polls; i++)
            {
                await Task.WhenAll(paths.Select(bare.GetByteArrayAsync));
            }
        }

        foreach (var group in Enum.GetValues<PollGroup>())
        {
            await PollAsync(group, 1);
        }

        (string Name, int Resources, Func<int, Task> Work)[] contestants =
        [
            ("bare HttpClient, the resources of a normal poll", normal.Length, polls => BareAsync(normal, polls)),
            ("driver, normal poll", normal.Length, polls => PollAsync(PollGroup.Normal, polls)),
            ("bare HttpClient, the resources of a slow poll", slow.Length, polls => BareAsync(slow, polls)),
            ("driver, slow poll", slow.Length, polls => PollAsync(PollGroup.Slow, polls)),
        ];
        var rounds = contestants.Select(_ => new List<Usage>()).ToArray();
        foreach (var (_, _, work) in contestants)
        {
            await Usage.OfAsync(Polls, work);
        }

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < contestants.Length; i++)
            {
                rounds[i].Add(await Usage.OfAsync(Polls, contestants[i].Work));
            }
        }

        Console.WriteLine($"{Rounds} rounds of {Polls} polls each, medians:");
        Console.WriteLine();
        Console.WriteLine("| who | resources | values | CPU µs a poll | bytes allocated a poll | µs a poll |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        for (var i = 0; i < contestants.Length; i++)
        {
            var usage = Usage.Median(rounds[i]);
            var values = i % 2 == 0 ? 0 : (await driver.ReadAsync(i == 1 ? PollGroup.Normal : PollGroup.Slow, CancellationToken.None)).Count;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {contestants[i].Name} | {contestants[i].Resources} | {values} | {usage.CpuMicroseconds:0} | {usage.Bytes:0} | {usage.WallMicroseconds:0} |"));
        }

        return 0;
    }

    /// <summary>The system's clock, a second further at each step, so that every poll reads afresh.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private long steps;

        public void Step() => steps++;

        public override long GetTimestamp() => System.GetTimestamp() + steps * TimestampFrequency;
    }
}
