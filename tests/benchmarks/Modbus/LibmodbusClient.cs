using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace EdgeDcim.Benchmarks.Modbus;

/// <summary>libmodbus' own blocking client in C, built from the source beside this file where gcc and libmodbus-dev are installed.</summary>
internal sealed class LibmodbusClient : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("edgedcim-libmodbus-");

    private string Program => Path.Combine(folder.FullName, "libmodbus-client");

    /// <summary>False when it cannot be built here.</summary>
    public async Task<bool> TryBuildAsync()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Modbus", "libmodbus-client.c");
        try
        {
            return (await RunAsync("gcc", "-O2", "-I/usr/include/modbus", "-o", Program, source, "-lmodbus")).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    public async Task<Usage> MeasureAsync(int port, int requests, int registers)
    {
        var start = Stopwatch.GetTimestamp();
        var (exitCode, output) = await RunAsync(Program, $"{port}", $"{requests}", $"{registers}");
        return exitCode == 0
            ? new Usage(double.Parse(output, CultureInfo.InvariantCulture), double.NaN, Stopwatch.GetElapsedTime(start).TotalMicroseconds / requests)
            : throw new InvalidOperationException($"the libmodbus client ended with {exitCode}");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
