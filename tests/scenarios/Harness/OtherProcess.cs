using System.Diagnostics;
using System.Globalization;

namespace EdgeDcim.Scenarios.Harness;

/// <summary>A process under test or a peer of it: its output is kept, it can be killed like a power cut, and it never outlives the test.</summary>
public sealed class OtherProcess : IAsyncDisposable
{
    private readonly List<string> lines = [];
    private readonly List<string> printed = [];
    private readonly ProcessStartInfo start;
    private Process process;

    private OtherProcess(ProcessStartInfo start)
    {
        this.start = start;
        process = Launch();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>Standard output and standard error so far, in the order of arrival.</summary>
    public string Output
    {
        get
        {
            lock (lines)
            {
                return string.Join('\n', lines);
            }
        }
    }

    public static OtherProcess Start(string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new OtherProcess(start);
    }

    /// <summary>Runs a program to its end and gives its exit code and both outputs.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancel, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var run = Start(program, arguments, folder, environment);
        await run.process.WaitForExitAsync(cancel);
        return (run.process.ExitCode, run.Output);
    }

    /// <summary>As <see cref="RunAsync"/>, with standard output apart: what a program that reads it gets to see.</summary>
    public static async Task<(int ExitCode, string Printed, string Output)> ReadAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancel, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var run = Start(program, arguments, folder, environment);
        await run.process.WaitForExitAsync(cancel);
        lock (run.lines)
        {
            return (run.process.ExitCode, string.Join('\n', run.printed), run.Output);
        }
    }

    /// <summary>Whether a program is on this machine.</summary>
    public static bool IsInstalled(string program) =>
        new[] { "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin" }.Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>kill −9: no handler of the process runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
    }

    /// <summary>Starts the same command again.</summary>
    public void StartAgain()
    {
        process.Dispose();
        process = Launch();
    }

    /// <summary>Sends a signal by name, as a service manager would.</summary>
    public async Task SignalAsync(string signal, CancellationToken cancel) =>
        await RunAsync("/bin/kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)], cancel);

    public Task WaitForExitAsync(CancellationToken cancel) => process.WaitForExitAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    private Process Launch()
    {
        var launched = new Process { StartInfo = start };
        launched.OutputDataReceived += (_, line) => Keep(line.Data, printed);
        launched.ErrorDataReceived += (_, line) => Keep(line.Data);
        launched.Start();
        launched.BeginOutputReadLine();
        launched.BeginErrorReadLine();
        return launched;
    }

    private void Keep(string? line, List<string>? apart = null)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            foreach (var kept in apart is null ? [lines] : (List<string>[])[lines, apart])
            {
                kept.Add(line);
                if (kept.Count > 20_000)
                {
                    kept.RemoveRange(0, 10_000);
                }
            }
        }
    }
}
