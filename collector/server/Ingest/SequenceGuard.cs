using EdgeDcim.Collector.Diagnostics;

namespace EdgeDcim.Collector.Ingest;

/// <summary>Watches that no message of an edge node is missing; after a gap nothing pending can be complete, and the node is asked for its births.</summary>
internal sealed class SequenceGuard(CommitStage commits, HostCommands commands, IngestCounters counters, TimeProvider time)
{
    /// <summary>False when a message before this one is missing, or no birth has been seen.</summary>
    public bool InOrder(NodeSession session, int seq)
    {
        var wasInOrder = session.Sequence.InOrder;
        if (session.Sequence.Accept(seq))
        {
            return true;
        }

        if (wasInOrder)
        {
            counters.Gaps.Increment();
            Cut(session, counters.DiscardedGap);
        }

        AskForRebirth(session);
        return false;
    }

    /// <summary>Throws away what has come since the last marker: it will never be complete.</summary>
    public void Cut(NodeSession session, Counter reason)
    {
        if (session.Pending is { } pending)
        {
            reason.Add(pending.Count);
            commits.Return(pending);
            session.Pending = null;
        }
    }

    public void AskForRebirth(NodeSession session)
    {
        if (session.Rebirths.MayAsk(time.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            counters.Rebirths.Increment();
            commands.Rebirth(session.Group, session.Node);
        }
    }
}
