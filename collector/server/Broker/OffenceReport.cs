using EdgeDcim.Collector.Diagnostics;

namespace EdgeDcim.Collector.Broker;

/// <summary>Counts every client that is cut off, and logs each kind once a minute, so that a flood of connections is no flood of log lines.</summary>
internal sealed partial class OffenceReport
{
    private readonly (Counter Counter, QuietLog Quiet)[] kinds;
    private readonly ILogger log;

    public OffenceReport(MetricRegistry metrics, TimeProvider time, ILogger log)
    {
        this.log = log;
        kinds = [.. Enum.GetNames<Offence>().Select(name => (metrics.Counter(
            "edgedcim_broker_clients_cut_off_total", "Connections that the embedded broker ended, by reason.", ("reason", name.ToLowerInvariant())), new QuietLog(time)))];
    }

    public void Add(Offence offence, object? from, string detail)
    {
        var (counter, quiet) = kinds[(int)offence];
        counter.Increment();
        if (quiet.MaySpeak(out var silent))
        {
            Log.CutOff(log, from?.ToString() ?? "an unknown address", detail, silent);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The embedded broker cut off {Remote}: {Detail} ({Silent} more of this kind since the last such line).")]
        public static partial void CutOff(ILogger log, string remote, string detail, long silent);
    }
}
