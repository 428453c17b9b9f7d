using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Durability;

namespace EdgeDcim.Collector.Hosting;

/// <summary>Everything the collector keeps on disk, opened together and closed together.</summary>
internal sealed partial class Stores : IDisposable
{
    private Stores(Journal journal, History history, EnergyLedger ledger, AlarmStore alarms, AnomalyStore anomalies) =>
        (Journal, History, Ledger, Alarms, Anomalies) = (journal, history, ledger, alarms, anomalies);

    public Journal Journal { get; }

    public History History { get; }

    public EnergyLedger Ledger { get; }

    public AlarmStore Alarms { get; }

    /// <summary>What the detectors have learnt.</summary>
    public AnomalyStore Anomalies { get; }

    /// <exception cref="StartupException">The folder cannot be written, or another collector uses it.</exception>
    public static Stores Open(CollectorConfig config, TimeProvider time, ILogger log)
    {
        MakeFolder(config.Data);
        Journal? journal = null;
        History? history = null;
        AnomalyStore? anomalies = null;
        try
        {
            journal = Journal.Open(Path.Combine(config.Data, "journal.db"), new JournalBounds(config.Journal.MaxBytes, config.Journal.Keep), time);
            history = History.Open(Path.Combine(config.Data, "history.duckdb"), config.History);
            if (journal.SetAside is { } aside)
            {
                Log.SetAside(log, "journal", $"{aside.Path} ({aside.Reason})");
            }

            if (history.SetAside is { } moved)
            {
                Log.SetAside(log, "history", moved);
            }

            var alarms = AlarmStore.Open(Path.Combine(config.Data, "alarms.db"));
            anomalies = AnomalyStore.Open(Path.Combine(config.Data, "anomalies.db"));
            if (alarms.SetAside is { } put)
            {
                Log.SetAside(log, "file of alarms", put);
            }

            return new Stores(journal, history, EnergyLedger.Open(Path.Combine(config.Data, "energy.db")), alarms, anomalies);
        }
        catch (JournalException refused)
        {
            throw new StartupException(refused.Message, refused);
        }
        catch
        {
            anomalies?.Dispose();
            history?.Dispose();
            journal?.Dispose();
            throw;
        }
    }

    public void Register(MetricRegistry metrics)
    {
        metrics.Gauge("edgedcim_journal_batches", "Batches in the journal.", () => Journal.Counters.HeldBatches);
        metrics.Gauge("edgedcim_journal_readings", "Readings in the journal, waiting for a store.", () => Journal.Counters.HeldReadings);
        metrics.Gauge("edgedcim_journal_bytes", "Bytes of the journal in use.", () => Journal.Counters.HeldBytes);
        metrics.Gauge("edgedcim_journal_readings_appended", "Readings appended since the start.", () => Journal.Counters.AppendedReadings);
        metrics.Gauge("edgedcim_journal_readings_forgotten", "Readings that every store has taken, since the start.", () => Journal.Counters.ForgottenReadings);
        metrics.Gauge("edgedcim_journal_readings_dropped", "Readings lost to a bound of the journal before every store had them, since the start.", () => Journal.Counters.DroppedReadings);
        metrics.Gauge("edgedcim_journal_readings_damaged", "Readings lost to damage of the journal, since the start.", () => Journal.Counters.DamagedReadings);
        metrics.Gauge("edgedcim_history_bytes", "Size of the history.", () => History.FileBytes);
        metrics.Gauge("process_resident_memory_bytes", "Resident memory.", () => Environment.WorkingSet);
        metrics.Gauge("process_cpu_seconds", "Processor time used.", () => Environment.CpuUsage.TotalTime.TotalSeconds);
    }

    public void Dispose()
    {
        Anomalies.Dispose();
        Alarms.Dispose();
        Ledger.Dispose();
        History.Dispose();
        Journal.Dispose();
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, ".writable");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"the data folder {folder} cannot be written ({refused.Message.TrimEnd('.')}); give the account of the collector the right to write there, or set another 'data'", refused);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The {What} could not be read and was set aside as {Where}; a new one has begun.")]
        public static partial void SetAside(ILogger log, string what, string where);
    }
}
