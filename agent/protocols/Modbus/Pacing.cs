namespace EdgeDcim.Protocols.Modbus;

/// <summary>Keeps the quiet time before each request, and learns which units need more of it.</summary>
internal sealed class Pacing(TimeSpan gap, TimeSpan maxLearned, TimeProvider time)
{
    // Half of the shortest quiet time that the field reports as needed (40 ms between two requests); doubled from there.
    private static readonly TimeSpan FirstStep = TimeSpan.FromMilliseconds(20);

    // So many good answers in a row and the unit may be asked an eighth sooner again.
    private const int GoodAnswersToRelax = 256;

    private readonly Lock sync = new();
    private Learned[]? learned;
    private TimeSpan[]? stated;
    private long quietSince;

    /// <summary>The learnt quiet time before a request to the unit; zero when none was needed.</summary>
    public TimeSpan LearnedGap(byte unit)
    {
        lock (sync)
        {
            return learned?[unit].Gap ?? TimeSpan.Zero;
        }
    }

    /// <summary>States the least quiet time before requests to one unit.</summary>
    public void State(byte unit, TimeSpan least)
    {
        lock (sync)
        {
            if (least > TimeSpan.Zero || stated is not null)
            {
                stated ??= new TimeSpan[256];
                stated[unit] = least;
            }
        }
    }

    /// <summary>How long to wait before asking the unit; the turn is reserved.</summary>
    public TimeSpan Reserve(byte unit)
    {
        if (Hurries)
        {
            return TimeSpan.Zero;
        }

        lock (sync)
        {
            var own = learned?[unit].Gap ?? TimeSpan.Zero;
            var need = own > Least(unit) ? own : Least(unit);
            var now = time.GetTimestamp();
            var earliest = Math.Max(now, quietSince + Ticks(need));
            quietSince = earliest;
            return WholeMilliseconds(time.GetElapsedTime(now, earliest));
        }
    }

    /// <summary>Notes an answer: its time, and whether the unit asked for patience.</summary>
    public void Answered(byte unit, byte? exceptionCode)
    {
        var busy = exceptionCode is 0x06 or 0x0B && maxLearned > TimeSpan.Zero;
        if (!busy && Hurries)
        {
            return;
        }

        lock (sync)
        {
            quietSince = Math.Max(quietSince, time.GetTimestamp());
            if (busy)
            {
                learned ??= new Learned[256];
                learned[unit].Raise(Least(unit), maxLearned);
            }
            else if (learned is not null && exceptionCode is null)
            {
                learned[unit].Relax();
            }
        }
    }

    /// <summary>Notes that the line may have carried something up to now.</summary>
    public void Quiet()
    {
        lock (sync)
        {
            quietSince = Math.Max(quietSince, time.GetTimestamp());
        }
    }

    /// <summary>Timers cut a delay to whole milliseconds; quiet time must not become shorter by it.</summary>
    public static TimeSpan WholeMilliseconds(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));

    private bool Hurries => gap == TimeSpan.Zero && Volatile.Read(ref learned) is null && Volatile.Read(ref stated) is null;

    private TimeSpan Least(byte unit) => stated is not null && stated[unit] > gap ? stated[unit] : gap;

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private struct Learned
    {
        private int good;
        private bool useless;

        public TimeSpan Gap { get; private set; }

        public void Raise(TimeSpan gap, TimeSpan most)
        {
            good = 0;
            if (useless)
            {
                return;
            }

            // The longest wait did not help: the unit is away, not hurried. Waiting would only slow its neighbours.
            if (Gap >= most)
            {
                useless = true;
                Gap = TimeSpan.Zero;
                return;
            }

            var from = Gap > gap ? Gap : gap;
            var next = from * 2 > FirstStep ? from * 2 : FirstStep;
            Gap = next < most ? next : most;
        }

        public void Relax()
        {
            useless = false;
            if (Gap == TimeSpan.Zero || ++good < GoodAnswersToRelax)
            {
                return;
            }

            good = 0;
            Gap = Gap > TimeSpan.FromMilliseconds(1) ? Gap * 7 / 8 : TimeSpan.Zero;
        }
    }
}
