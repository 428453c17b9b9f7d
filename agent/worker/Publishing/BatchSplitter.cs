using EdgeDcim.Core.Durability;

namespace EdgeDcim.Agent.Publishing;

/// <summary>Sorts the readings of a journal batch by device, since Sparkplug wants one message a device. Buffers of one batch are used for all.</summary>
internal sealed class BatchSplitter(NodeModel model)
{
    private readonly Dictionary<string, Share> shares = new(StringComparer.Ordinal);
    private readonly List<string> order = [];
    private readonly List<StoredReading> read = [];
    private StoredReading[] sorted = [];
    private Share?[] shareOf = new Share?[256];

    /// <summary>The devices of the batch in the order of their first reading.</summary>
    public IReadOnlyList<string> Devices => order;

    /// <summary>Its readings in the order of the batch; valid until the next one is split.</summary>
    public ArraySegment<StoredReading> this[string device]
    {
        get
        {
            var share = shares[device];
            return new ArraySegment<StoredReading>(sorted, share.End - share.Count, share.Count);
        }
    }

    /// <exception cref="JournalException">The payload is no batch of readings.</exception>
    public void Split(JournalBatch batch)
    {
        Clear();
        var reader = new ReadingBatchReader(batch.Payload);
        while (reader.TryRead(out var reading))
        {
            read.Add(reading);
            if (ShareOf(reading.SeriesId).Count++ == 0)
            {
                order.Add(ShareOf(reading.SeriesId).Device);
            }
        }

        if (sorted.Length < read.Count)
        {
            sorted = new StoredReading[read.Count];
        }

        var start = 0;
        foreach (var device in order)
        {
            shares[device].End = start;
            start += shares[device].Count;
        }

        foreach (var reading in read)
        {
            sorted[ShareOf(reading.SeriesId).End++] = reading;
        }
    }

    private void Clear()
    {
        foreach (var device in order)
        {
            shares[device].Count = 0;
        }

        order.Clear();
        read.Clear();
    }

    private Share ShareOf(int seriesId)
    {
        if (seriesId >= shareOf.Length)
        {
            Array.Resize(ref shareOf, Math.Max(seriesId + 1, shareOf.Length * 2));
        }

        return shareOf[seriesId] ??= ShareOf(model.DeviceOf(seriesId));
    }

    private Share ShareOf(string device)
    {
        if (!shares.TryGetValue(device, out var share))
        {
            shares.Add(device, share = new Share(device));
        }

        return share;
    }

    /// <summary>Where the readings of one device stand among the sorted.</summary>
    private sealed class Share(string device)
    {
        public string Device => device;

        public int Count { get; set; }

        public int End { get; set; }
    }
}
