using System.Diagnostics.Metrics;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Durability;

namespace EdgeDcim.Agent.Diagnostics;

/// <summary>
/// What went in and what went out of every stage, so that at any time polled = journaled + dropped + still in the queue. Published under the
/// meter <c>EdgeDcim.Agent</c>; the names are <c>edgedcim_stage_noun_total</c>.
/// </summary>
internal sealed class AgentCounters : IDisposable
{
    public const string MeterName = "EdgeDcim.Agent";

    private readonly Meter meter = new(MeterName);

    public AgentCounters()
    {
        Observe("edgedcim_poll_polls_total", Polls, "Polls that ran");
        Observe("edgedcim_poll_failed_total", PollsFailed, "Polls that gave nothing");
        Observe("edgedcim_poll_skipped_total", PollsSkipped, "Polls that came due while the one before still ran");
        Observe("edgedcim_poll_readings_total", Polled, "Readings taken from devices");
        Observe("edgedcim_traps_received_total", Traps, "Traps and informs of known devices");
        Observe("edgedcim_traps_readings_total", TrapReadings, "Readings taken from traps and informs");
        Observe("edgedcim_traps_unknown_total", TrapsUnknown, "Traps and informs whose sender is no device of the configuration");
        Observe("edgedcim_traps_limited_total", TrapsLimited, "Traps and informs beyond what one sender may send");
        Observe("edgedcim_traps_refused_total", TrapsRefused, "Messages to the trap port with wrong credentials, or malformed");
        Observe("edgedcim_queue_dropped_total", QueueDropped, "Readings dropped because the queue to the journal was full");
        Observe("edgedcim_journal_readings_total", Journaled, "Readings written to the journal");
        Observe("edgedcim_publish_messages_total", Messages, "Sparkplug messages sent");
        Observe("edgedcim_publish_readings_total", Published, "Readings sent, repeats included");
        Observe("edgedcim_publish_live_readings_total", PublishedLive, "Readings sent as they came");
        Observe("edgedcim_publish_replayed_readings_total", Replayed, "Readings sent from the backlog");
        Observe("edgedcim_publish_expired_batches_total", Expired, "Batches that were not acknowledged in time");
        Observe("edgedcim_publish_connections_total", Connections, "Connections to a broker that were made");
        Observe("edgedcim_publish_malformed_total", MalformedCommands, "Commands and states that could not be read");
    }

    public Tally Polls { get; } = new();

    public Tally PollsFailed { get; } = new();

    public Tally PollsSkipped { get; } = new();

    public Tally Traps { get; } = new();

    public Tally TrapReadings { get; } = new();

    public Tally TrapsUnknown { get; } = new();

    public Tally TrapsLimited { get; } = new();

    public Tally TrapsRefused { get; } = new();

    public Tally Polled { get; } = new();

    public Tally QueueDropped { get; } = new();

    public Tally Journaled { get; } = new();

    public Tally Messages { get; } = new();

    public Tally Published { get; } = new();

    public Tally PublishedLive { get; } = new();

    public Tally Replayed { get; } = new();

    public Tally Expired { get; } = new();

    public Tally Connections { get; } = new();

    public Tally MalformedCommands { get; } = new();

    /// <summary>This clock minus the host's, as its last command told; NaN before the first.</summary>
    public double ClockSkewMs { get; set; } = double.NaN;

    /// <summary>Adds the journal's own counts, which it keeps by itself.</summary>
    public void Watch(Journal journal, HostBooks hosts)
    {
        meter.CreateObservableCounter("edgedcim_journal_acknowledged_total", () => journal.Counters.ForgottenReadings + journal.Counters.DroppedReadings + journal.Counters.DamagedReadings - hosts.LostToAll, description: "Readings that a collector has journaled");
        meter.CreateObservableCounter("edgedcim_journal_dropped_total", () => hosts.LostToAll, description: "Readings lost to a bound or to damage before any collector had them");
        meter.CreateObservableGauge("edgedcim_journal_held_readings", () => journal.Counters.HeldReadings, description: "Readings waiting for acknowledgement");
        meter.CreateObservableGauge("edgedcim_journal_held_bytes", () => journal.Counters.HeldBytes, description: "Journal on disk");
    }

    public void Dispose() => meter.Dispose();

    private void Observe(string name, Tally tally, string meaning) => meter.CreateObservableCounter(name, () => tally.Count, description: meaning);
}
