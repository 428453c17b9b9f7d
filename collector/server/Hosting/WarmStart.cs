using System.Runtime.InteropServices;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Hosting;

/// <summary>
/// Gives the energy ledger once more what came in before the process ended. It saves itself once a minute, and its agents have been told
/// already that their readings are safe; they are, in the journal and in the history. What the ledger knows already changes nothing.
/// </summary>
internal static class WarmStart
{
    private const long SpanMs = 180_000; // the ledger saves every minute; three leave room for late readings

    public static void Run(Journal journal, History history, EnergyLedger ledger, FacilityState facility)
    {
        var wanted = ledger.Routes.Keys.Select(series => journal.SeriesOf(journal.SeriesId(series))).ToHashSet();
        facility.Apply(history.Recent(wanted, SpanMs).ToArray(), historical: true);

        var (position, tail) = (history.Position(journal.StreamId), new List<Reading>());
        var batches = new List<JournalBatch>();
        while (position < journal.LastOffset)
        {
            batches.Clear();
            position = journal.Read(position, long.MaxValue, 100_000, batches);
            foreach (var batch in batches.Where(batch => batch.Kind == JournalBatch.Readings))
            {
                Take(journal, batch, wanted, tail);
            }

            facility.Apply(CollectionsMarshal.AsSpan(tail), historical: true);
            tail.Clear();
            if (batches.Count == 0)
            {
                break;
            }
        }
    }

    private static void Take(Journal journal, JournalBatch batch, HashSet<Series> wanted, List<Reading> into)
    {
        var reader = new ReadingBatchReader(batch.Payload);
        while (reader.TryRead(out var stored))
        {
            var series = journal.SeriesOf(stored.SeriesId);
            if (wanted.Contains(series))
            {
                into.Add(new Reading(series, stored.AtMs, stored.Value, stored.Quality));
            }
        }
    }
}
