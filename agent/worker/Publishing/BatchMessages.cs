using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Agent.Publishing;

/// <summary>Writes the messages that one batch of the journal becomes: data by alias, and the marker that says it is complete.</summary>
internal sealed class BatchMessages(PayloadWriter writer, TimeProvider time)
{
    /// <summary>DDATA or NDATA of one device.</summary>
    public ReadOnlyMemory<byte> Data(EdgeSession numbers, IReadOnlyList<StoredReading> readings, bool historical)
    {
        writer.Begin(time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var reading in readings)
        {
            // The datatype may be left out of data, but some decoders give no value without it; it costs two bytes.
            writer.BeginMetric((ulong)reading.SeriesId).At(reading.AtMs).Type(DataType.Double);
            if (historical)
            {
                writer.Historical();
            }

            ReadingMetric.Finish(writer, reading.Value, reading.Quality);
        }

        return writer.End(numbers.NextSeq());
    }

    /// <summary>NDATA with the batch's offset and count; the host takes the batch in when the count fits what it got.</summary>
    public ReadOnlyMemory<byte> Marker(EdgeSession numbers, JournalBatch batch, bool historical)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        writer.Begin(nowMs);
        Number(historical ? SparkplugNames.BackfillOffset : SparkplugNames.LiveOffset, batch.Offset, nowMs);
        Number(historical ? SparkplugNames.BackfillReadings : SparkplugNames.LiveReadings, batch.Count, nowMs);
        return writer.End(numbers.NextSeq());
    }

    private void Number(string name, long value, long nowMs) => writer.BeginMetric(name).At(nowMs).Type(DataType.Int64).Value(value).EndMetric();
}
