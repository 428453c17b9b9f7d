using System.Diagnostics;
using System.Globalization;

namespace EdgeDcim.Benchmarks.Chain;

/// <summary>One process of the chain, with what it has used so far. Its output is kept for when it ends too early.</summary>
internal sealed class Member : IDisposable
{
    private readonly Process process;
    private readonly Queue<string> last = new();

    public Member(string name, string folder, string program, params string[] arguments)
    {
        Name = name;
        process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        })!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Id => process.Id;

    public double CpuSeconds
    {
        get
        {
            process.Refresh();
            return process.HasExited ? throw new InvalidOperationException($"{Name} ended:\n{Tail}") : process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>The most that was resident at one time, as the kernel kept it.</summary>
    public double PeakMegabytes =>
        File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, ..] ? double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024 : double.NaN;

    public string Tail
    {
        get
        {
            lock (last)
            {
                return string.Join('\n', last);
            }
        }
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (last)
        {
            if (line is not null)
            {
                last.Enqueue(line);
            }

            while (last.Count > 20)
            {
                last.Dequeue();
            }
        }
    }
}
