using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace EdgeDcim.Benchmarks.Memory;

/// <summary>Resident memory and CPU of agent and collector as users run them: the simulated hall five times over, 100 devices, embedded broker and history.</summary>
internal static class MemoryBenchmark
{
    private const int Copies = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("edgedcim-memory-").FullName;
        var bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        var running = new List<Process>();
        try
        {
            for (var copy = 1; copy <= Copies; copy++)
            {
                running.Add(await SimulatorAsync(bin, Path.Combine(folder, $"{copy}")));
            }

            var site = Path.Combine(folder, "1");
            Join(folder);
            var collector = Start(site, Path.Combine(bin, "EdgeDcim.Collector", "release", "edgedcim-collector"), "run", "-c", "collector.yaml");
            var agent = Start(site, Path.Combine(bin, "EdgeDcim.Agent", "release", "edgedcim-agent"), "run", "-c", "agent.yaml");
            running.AddRange([collector, agent]);
            await Task.Delay(WarmUp, TimeProvider.System, CancellationToken.None);
            Console.WriteLine($"{await DevicesAsync(site)} devices, after {WarmUp.TotalSeconds:0} s:");
            Console.WriteLine();
            Console.WriteLine("| process | resident MB | CPU s in that minute |");
            Console.WriteLine("| --- | ---: | ---: |");
            Print("edgedcim-agent", agent);
            Print("edgedcim-collector", collector);
            return 0;
        }
        finally
        {
            running.ForEach(process => process.Kill());
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Process> SimulatorAsync(string bin, string folder)
    {
        Directory.CreateDirectory(folder);
        var ports = Path.Combine(folder, "ports.json");
        var simulator = Start(folder, Path.Combine(bin, "EdgeDcim.Simulator", "release", "edgedcim-simulator"),
            "--write-config", folder, "--ports-file", ports, "--broker-port", FreePort(), "--page-port", FreePort());
        while (!File.Exists(ports) && !simulator.HasExited)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
        }

        return simulator;
    }

    /// <summary>Adds the devices of the other halls to the first one's agent, each under a name of its own.</summary>
    private static void Join(string folder)
    {
        var first = Path.Combine(folder, "1", "agent.yaml");
        var lines = File.ReadAllLines(first).ToList();
        for (var copy = 2; copy <= Copies; copy++)
        {
            var others = File.ReadAllLines(Path.Combine(folder, $"{copy}", "agent.yaml")).Select(line => line.Replace("hall-1", $"hall-{copy}", StringComparison.Ordinal)).ToList();
            lines.Insert(lines.IndexOf("devices:"), others.Single(line => line.StartsWith($"  hall-{copy}:", StringComparison.Ordinal)));
            lines.AddRange(others.SkipWhile(line => line != "devices:").Skip(1).Select(line => line.Insert(line.IndexOf(':', StringComparison.Ordinal), $"-{copy}")));
        }

        File.WriteAllLines(first, lines);
    }

    private static async Task<int> DevicesAsync(string folder)
    {
        var listen = File.ReadLines(Path.Combine(folder, "collector.yaml")).First(line => line.StartsWith("listen: ", StringComparison.Ordinal))["listen: ".Length..];
        using var http = new HttpClient();
        using var json = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{listen}/api/v1/devices")));
        return json.RootElement.GetArrayLength();
    }

    private static void Print(string name, Process process)
    {
        process.Refresh();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {process.WorkingSet64 / 1048576.0:0} | {process.TotalProcessorTime.TotalSeconds:0.0} |"));
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    private static Process Start(string folder, string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
