using System.Collections.Concurrent;
using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies;

/// <summary>One detector as people see it.</summary>
internal sealed record DetectorStatus(
    string Detector, string Subject, DetectorPhase Phase, bool IsAnomalous, double Score, string Baseline, AnomalyChange? LastChange);

/// <summary>
/// The engine in the running collector: fed by the ingest loop with what was just made durable, asked once a second. Other threads ask for a
/// list or a reset; both are answered by the next second, so that the engine has one thread.
/// </summary>
internal sealed class AnomalyService : IDisposable
{
    /// <summary>Questions that may wait for the next second.</summary>
    private const int MaxWaiting = 64;

    private readonly AnomalyEngine engine;
    private readonly AnomalyStore store;
    private readonly ConcurrentQueue<Action> waiting = new();
    private readonly Counter raised;

    public AnomalyService(CoolingConfig? plan, DetectorLimits limits, AnomalyStore store, MetricRegistry metrics)
    {
        this.store = store;
        engine = new AnomalyEngine(plan, DetectorCatalog.All) { Limits = limits };
        store.Load(engine);
        raised = metrics.Counter("edgedcim_anomalies_raised_total", "Anomalies raised.");
        metrics.Gauge("edgedcim_anomaly_detectors", "Detectors.", () => engine.Detectors.Count);
        metrics.Gauge("edgedcim_anomaly_unknown_readings", "Readings of series that no birth announced, since the start; detectors do not see them.", () => engine.Unknown);
    }

    public void Born(DeviceInfo info) => engine.Announce(info.Device, info.Kind, info.Series);

    /// <summary>Live readings, as they were committed; what is historical is not for detectors, which live in the present.</summary>
    public void Take(ReadOnlySpan<Reading> readings)
    {
        foreach (ref readonly var reading in readings)
        {
            engine.Take(reading);
        }
    }

    public IReadOnlyList<AnomalyChange> Tick(long nowMs)
    {
        var changes = engine.Tick(nowMs);
        foreach (var change in changes)
        {
            raised.Add(change.State == AnomalyState.Anomalous ? 1 : 0);
        }

        for (var i = 0; i < MaxWaiting && waiting.TryDequeue(out var question); i++)
        {
            question();
        }

        store.Save(engine, nowMs);
        return changes;
    }

    /// <summary>Every detector, from any thread; null when too many ask.</summary>
    public Task<IReadOnlyList<DetectorStatus>>? ListAsync(CancellationToken cancel) =>
        AskAsync<IReadOnlyList<DetectorStatus>>(() => [.. engine.Detectors.Select(one =>
            new DetectorStatus(one.Name, one.Subject, one.Phase, one.IsAnomalous, one.Score, one.Baseline, one.LastChange))], cancel);

    /// <summary>Lets a detector learn anew, from any thread; false when it does not exist, null when too many ask.</summary>
    public Task<bool>? ResetAsync(string detector, string subject, CancellationToken cancel) => AskAsync(() => engine.Reset(detector, subject), cancel);

    public void Dispose() => store.SaveAll(engine);

    private Task<T>? AskAsync<T>(Func<T> question, CancellationToken cancel)
    {
        if (waiting.Count >= MaxWaiting)
        {
            return null;
        }

        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Enqueue(() => answer.TrySetResult(question()));
        return answer.Task.WaitAsync(cancel);
    }
}
