namespace EdgeDcim.Core.Supervision;

/// <summary>Looks whether all stages get on, tells the service manager so, and ends when one does not: half a program is worse than a restart.</summary>
public sealed class Supervisor(StageBoard board, ServiceManager manager)
{
    private static readonly TimeSpan Unwatched = TimeSpan.FromSeconds(5);

    /// <param name="status">What there is to say of the process in one line.</param>
    /// <exception cref="StageStuckException">A stage does not get on; nothing more is told to the service manager but which.</exception>
    public async Task RunAsync(Func<string> status, CancellationToken cancel)
    {
        // sd_watchdog_enabled(3) recommends half of the time; a third leaves room for a machine that is busy.
        var every = manager.Watchdog / 3 ?? Unwatched;
        var lookedAt = board.Time.GetTimestamp();
        manager.Ready(status());
        while (true)
        {
            // Who was held still together with everybody else (a stopped process, a machine without time) judges nobody for it.
            var wasHeld = board.Time.GetElapsedTime(lookedAt) > 3 * every;
            lookedAt = board.Time.GetTimestamp();
            if (!wasHeld && board.Stuck() is [_, ..] stuck)
            {
                var reason = string.Join(", ", stuck.Select(stage => $"{stage.Name} has not gone on for {stage.For.TotalSeconds:0} s"));
                manager.Status(reason);
                throw new StageStuckException(reason);
            }

            manager.Beat(status());
            await Task.Delay(every, board.Time, cancel);
        }
    }
}

/// <summary>Which stage of the program does not get on, and for how long.</summary>
public sealed class StageStuckException(string message) : Exception(message);
