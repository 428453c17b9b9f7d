using System.Diagnostics;

namespace EdgeDcim.Benchmarks;

/// <summary>The other side of a benchmark, in a process of its own; ends with this object.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process process;

    private ChildProcess(Process process) => this.process = process;

    /// <summary>Starts this program in another area and waits for the first line that it prints.</summary>
    public static async Task<(ChildProcess Child, string FirstLine)> StartAsync(params string[] args)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, args) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync();
        return (new ChildProcess(process), line ?? throw new InvalidOperationException($"'{string.Join(' ', args)}' ended at once."));
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.Dispose();
    }
}
