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
        using var simulator = Start(folder, Path.Combine(bin, "EdgeDcim.Simulator", "release", "edgedcim-simulator"),
            "--write-config", folder, "--ports-file", Path.Combine(folder, "ports.json"), "--broker-port", FreePort(), "--page-port", FreePort());
        try
        {
            while (!File.Exists(Path.Combine(folder, "ports.json")) && !simulator.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
            }

            Multiply(Path.Combine(folder, "agent.yaml"));
            using var collector = Start(folder, Path.Combine(bin, "EdgeDcim.Collector", "release", "edgedcim-collector"), "run", "-c", "collector.yaml");
            using var agent = Start(folder, Path.Combine(bin, "EdgeDcim.Agent", "release", "edgedcim-agent"), "run", "-c", "agent.yaml");
            try
            {
                await Task.Delay(WarmUp, TimeProvider.System, CancellationToken.None);
                var devices = await DevicesAsync(folder);
                Console.WriteLine($"{devices} devices, after {WarmUp.TotalSeconds:0} s:");
                Console.WriteLine();
                Console.WriteLine("| process | resident MB | CPU s in that minute |");
                Console.WriteLine("| --- | ---: | ---: |");
                Print("agent", agent);
                Print("collector", collector);
                return 0;
            }
            finally
            {
                agent.Kill();
                collector.Kill();
            }
        }
        finally
        {
            simulator.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Every device line once more per copy, under another name: the simulated devices answer all of them.</summary>
    private static void Multiply(string file)
    {
        var lines = File.ReadAllLines(file).ToList();
        var devices = lines.SkipWhile(line => line != "devices:").Skip(1).ToList();
        for (var copy = 2; copy <= Copies; copy++)
        {
            lines.AddRange(devices.Select(line => line.Insert(line.IndexOf(':', StringComparison.Ordinal), $"-{copy}")));
        }

        File.WriteAllLines(file, lines);
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
