using Microsoft.Data.Sqlite;

namespace EdgeDcim.Core.Durability;

/// <summary>The reading connection of a journal: sees what is committed, waits for no writer.</summary>
internal sealed class JournalReader(SqliteConnection connection) : IDisposable
{
    private readonly Statement select = new(
        connection, "SELECT offset, at_ms, kind, count, crc, payload FROM batch WHERE offset > $1 AND offset <= $2 ORDER BY offset");

    public (long End, IReadOnlyList<long> Damaged) Read(long after, long upTo, int maxReadings, ICollection<JournalBatch> into)
    {
        List<long>? damaged = null;
        var readings = 0;
        var end = after;
        using var rows = select.Query(after, upTo);
        while (readings < maxReadings && rows.Read())
        {
            end = rows.GetInt64(0);
            var batch = new JournalBatch(end, rows.GetInt64(1), (byte)rows.GetInt64(2), (int)rows.GetInt64(3), rows.GetFieldValue<byte[]>(5));
            if (Checksum.Of(batch.Offset, batch.AtMs, batch.Kind, batch.Count, batch.Payload) != (uint)rows.GetInt64(4))
            {
                (damaged ??= []).Add(end);
                continue;
            }

            readings += Math.Max(1, batch.Count);
            into.Add(batch);
        }

        return (end, damaged ?? (IReadOnlyList<long>)[]);
    }

    public void Dispose() => select.Dispose();
}
