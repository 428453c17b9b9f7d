using EdgeDcim.Core.Timing;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Agent.Diagnostics;

/// <summary>Looks at the clock every second and says what becomes of it.</summary>
internal sealed partial class ClockWatch(SteadyClock clock, ILogger<ClockWatch> log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancel)
    {
        Tell(0);
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            var jumps = clock.Jumps;
            if (clock.Observe())
            {
                Tell(jumps);
            }
        }
    }

    private void Tell(int jumpsBefore)
    {
        switch (clock.State)
        {
            case ClockState.Unset:
                Log.Unset(log);
                break;
            case ClockState.Doubtful:
                Log.Doubtful(log, clock.Apart.TotalSeconds);
                break;
            case ClockState.Steady when clock.Jumps > jumpsBefore:
                Log.Followed(log);
                break;
            case ClockState.Steady:
                Log.Steady(log);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The clock of this machine is not set yet. Readings are held and stamped when it is; let a time service run, or set it with timedatectl.")]
        public static partial void Unset(ILogger log);

        [LoggerMessage(LogLevel.Warning, "The clock of this machine was set by {Seconds:0.0} s. The old time is kept until a time service, the collector or a minute confirms the new one.")]
        public static partial void Doubtful(ILogger log, double seconds);

        [LoggerMessage(LogLevel.Warning, "The new time of this machine is taken over.")]
        public static partial void Followed(ILogger log);

        [LoggerMessage(LogLevel.Information, "The clock is steady.")]
        public static partial void Steady(ILogger log);
    }
}
