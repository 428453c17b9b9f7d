using DuckDB.NET.Data;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Core.Telemetry;
using Polly;
using Polly.Retry;

namespace EdgeDcim.Collector.Storage;

/// <summary>Carries the journal into the history and trims the history once an hour. A disk that refuses is tried again for a minute; then the process ends.</summary>
internal sealed partial class HistorySink(History history, HistoryConfig config, SinkParts parts, ILogger<HistorySink> log)
    : SinkLoop("history", parts)
{
    private static readonly TimeSpan TrimEvery = TimeSpan.FromHours(1);
    private readonly ResiliencePipeline retry = new ResiliencePipelineBuilder { TimeProvider = parts.Time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<DuckDBException>(),
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(500),
            MaxDelay = TimeSpan.FromSeconds(15),
            MaxRetryAttempts = 8,
            OnRetry = failed =>
            {
                Log.Retrying(log, failed.Outcome.Exception!.Message.Split('\n')[0]);
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    private readonly Counter trimmed = parts.Metrics.Counter("edgedcim_history_rows_trimmed_total", "Rows that became older than the history keeps.");
    private long? lastTrim;

    protected override long Start(Guid stream) => history.Position(stream);

    protected override async Task<int> StoreAsync(
        Guid stream, long position, IReadOnlyList<Reading> readings, IReadOnlyList<KpiRecord> kpis, IReadOnlyList<AlarmPoint> alarms, CancellationToken cancel)
    {
        await retry.ExecuteAsync(
            _ =>
            {
                history.Write(stream, position, readings, kpis);
                return ValueTask.CompletedTask;
            },
            cancel);
        if (lastTrim is null || Time.GetElapsedTime(lastTrim.Value) >= TrimEvery)
        {
            lastTrim = Time.GetTimestamp();
            trimmed.Add(history.Trim(Time.GetUtcNow().Subtract(config.Keep).ToUnixTimeMilliseconds()));
        }

        return readings.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The history cannot be written, trying again: {Reason}")]
        public static partial void Retrying(ILogger log, string reason);
    }
}
