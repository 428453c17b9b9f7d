namespace EdgeDcim.Core.Supervision;

/// <summary>
/// One stage of a program as its supervisor sees it. While it works it has to say so again within its limit; while it rests, because it waits
/// for something to come, it may be silent for ever. Safe from any thread.
/// </summary>
public sealed class Stage(string name, TimeSpan within, TimeProvider time)
{
    private const long Resting = long.MinValue;
    private long since = Resting;

    public string Name => name;

    /// <summary>It has begun something, or has got on with it.</summary>
    public void Works() => Volatile.Write(ref since, time.GetTimestamp());

    /// <summary>It is done, and waits for others.</summary>
    public void Rests() => Volatile.Write(ref since, Resting);

    /// <summary>For how long it has not got on, when that is longer than it may be.</summary>
    public TimeSpan? StuckFor => Volatile.Read(ref since) is var at and not Resting && time.GetElapsedTime(at) is var silent && silent > within ? silent : null;
}
