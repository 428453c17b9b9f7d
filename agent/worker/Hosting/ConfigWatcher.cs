using System.Runtime.InteropServices;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Agent.Hosting;

/// <summary>Reads the configuration again on SIGHUP or when its file changes. What is not in order is told problem by problem and not used.</summary>
internal sealed partial class ConfigWatcher(string file, Func<ConfigProblems, AgentConfig?> load, TimeProvider time, ILogger<ConfigWatcher> log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly AsyncPulse asked = new();

    /// <summary>Called when a configuration was offered and not accepted.</summary>
    public Action Rejected { get; set; } = () => { };

    public async Task RunAsync(Func<AgentConfig, Task> accept, CancellationToken cancel)
    {
        using var hangUp = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        var seen = Stamp();
        while (true)
        {
            var signalled = await WaitAsync(cancel);
            var now = Stamp();
            if (signalled || now != seen)
            {
                seen = now;
                await ReloadAsync(accept);
            }
        }
    }

    /// <summary>Asks for a reload as a signal does.</summary>
    public void Ask() => asked.Set();

    private async Task ReloadAsync(Func<AgentConfig, Task> accept)
    {
        var problems = new ConfigProblems();
        var next = load(problems);
        if (next is null || problems.Any)
        {
            foreach (var problem in problems.Sorted)
            {
                Log.Problem(log, problem);
            }

            Log.Rejected(log, file);
            Rejected();
            return;
        }

        await accept(next);
    }

    private void OnHangUp(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Ask();
    }

    /// <summary>True when a reload was asked for, false when it is time to look at the file.</summary>
    private async Task<bool> WaitAsync(CancellationToken cancel)
    {
        using var look = new CancellationTokenSource(LookEvery, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, look.Token);
        try
        {
            await asked.WaitAsync().WaitAsync(either.Token);
            asked.Reset();
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Time and size of the file; nothing while it is being replaced.</summary>
    private (DateTime, long)? Stamp()
    {
        var info = new FileInfo(file);
        return info.Exists ? (info.LastWriteTimeUtc, info.Length) : null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Problem}")]
        public static partial void Problem(ILogger log, ConfigProblem problem);

        [LoggerMessage(LogLevel.Error, "The new {File} is rejected; the agent goes on with the configuration it has.")]
        public static partial void Rejected(ILogger log, string file);
    }
}
