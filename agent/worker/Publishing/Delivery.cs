using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Agent.Publishing;

// Two cursors on one journal:
//
//        backlog: rows up to backlogEnd            live: rows after it
//   ┌───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┐
//   │ 1 │ 2 │ 3 │ 4 │ 5 │ 6 │ 7 │ 8 │ 9 │10 │11 │12 │13 │ … │
//   └───┴───┴─▲─┴───┴───┴───┴───┴─▲─┴───┴───┴───┴─▲─┴───┴───┘
//             backfill cursor     backlogEnd      live cursor
//
// A session begins with the live cursor and backlogEnd at the tail: what is newest goes out first, the rest behind it at a bounded rate.
// A row leaves the journal when every host has acknowledged it. One that is sent and not acknowledged in time is backlog again: the backfill
// cursor steps back in front of it, and rows that are still under way are passed over. Of several hosts only those that are online count: what
// they all have is passed over too, and a host that comes back finds what it lacks in the backlog.

/// <summary>Decides which batch goes out next and what is still owed. One session's loop calls it; not thread-safe.</summary>
internal sealed class Delivery(Journal journal, HostBooks books, DeliveryOptions options, TimeProvider time)
{
    private const int ReadAtOnce = 20_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Dictionary<long, Sent> underWay = [];
    private readonly Queue<JournalBatch> backlog = new();
    private readonly List<JournalBatch> read = [];
    private readonly Dictionary<string, Deafness> deaf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> heardAt = new(StringComparer.Ordinal);
    private IReadOnlyList<string> online = [];
    private IReadOnlyList<string> listening = [];
    private Guid stream;
    private long liveCursor;
    private long backfillCursor;
    private long backlogEnd;
    private int windowUsed;
    private double allowance;
    private long allowanceAt;

    /// <summary>The journal that this session's offsets count in.</summary>
    public Guid Stream => stream;

    /// <summary>A damaged journal was replaced: births must name the new stream.</summary>
    public bool StreamChanged => stream != journal.StreamId;

    public long LiveCursor => liveCursor;

    /// <summary>True while rows from before the session, or unacknowledged ones, are still to be sent.</summary>
    public bool HasBacklog => backlog.Count > 0 || backfillCursor < backlogEnd;

    /// <summary>Begins a session, or begins it anew after a rebirth: live at the tail, all that is still held is backlog.</summary>
    public void Start()
    {
        stream = journal.StreamId;
        liveCursor = backlogEnd = journal.LastOffset;
        backfillCursor = 0;
        windowUsed = 0;
        underWay.Clear();
        backlog.Clear();
        allowance = 0;
        allowanceAt = time.GetTimestamp();
    }

    /// <summary>From now on these hosts are there. What one that has come lacks is backlog; for one that has gone nothing is waited.</summary>
    public void DeliverTo(IReadOnlyList<string> hosts)
    {
        foreach (var come in hosts.Except(online))
        {
            heardAt[come] = time.GetTimestamp();
            deaf.Remove(come);
        }

        online = hosts;
        Listen();
    }

    /// <summary>Of those that are there, whoever takes nothing is left out for a while, so that its replays do not go to the others again and again.</summary>
    private void Listen()
    {
        IReadOnlyList<string> now = [.. online.Where(host => !deaf.TryGetValue(host, out var known) || time.GetElapsedTime(known.Since) >= known.Pause)];
        if (now.Count == 0)
        {
            now = online;
        }

        var hasCome = now.Except(listening).Any();
        listening = now;
        if (hasCome)
        {
            backlogEnd = Math.Max(backlogEnd, liveCursor);
            backfillCursor = 0;
            backlog.Clear();
        }

        FinishWhatAllHave();
    }

    /// <summary>The live batches that have come since the last call; each must be sent and then reported with <see cref="Sent"/>.</summary>
    public IReadOnlyList<JournalBatch> TakeLive()
    {
        read.Clear();
        if (!StreamChanged && journal.LastOffset > liveCursor)
        {
            liveCursor = journal.Read(liveCursor, long.MaxValue, ReadAtOnce, read);
        }

        return read;
    }

