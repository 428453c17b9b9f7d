using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Agent.Publishing;

/// <summary>
/// Which batches each host has made its own. A batch may be forgotten when every host has it; one that a bound takes before that is a gap of
/// those that lack it, and of nobody else. With several hosts the books are kept in the journal, where a loss of power may set them back by
/// some seconds: the hosts then get again what they have, and drop it. Safe from any thread.
/// </summary>
internal sealed class HostBooks
{
    private const string ValueName = "acknowledged.";
    private readonly Lock gate = new();
    private readonly Journal journal;
    private readonly List<Book> books;
    private Guid stream;
    private bool changed;

    public HostBooks(IReadOnlyList<string> hosts, Journal journal)
    {
        (Hosts, this.journal, stream) = (hosts, journal, journal.StreamId);
        books = [.. hosts.Select(host => new Book(host))];
        if (hosts.Count > 1)
        {
            books.ForEach(Load);
        }

        journal.Lost = Take;
    }

    /// <summary>In the order of the configuration; empty when nobody acknowledges.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>Readings that a bound or damage took before any host had them, since the start.</summary>
    public long LostToAll { get; private set; }

    /// <summary>Readings that were taken before this host had them, since the start.</summary>
    public long LostTo(string host)
    {
        lock (gate)
        {
            return Of(host)?.Lost ?? 0;
        }
    }

    /// <summary>Enters an acknowledgement, and returns what every host has by now. Of an unknown host or another journal it changes nothing.</summary>
    public IReadOnlyList<OffsetRange> Acknowledge(string host, Acknowledgement acknowledgement)
    {
        lock (gate)
        {
            Follow();
            if (acknowledgement.Stream != stream || Of(host) is not { } book)
            {
                return [];
            }

            // What has not been written yet cannot have been received, whatever is said.
            var newest = journal.LastOffset;
            IEnumerable<OffsetRange> common = acknowledgement.Ranges.Where(range => range.First <= newest).Select(range => range with { Last = Math.Min(range.Last, newest) }).ToList();
            foreach (var range in common)
            {
                book.Has.Add(range);
            }

            changed = true;
            foreach (var other in books.Where(other => other != book))
            {
                common = common.SelectMany(other.Has.Within).ToList();
            }

            return [.. common];
        }
    }

    /// <summary>Whether any of these hosts lacks a batch.</summary>
    public bool IsOwed(IReadOnlyList<string> to, long offset)
    {
        lock (gate)
        {
            Follow();
            return Hosts.Count == 0 || to.Any(host => Of(host)?.Has.Contains(offset) == false);
        }
    }

    /// <summary>The next run of offsets that one of these hosts lacks; null when they have all of them.</summary>
    public OffsetRange? OwedAfter(IReadOnlyList<string> to, long after, long upTo)
    {
        lock (gate)
        {
            Follow();
            return Hosts.Count == 0
                ? (after < upTo ? new OffsetRange(after + 1, upTo) : null)
                : to.Select(host => Of(host)?.Has.LackedAfter(after, upTo)).Where(range => range is not null).MinBy(range => range!.Value.First);
        }
    }

    /// <summary>Keeps the books over a restart; call it now and then. One host needs none: what it has is no longer in the journal.</summary>
    /// <exception cref="JournalException">The disk refuses.</exception>
    public void Save()
    {
        List<(string Name, string Text)> texts;
        lock (gate)
        {
            if (!changed || Hosts.Count < 2)
            {
                return;
            }

            changed = false;
            texts = [.. books.Select(book => (ValueName + book.Host, new Acknowledgement(stream, book.Has.Ranges).ToString()))];
        }

        foreach (var (name, text) in texts)
        {
            journal.NoteValue(name, text);
        }
    }

    private Book? Of(string host) => books.Find(book => book.Host == host);

    /// <summary>Offsets of a journal that was replaced mean nothing.</summary>
    private void Follow()
    {
        if (stream != journal.StreamId)
        {
            stream = journal.StreamId;
            books.ForEach(book => book.Has.Clear());
        }
    }

    private void Load(Book book)
    {
        try
        {
            if (journal.GetValue(ValueName + book.Host) is { } text && Acknowledgement.Parse(text) is { } kept && kept.Stream == stream)
            {
                foreach (var range in kept.Ranges)
                {
                    book.Has.Add(range);
                }
            }
        }
        catch (SparkplugException)
        {
            // No range at all has no text. Without books everything is owed to everybody, which loses nothing.
        }
    }

    private void Take(IReadOnlyList<LostBatch> lost)
    {
        lock (gate)
        {
            foreach (var (offset, readings) in lost)
            {
                var lacking = books.Where(book => !book.Has.Contains(offset)).ToList();
                lacking.ForEach(book => book.Lost += readings);
                LostToAll += lacking.Count == books.Count ? readings : 0;
            }
        }
    }

    private sealed class Book(string host)
    {
        public string Host => host;

        public OffsetSet Has { get; } = new();

        public long Lost { get; set; }
    }
}
