using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Api;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Kpi;

namespace EdgeDcim.Collector.Live;

/// <summary>
/// Feeds every open page: the whole state once, then each second what changed. A client that reads slowly is given the newest state when it
/// is ready for it; what lay between is folded into one change. Nothing is queued per client.
/// </summary>
internal sealed class LiveFeed
{
    private const int MaxClients = 256;
    private readonly ViewJson json;
    private readonly Counter events;
    private readonly Counter folded;
    private readonly Counter refused;
    private Frame current;
    private int clients;

    public LiveFeed(ViewJson json, MetricRegistry metrics)
    {
        this.json = json;
        current = new Frame(SiteView.Empty, json);
        events = metrics.Counter("edgedcim_live_events_total", "Events sent to pages.");
        folded = metrics.Counter("edgedcim_live_seconds_folded_total", "Seconds that a slow page got together with the next.");
        refused = metrics.Counter("edgedcim_live_clients_refused_total", "Pages turned away because too many were open.");
        metrics.Gauge("edgedcim_live_clients", "Pages that are open.", () => Volatile.Read(ref clients));
    }

    public SiteView View => Volatile.Read(ref current).View;

    /// <summary>One KPI as the API says it.</summary>
    public string Describe(KpiValue value) => json.Kpi(value);

    /// <summary>One alarm as the API says it.</summary>
    public string Describe(Alarm alarm) => json.AlarmText(alarm);

    public void Publish(SiteView view)
    {
        var before = Interlocked.Exchange(ref current, new Frame(view, json));
        before.Passed.TrySetResult();
    }

    /// <summary>Null when too many pages are open already.</summary>
    public IAsyncEnumerable<SseItem<string>>? Subscribe(CancellationToken cancel)
    {
        if (Interlocked.Increment(ref clients) <= MaxClients)
        {
            return EventsAsync(cancel);
        }

        Interlocked.Decrement(ref clients);
        refused.Increment();
        return null;
    }

    private async IAsyncEnumerable<SseItem<string>> EventsAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        try
        {
            var frame = Volatile.Read(ref current);
            yield return new SseItem<string>(frame.State(), "state");
            while (true)
            {
                await frame.Passed.Task.WaitAsync(cancel);
                var next = Volatile.Read(ref current);
                folded.Add(next.View.Number - frame.View.Number - 1);
                yield return new SseItem<string>(next.Since(frame.View.Number), "delta");
                events.Increment();
                frame = next;
            }
        }
        finally
        {
            Interlocked.Decrement(ref clients);
        }
    }

    /// <summary>One second, with its JSON made at most once for all who want the same.</summary>
    private sealed class Frame(SiteView view, ViewJson json)
    {
        private string? delta;

        public SiteView View => view;

        /// <summary>Completes when a newer frame has taken the place of this one.</summary>
        public TaskCompletionSource Passed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string State() => json.State(view);

        public string Since(long number) => number == view.Number - 1 ? delta ??= json.Delta(view, number) : json.Delta(view, number);
    }
}