    /// <summary>The next batch of the backlog when rate and window allow one, else null.</summary>
    public JournalBatch? TakeBackfill()
    {
        if (StreamChanged || windowUsed >= options.BackfillWindow || Allowance() <= 0)
        {
            return null;
        }

        while (HasBacklog)
        {
            if (backlog.Count == 0)
            {
                Refill();
                continue;
            }

            var batch = backlog.Dequeue();
            backfillCursor = batch.Offset;
            if (!underWay.ContainsKey(batch.Offset) && books.IsOwed(listening, batch.Offset))
            {
                return batch;
            }
        }

        return null;
    }

    public void SentLive(JournalBatch batch) => Note(batch, backfilled: false);

    public void SentBackfill(JournalBatch batch)
    {
        allowance -= batch.Count;
        Note(batch, backfilled: true);
    }

    /// <summary>A host has made these batches its own. An acknowledgement of another stream is left alone.</summary>
    public void Acknowledge(string host, Acknowledgement acknowledgement)
    {
        if (acknowledgement.Stream != stream || StreamChanged)
        {
            return;
        }

        heardAt[host] = time.GetTimestamp();
        if (deaf.Remove(host))
        {
            Listen();
        }

        var common = books.Acknowledge(host, acknowledgement);
        if (common.Count > 0)
        {
            journal.Forget(common);
        }

        FinishWhatAllHave();
    }

    /// <summary>Gives batches that were not acknowledged in time back to the backlog. Returns how many.</summary>
    public int Expire()
    {
        if (deaf.Count > 0)
        {
            Listen();
        }

        var late = underWay.Where(sent => time.GetElapsedTime(sent.Value.At) >= options.AcknowledgeWithin).Select(sent => sent.Key).ToList();
        foreach (var offset in late)
        {
            Finish(offset);
            backlogEnd = Math.Max(backlogEnd, offset);
        }

        if (late.Count > 0)
        {
            NoteDeaf(late);
            backlog.Clear();
            backfillCursor = Math.Min(backfillCursor, late.Min() - 1);
        }

        return late.Count;
    }

    private void Refill()
    {
        read.Clear();
        if (books.OwedAfter(listening, backfillCursor, backlogEnd) is not { } owed)
        {
            backfillCursor = backlogEnd;
            return;
        }

        var end = journal.Read(owed.First - 1, owed.Last, ReadAtOnce, read);
        foreach (var batch in read)
        {
            backlog.Enqueue(batch);
        }

        if (read.Count == 0)
        {
            backfillCursor = Math.Max(end, owed.Last);
        }
    }

    private void Note(JournalBatch batch, bool backfilled)
    {
        if (!options.Acknowledged)
        {
            journal.Forget(batch.Offset, batch.Offset);
            return;
        }

        windowUsed += backfilled ? batch.Count : 0;
        underWay[batch.Offset] = new Sent(time.GetTimestamp(), backfilled ? batch.Count : 0);
    }

    /// <summary>A host that has taken nothing for several times as long as it may is tried again after a pause that doubles.</summary>
    private void NoteDeaf(List<long> late)
    {
        var patience = 3 * options.AcknowledgeWithin;
        foreach (var host in listening.Where(host => online.Count > 1 && time.GetElapsedTime(heardAt[host]) >= patience && late.Exists(offset => books.IsOwed([host], offset))))
        {
            var pause = deaf.TryGetValue(host, out var known) ? 2 * known.Pause : patience;
            deaf[host] = new Deafness(time.GetTimestamp(), pause < LongestPause ? pause : LongestPause);
        }

        Listen();
    }

    private void FinishWhatAllHave()
    {
        foreach (var offset in underWay.Keys.Where(offset => !books.IsOwed(listening, offset)).ToList())
        {
            Finish(offset);
        }
    }

    private void Finish(long offset)
    {
        if (underWay.Remove(offset, out var sent))
        {
            windowUsed -= sent.WindowShare;
        }
    }

    private double Allowance()
    {
        var now = time.GetTimestamp();
        // A quarter of a second may be saved up, so that the rate holds although the loop does not run evenly.
        allowance = Math.Min(allowance + time.GetElapsedTime(allowanceAt, now).TotalSeconds * options.BackfillRate, options.BackfillRate / 4);
        allowanceAt = now;
        return allowance;
    }

    private readonly record struct Sent(long At, int WindowShare);

    private readonly record struct Deafness(long Since, TimeSpan Pause);
}
