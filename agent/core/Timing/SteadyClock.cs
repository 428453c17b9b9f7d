namespace EdgeDcim.Core.Timing;

/// <summary>Whether the wall clock may be believed; the codes are those of the metric <c>agent.clock.state</c>.</summary>
public enum ClockState
{
    Unknown = 0,

    /// <summary>The system's clock moves evenly, and time follows it.</summary>
    Steady = 1,

    /// <summary>The clock was never right since the start: it stands before any release of this program, or waits for its first synchronisation.</summary>
    Unset = 2,

    /// <summary>The clock was set by more than a second and nothing says yet which of the two times is right; the old one is kept meanwhile.</summary>
    Doubtful = 3,
}

/// <summary>
/// The wall clock that readings are stamped by. The system's clock may start in 1970, be set by hand or be stepped by its time service; this
/// one moves with the monotonic clock and takes a jump over only when the kernel says that it is synchronised, when the other end of the line
/// has the same time, or when nobody contradicts for a minute. While it is unset it counts from 1970-01-01, so that whoever keeps such a
/// reading can stamp it afterwards with <see cref="Correct"/>. Timers and time stamps are the system's.
/// </summary>
/// <param name="system">The clock of the machine.</param>
/// <param name="isSynchronised">What the kernel says of its clock; null where it says nothing.</param>
/// <param name="waitForSynchronisation">How long after the start a clock that is not synchronised counts as unset, however plausible it looks.</param>
public sealed class SteadyClock(TimeProvider system, Func<bool?> isSynchronised, TimeSpan waitForSynchronisation = default) : TimeProvider
{
    /// <summary>No release of this program is older: a clock before it is wrong.</summary>
    public static readonly DateTimeOffset Earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Two clocks that differ by less are brought together without a step.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>How much time is bent in one observation.</summary>
    private static readonly TimeSpan Slew = TimeSpan.FromMilliseconds(50);

    /// <summary>A time that nobody contradicts is taken over after this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What the other end said is worth this long.</summary>
    private static readonly TimeSpan WitnessFor = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly long startedAt = system.GetTimestamp();
    private readonly TaskCompletionSource set = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Anchor anchor = new(system.GetTimestamp(), DateTimeOffset.UnixEpoch);
    private long? doubtSince;
    private (long At, DateTimeOffset Said)? witness;
    private TimeSpan correction;
    private long unsetUntilMs = long.MinValue;
    private int jumps;

    /// <summary>What time it is, to whoever stamps readings.</summary>
    public ClockState State { get; private set; } = ClockState.Unset;

    /// <summary>False until the clock was right once; it never goes back.</summary>
    public bool IsSet => set.Task.IsCompletedSuccessfully;

    /// <summary>Steps that were taken over since the clock was set.</summary>
    public int Jumps => Volatile.Read(ref jumps);

    /// <summary>System clock minus this one, as of the last observation.</summary>
    public TimeSpan Apart { get; private set; }

    public override long TimestampFrequency => system.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => system.LocalTimeZone;

    public override DateTimeOffset GetUtcNow()
    {
        var from = Volatile.Read(ref anchor);
        return from.Wall + system.GetElapsedTime(from.At);
    }

    public override long GetTimestamp() => system.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => system.CreateTimer(callback, state, dueTime, period);

    /// <summary>Returns when the clock is set.</summary>
    public Task SetAsync(CancellationToken cancel) => set.Task.WaitAsync(cancel);

    /// <summary>The right time of a reading that was stamped while the clock was unset; any other time as it is. Only once the clock is set.</summary>
    public long Correct(long atMs) => atMs <= unsetUntilMs ? atMs + (long)correction.TotalMilliseconds : atMs;

    /// <summary>The other end of the line says what time it is there.</summary>
    public void Hear(DateTimeOffset said)
    {
        lock (gate)
        {
            witness = (system.GetTimestamp(), said);
        }
    }

    /// <summary>Looks at the system's clock; to be called about once a second. True when the state changed or a step was taken over.</summary>
    public bool Observe()
    {
        lock (gate)
        {
            var (before, jumpsBefore) = (State, jumps);
            var now = system.GetUtcNow();
            if (!IsSet)
            {
                TrySet(now);
            }
            else
            {
                Follow(now);
            }

            Apart = IsSet ? now - GetUtcNow() : TimeSpan.Zero;
            return State != before || jumps != jumpsBefore;
        }
    }

    private void TrySet(DateTimeOffset now)
    {
        var waited = system.GetElapsedTime(startedAt) >= waitForSynchronisation || isSynchronised() == true;
        if (now < Earliest || !waited)
        {
            return;
        }

        var unset = GetUtcNow();
        (correction, unsetUntilMs) = (now - unset, system.GetElapsedTime(startedAt) > TimeSpan.Zero ? unset.ToUnixTimeMilliseconds() : long.MinValue);
        MoveTo(now);
        State = ClockState.Steady;
        set.SetResult();
    }

    private void Follow(DateTimeOffset now)
    {
        var drift = now - GetUtcNow();
        if (drift.Duration() < Step)
        {
            MoveTo(GetUtcNow() + TimeSpan.FromTicks(Math.Clamp(drift.Ticks, -Slew.Ticks, Slew.Ticks)));
            (State, doubtSince) = (ClockState.Steady, null);
            return;
        }

        State = ClockState.Doubtful;
        doubtSince ??= system.GetTimestamp();
        if (now >= Earliest && IsBelieved(now, system.GetElapsedTime(doubtSince.Value)))
        {
            MoveTo(now);
            (State, doubtSince) = (ClockState.Steady, null);
            Interlocked.Increment(ref jumps);
        }
    }

    private bool IsBelieved(DateTimeOffset now, TimeSpan doubted)
    {
        if (isSynchronised() == true)
        {
            return true;
        }

        if (witness is { } heard && system.GetElapsedTime(heard.At) < WitnessFor)
        {
            var there = heard.Said + system.GetElapsedTime(heard.At);
            return (there - now).Duration() < (there - GetUtcNow()).Duration();
        }

        return doubted >= Patience;
    }

    private void MoveTo(DateTimeOffset wall) => Volatile.Write(ref anchor, new Anchor(system.GetTimestamp(), wall));

    /// <summary>A moment on both clocks; one object, so that a reader sees both or neither.</summary>
    private sealed record Anchor(long At, DateTimeOffset Wall);
}
