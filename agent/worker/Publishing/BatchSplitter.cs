using EdgeDcim.Core.Durability;

namespace EdgeDcim.Agent.Publishing;

/// <summary>Sorts the readings of a journal batch by device, since Sparkplug wants one message a device. Lists are used again.</summary>
internal sealed class BatchSplitter(NodeModel model)
{
    private readonly Dictionary<string, List<StoredReading>> byDevice = new(StringComparer.Ordinal);
    private readonly List<string> order = [];
    private string[] deviceOf = new string[256];

    /// <summary>The devices of the batch in the order of their first reading.</summary>
    public IReadOnlyList<string> Devices => order;

    public IReadOnlyList<StoredReading> this[string device] => byDevice[device];

    /// <exception cref="JournalException">The payload is no batch of readings.</exception>
    public void Split(JournalBatch batch)
    {
        foreach (var device in order)
        {
            byDevice[device].Clear();
        }

        order.Clear();
        var reader = new ReadingBatchReader(batch.Payload);
        while (reader.TryRead(out var reading))
        {
            var device = DeviceOf(reading.SeriesId);
            if (!byDevice.TryGetValue(device, out var list))
            {
                byDevice.Add(device, list = []);
            }

            if (list.Count == 0)
            {
                order.Add(device);
            }

            list.Add(reading);
        }
    }

    private string DeviceOf(int seriesId)
    {
        if (seriesId >= deviceOf.Length)
        {
            Array.Resize(ref deviceOf, Math.Max(seriesId + 1, deviceOf.Length * 2));
        }

        return deviceOf[seriesId] ??= model.DeviceOf(seriesId);
    }
}
