using System.Globalization;
using System.Net;
using EdgeDcim.Protocols.Ipmi;

namespace EdgeDcim.Benchmarks.Ipmi;

/// <summary>A scrape of Prometheus' ipmi_exporter, which starts FreeIPMI's tool, against a poll of our client: the same sensors of the same controller, suite 3.</summary>
internal static class IpmiExporterBenchmark
{
    private const int Rounds = 7;
    private const int ScrapesARound = 5;
    private const int PollsARound = 20;

    public static async Task<int> RunAsync(string[] args)
    {
        var (server, line) = await ChildProcess.StartAsync("ipmi-server", "3");
        using var ownServer = server;
        var folder = Directory.CreateTempSubdirectory("edgedcim-ipmi-").FullName;
        try
        {
            var file = Path.Combine(folder, "ipmi.yml");
            await File.WriteAllTextAsync(
                file,
                $"modules:\n  bench:\n    user: {IpmiBenchmarkServer.User}\n    pass: {IpmiBenchmarkServer.Password}\n    driver: LAN_2_0\n    privilege: user\n    timeout: 20000\n    collectors: [ipmi]\n");
            var listen = Daemon.FreePort();
            using var exporter = Daemon.Start("/usr/bin/prometheus-ipmi-exporter", $"--config.file={file}", $"--web.listen-address=127.0.0.1:{listen}");
            if (exporter is null)
            {
                await Console.Error.WriteLineAsync("prometheus-ipmi-exporter is not installed.");
                return 1;
            }

            using var http = new HttpClient();
            var scrape = new Uri($"http://127.0.0.1:{listen}/ipmi?module=bench&target=127.0.0.1:{line}");
            var first = await Daemon.GetAsync(http, scrape);
            var read = first.Split('\n').Count(text => text.StartsWith("ipmi_temperature_celsius{", StringComparison.Ordinal));
            if (read != IpmiBenchmarkServer.Sensors)
            {
                throw new InvalidOperationException($"the exporter read {read} sensors: {first}");
            }

            await using var transport = new IpmiTransport(TimeProvider.System);
            await using var client = new IpmiClient(
                transport, new IpmiTarget(new IPEndPoint(IPAddress.Loopback, int.Parse(line, CultureInfo.InvariantCulture)), IpmiBenchmarkServer.User, IpmiBenchmarkServer.Password));
            var sensors = (await client.ReadRepositoryAsync(CancellationToken.None)).Sensors;
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = 0; round <= Rounds; round++)
            {
                var usage = await Usage.OfAsync(PollsARound * sensors.Count, async _ =>
                {
                    for (var poll = 0; poll < PollsARound; poll++)
                    {
                        foreach (var sensor in sensors)
                        {
                            await client.ReadSensorAsync(sensor, CancellationToken.None);
                        }
                    }
                });
                var before = exporter.Cost;
                for (var i = 0; i < ScrapesARound; i++)
                {
                    await http.GetStringAsync(scrape);
                }

                if (round > 0)
                {
                    ours.Add(usage.CpuMicroseconds);
                    theirs.Add((exporter.Cost.Cpu - before.Cpu).TotalMicroseconds / (ScrapesARound * sensors.Count));
                }
            }

            Console.WriteLine($"| who | CPU µs a sensor, median of {Rounds} | load |");
            Console.WriteLine("| --- | ---: | ---: |");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| IpmiClient, suite 3 | {ours.Order().ElementAt(Rounds / 2):0.0} | {ProcessCost.Load} |"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| ipmi_exporter with FreeIPMI's tool, a scrape a poll | {theirs.Order().ElementAt(Rounds / 2):0.0} | {ProcessCost.Load} |"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
