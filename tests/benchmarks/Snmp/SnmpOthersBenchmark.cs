using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using EdgeDcim.Benchmarks.Slow;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Benchmarks.Snmp;

/// <summary>What a user would pick instead: the same twenty values of the same agents by net-snmp's tool, collectd and Prometheus' exporter, each as it is run.</summary>
internal static class SnmpOthersBenchmark
{
    private const int Agents = 200;
    private const int Rounds = 5;
    private const int ToolPolls = 100;
    private const int Scrapes = 300;

    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        var (server, line) = await ChildProcess.StartAsync("slow-devices", "snmp", $"{Agents}", "0");
        using var ownServer = server;
        var port = int.Parse(line, CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("edgedcim-snmp-").FullName;
        try
        {
            Console.WriteLine($"{PolledAgent.Values} values of each agent by SNMP v2c, the agents in another process:");
            Console.WriteLine();
            Console.WriteLine("| who | how | CPU µs a value | load |");
            Console.WriteLine("| --- | --- | ---: | ---: |");
            await ClientAsync(port);
            await AgentAsync(folder, port);
            await CollectdAsync(folder, port);
            await ExporterAsync(folder, port);
            await ToolAsync(port);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Row(string who, string how, TimeSpan cpu, double values) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {who} | {how} | {cpu.TotalMicroseconds / values:0.00} | {ProcessCost.Load} |"));

    private static string Oid(int value) => string.Create(CultureInfo.InvariantCulture, $"{SnmpBenchmarkServer.Root}.{SnmpBenchmarkServer.RowBase + value}");

    private static async Task ClientAsync(int port)
    {
        await using var transport = new SnmpTransport(TimeProvider.System);
        Oid[] oids = [.. Enumerable.Range(1, PolledAgent.Values).Select(value => Protocols.Snmp.Oid.Parse(Oid(value)))];
        var gets = Enumerable.Range(0, Agents)
            .Select(agent => (Get: new SnmpClient(transport, new SnmpTarget(new IPEndPoint(SlowDevices.AddressOf(agent), port), SnmpVersion.V2c, "public")).Prepare(oids), Values: new SnmpValue[oids.Length]))
            .ToArray();
        var rounds = new List<Usage>();
        for (var round = 0; round <= Rounds; round++)
        {
            var usage = await Usage.OfAsync(10 * Agents * oids.Length, async _ =>
            {
                for (var poll = 0; poll < 10; poll++)
                {
                    await Task.WhenAll(gets.Select(each => each.Get.ReadAsync(each.Values, CancellationToken.None).AsTask()));
                }
            });
            if (round > 0)
            {
                rounds.Add(usage);
            }
        }

        Row("PreparedGet", $"{Agents} agents side by side, in process", TimeSpan.FromMicroseconds(Usage.Median(rounds).CpuMicroseconds), 1);
    }

    private static async Task AgentAsync(string folder, int port)
    {
        PolledAgent.Write(folder, "snmp", $"{port}", Agents, periodMs: 1000, spreadMs: 250);
        using var agent = PolledAgent.Start(folder);
        await Task.Delay(WarmUp, TimeProvider.System, CancellationToken.None);
        var before = ProcessCost.Of(agent.Id);
        await Task.Delay(Watched, TimeProvider.System, CancellationToken.None);
        var cpu = ProcessCost.Of(agent.Id).Cpu - before.Cpu;
        await PolledAgent.EndAsync(agent);
        Row("edgedcim-agent", $"{Agents} agents every second, quality, health, journal on disk", cpu, Agents * PolledAgent.Values * Watched.TotalSeconds);
    }

    private static async Task CollectdAsync(string folder, int port)
    {
        var config = new StringBuilder($"Hostname \"bench\"\nBaseDir \"{folder}\"\nPIDFile \"{folder}/collectd.pid\"\nTypesDB \"/usr/share/collectd/types.db\"\nInterval 1\nReadThreads 5\nLoadPlugin snmp\n<Plugin snmp>\n");
        for (var value = 1; value <= PolledAgent.Values; value++)
        {
            config.Append(CultureInfo.InvariantCulture, $"  <Data \"v{value}\">\n    Type \"gauge\"\n    Table false\n    Instance \"v{value}\"\n    Values \"{Oid(value)}\"\n  </Data>\n");
        }

        for (var agent = 0; agent < Agents; agent++)
        {
            config.Append(CultureInfo.InvariantCulture, $"  <Host \"h{agent}\">\n    Address \"{SlowDevices.AddressOf(agent)}:{port}\"\n    Version 2\n    Community \"public\"\n    Interval 1\n    Collect ");
            config.AppendJoin(' ', Enumerable.Range(1, PolledAgent.Values).Select(value => $"\"v{value}\"")).Append("\n  </Host>\n");
        }

        var file = Path.Combine(folder, "collectd.conf");
        await File.WriteAllTextAsync(file, config.Append("</Plugin>\n").ToString());
        using var collectd = Daemon.Start("/usr/sbin/collectd", "-f", "-C", file);
        if (collectd is null)
        {
            return;
        }

        await Task.Delay(WarmUp, TimeProvider.System, CancellationToken.None);
        var before = collectd.Cost;
        await Task.Delay(Watched, TimeProvider.System, CancellationToken.None);
        Row("collectd's snmp plug-in", $"{Agents} agents every second, no output", collectd.Cost.Cpu - before.Cpu, Agents * PolledAgent.Values * Watched.TotalSeconds);
    }

    private static async Task ExporterAsync(string folder, int port)
    {
        var config = new StringBuilder("bench:\n  auth: { community: public }\n  get:\n");
        for (var value = 1; value <= PolledAgent.Values; value++)
        {
            config.Append(CultureInfo.InvariantCulture, $"    - {Oid(value)}\n");
        }

        config.Append("  metrics:\n");
        for (var value = 1; value <= PolledAgent.Values; value++)
        {
            config.Append(CultureInfo.InvariantCulture, $"    - {{ name: v{value}, oid: {Oid(value)}, type: gauge, help: none }}\n");
        }

        var file = Path.Combine(folder, "snmp.yml");
        await File.WriteAllTextAsync(file, config.ToString());
        var listen = Daemon.FreePort();
        using var exporter = Daemon.Start("/usr/bin/prometheus-snmp-exporter", $"--config.file={file}", $"--web.listen-address=127.0.0.1:{listen}", "--log.level=error");
        if (exporter is null)
        {
            return;
        }

        using var http = new HttpClient();
        Uri At(int agent) => new($"http://127.0.0.1:{listen}/snmp?module=bench&target={SlowDevices.AddressOf(agent)}:{port}");
        var first = await Daemon.GetAsync(http, At(0));
        if (!first.Contains($"\nv{PolledAgent.Values} ", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"the exporter does not read what it should: {first}");
        }

        var before = exporter.Cost;
        for (var scrape = 0; scrape < Scrapes; scrape++)
        {
            await http.GetStringAsync(At(scrape % Agents));
        }

        Row("Prometheus snmp_exporter", $"{Scrapes} scrapes one after the other, text over HTTP", exporter.Cost.Cpu - before.Cpu, Scrapes * PolledAgent.Values);
    }

    private static async Task ToolAsync(int port)
    {
        if (!File.Exists("/usr/bin/snmpbulkget"))
        {
            return;
        }

        var before = ProcessCost.Of(Environment.ProcessId);
        var command = $"for i in $(seq {ToolPolls}); do snmpbulkget -v2c -c public -m '' -Oqn -Cn0 -Cr{PolledAgent.Values} {SlowDevices.AddressOf(0)}:{port} {SnmpBenchmarkServer.Root}.{SnmpBenchmarkServer.RowBase}; done | wc -l";
        using var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", command]) { RedirectStandardOutput = true })!;
        var lines = int.Parse(await shell.StandardOutput.ReadToEndAsync(), CultureInfo.InvariantCulture);
        await shell.WaitForExitAsync();
        if (lines != ToolPolls * PolledAgent.Values)
        {
            throw new InvalidOperationException($"snmpbulkget printed {lines} lines");
        }

        // Its children count for this process once it has ended.
        Row("net-snmp's snmpbulkget", "a process a poll", ProcessCost.Of(Environment.ProcessId).Cpu - before.Cpu, lines);
    }
}
