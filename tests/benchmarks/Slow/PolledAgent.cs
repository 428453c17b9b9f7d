using System.Diagnostics;
using System.Globalization;
using System.Text;
using EdgeDcim.Benchmarks.Snmp;

namespace EdgeDcim.Benchmarks.Slow;

/// <summary>The agent as a process that polls many devices of one profile and journals what it reads.</summary>
internal static class PolledAgent
{
    /// <summary>Of each device.</summary>
    public const int Values = 20;

    /// <summary>Its configuration: devices at the addresses of <see cref="SlowDevices"/>, without a broker.</summary>
    public static void Write(string folder, string protocol, string port, int devices, int periodMs, int spreadMs)
    {
        var profile = new StringBuilder($"profile: slow\nkind: pdu\nvendor: Benchmark\nmodels: [slow]\nprotocol: {protocol}\nproof: manual\nsource: this benchmark\n");
        profile.Append(protocol == "modbus" ? "modbus: { function: holding, base: zero }\n" : "").Append("points:\n");
        for (var value = 1; value <= Values; value++)
        {
            var place = protocol == "modbus" ? $"address: {value}, type: u16" : $"oid: {SnmpBenchmarkServer.Root}.{SnmpBenchmarkServer.RowBase + value}";
            profile.Append(CultureInfo.InvariantCulture, $"  - {{ metric: power.active, part: \"outlet/{value}\", {place}, every: fast }}\n");
        }

        var config = new StringBuilder("site: bench\nagent: slow\nbroker: { url: \"mqtt://127.0.0.1:9\" }\njournal: { path: journal.db }\nprofiles: .\n");
        config.Append(CultureInfo.InvariantCulture, $"poll: {{ fast: {periodMs}ms, spread: {spreadMs}ms }}\ndevices:\n");
        for (var device = 0; device < devices; device++)
        {
            config.Append(CultureInfo.InvariantCulture, $"  {NameOf(device)}: {{ profile: slow, at: \"{protocol}://{SlowDevices.AddressOf(device)}:{port}{(protocol == "modbus" ? "?unit=1" : "")}\" }}\n");
        }

        File.WriteAllText(Path.Combine(folder, "slow.yaml"), profile.ToString());
        File.WriteAllText(Path.Combine(folder, "agent.yaml"), config.ToString());
    }

    public static string NameOf(int device) => $"device-{device}";

    public static Process Start(string folder)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "EdgeDcim.Agent", "release", "edgedcim-agent"));
        var process = Process.Start(new ProcessStartInfo(program, ["run", "-c", "agent.yaml"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>As a service manager ends it.</summary>
    public static async Task EndAsync(Process agent)
    {
        using (Process.Start("kill", ["-TERM", $"{agent.Id}"]))
        {
            await agent.WaitForExitAsync();
        }
    }
}
