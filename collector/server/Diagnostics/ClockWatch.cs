using EdgeDcim.Core.Timing;

namespace EdgeDcim.Collector.Diagnostics;

/// <summary>Looks at the clock every second, shows it on <c>/metrics</c> and says what becomes of it.</summary>
internal sealed partial class ClockWatch
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly SteadyClock clock;
    private readonly ILogger<ClockWatch> log;

    public ClockWatch(SteadyClock clock, MetricRegistry metrics, ILogger<ClockWatch> log)
    {
        (this.clock, this.log) = (clock, log);
        metrics.Gauge("edgedcim_clock_state", "1 steady, 2 not set since the start, 3 set by more than a second and not confirmed.", () => (int)clock.State);
        metrics.Gauge("edgedcim_clock_jumps_total", "Steps of the machine's clock that were taken over.", () => clock.Jumps);
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        if (!clock.IsSet)
        {
            Log.Unset(log);
        }

        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                if (clock.Observe())
                {
                    Tell();
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    private void Tell()
    {
        if (clock.State == ClockState.Doubtful)
        {
            Log.Doubtful(log, clock.Apart.TotalSeconds);
        }
        else
        {
            Log.Steady(log);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The clock of this machine is not set. The collector starts when it is: let a time service run, or set it with timedatectl.")]
        public static partial void Unset(ILogger log);

        [LoggerMessage(LogLevel.Warning, "The clock of this machine was set by {Seconds:0.0} s. The old time is kept until a time service or a minute confirms the new one.")]
        public static partial void Doubtful(ILogger log, double seconds);

        [LoggerMessage(LogLevel.Information, "The clock is steady.")]
        public static partial void Steady(ILogger log);
    }
}
