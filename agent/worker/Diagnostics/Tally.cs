namespace EdgeDcim.Agent.Diagnostics;

/// <summary>A count that only grows: published as a counter, and readable for the agent's own readings. Safe from any thread.</summary>
internal sealed class Tally
{
    private long count;

    public long Count => Interlocked.Read(ref count);

    public void Add(long more) => Interlocked.Add(ref count, more);
}
