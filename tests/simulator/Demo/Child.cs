using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeDcim.Simulator.Demo;

/// <summary>One program of the demo: its output goes into a file, its last lines are kept to be shown when it dies.</summary>
internal sealed class Child : IAsyncDisposable
{
    private const int KeptLines = 20;
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Queue<string> _last = new();
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;

    public Child(string name, string program, IEnumerable<string> arguments, string folder, TimeProvider time)
    {
        (Name, _time) = (name, time);
        _log = new(Path.Combine(folder, name + ".log")) { AutoFlush = true };
        _process = new() { StartInfo = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true } };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public bool Exited => _process.HasExited;

    /// <summary>A sentence and the last lines, for a child that ended by itself.</summary>
    public string Obituary()
    {
        // Without a time limit this also waits for the rest of the redirected output.
        _process.WaitForExit();
        lock (_gate)
        {
            return $"{Name} ended with code {_process.ExitCode}. Its last lines:{Environment.NewLine}{string.Join(Environment.NewLine, _last.Select(line => "  " + line))}";
        }
    }

    public string LastLines()
    {
        lock (_gate)
        {
            return string.Join(Environment.NewLine, _last.Select(line => $"  {Name}: {line}"));
        }
    }

    /// <summary>Asks the child to end and kills it when it does not within ten seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var limit = new CancellationTokenSource(Patience, _time);
            try
            {
                // Windows has no gentle way to end a process without a window; its journals survive a kill.
                if (OperatingSystem.IsWindows() || Kill(_process.Id, Terminate) != 0)
                {
                    _process.Kill(entireProcessTree: true);
                }

                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
        await _log.DisposeAsync();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _log.WriteLine(line);
            _last.Enqueue(line);
            if (_last.Count > KeptLines)
            {
                _last.Dequeue();
            }
        }
    }
}
