namespace EdgeDcim.Agent.Configuration;

/// <summary>Where readings wait until the collector has them, and how many at most.</summary>
/// <param name="MaxBytes">On disk; the oldest go first.</param>
/// <param name="Keep">Age beyond which a batch is dropped.</param>
internal sealed record JournalConfig(string Path, long MaxBytes, TimeSpan Keep)
{
    /// <summary>Readings a second that go out beside the live ones after an outage.</summary>
    public int Replay { get; init; } = 20_000;

    public static JournalConfig Default { get; } = new("./data/agent-journal.db", 512L << 20, TimeSpan.FromDays(7));
}
