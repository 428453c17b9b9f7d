using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace EdgeDcim.Benchmarks.Modbus;

/// <summary>libmodbus' own blocking client in C, built from the source beside this file where gcc and libmodbus-dev are installed.</summary>
internal sealed class LibmodbusClient : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("edgedcim-libmodbus-");

    private string Program => Path.Combine(folder.FullName, "libmodbus-client");

    /// <summary>The server of the scenarios, built beside the client.</summary>
    public string Server => Path.Combine(folder.FullName, "libmodbus-server");

    /// <summary>False when it cannot be built here.</summary>
    public async Task<bool> TryBuildAsync()
    {
        try
        {
            return await TryBuildAsync(Program) && await TryBuildAsync(Server);
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    public async Task<Usage> MeasureAsync(string target, int requests, int registers)
    {
        var start = Stopwatch.GetTimestamp();
        var (exitCode, output) = await RunAsync(Program, target, $"{requests}", $"{registers}");
        return exitCode == 0
            ? new Usage(double.Parse(output, CultureInfo.InvariantCulture), double.NaN, Stopwatch.GetElapsedTime(start).TotalMicroseconds / requests)
            : throw new InvalidOperationException($"the libmodbus client ended with {exitCode}");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static async Task<bool> TryBuildAsync(string program)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Modbus", Path.GetFileName(program) + ".c");
        return (await RunAsync("gcc", "-O2", "-I/usr/include/modbus", "-o", program, source, "-lmodbus")).ExitCode == 0;
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
