using System.Collections.Concurrent;
using System.Threading.Channels;
using EdgeDcim.Agent.Diagnostics;
using EdgeDcim.Agent.Polling;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Publishing;

/// <summary>
/// Takes what polls give: readings into the queue, device states into the model of the node. A device that is offline says so once, with its
/// last readings; after that it is dead on the wire, and its failing probes say nothing new.
/// </summary>
internal sealed class PollSink(ChannelWriter<Reading> queue, NodeModel model, AgentCounters counters)
{
    /// <summary>Pulses when a reading should not wait for company on its way to the journal.</summary>
    public AsyncPulse Hurry { get; } = new();

    private readonly ConcurrentDictionary<string, Known> devices = new(StringComparer.Ordinal);

    /// <summary>Called by all lanes, for one device by one at a time.</summary>
    public void Take(PollResult result)
    {
        try
        {
            Count(result);
            var known = devices.GetOrAdd(result.Device.Id, static _ => new Known());
            var alive = result.State != DeviceState.Offline;
            if (!alive && known.IsAlive == false)
            {
                return;
            }

            Declare(result, known);
            foreach (ref readonly var reading in result.Readings)
            {
                Add(reading);
            }

            if (known.IsAlive != alive)
            {
                known.IsAlive = alive;
                model.SetAlive(result.Device.Id, alive);
            }

            if (result.IsUrgent)
            {
                Hurry.Set();
            }
        }
        finally
        {
            result.Return();
        }
    }

    /// <summary>A reading that no poll gave: the agent's own.</summary>
    public void Add(in Reading reading)
    {
        counters.Polled.Add(1);
        queue.TryWrite(reading);
    }

    /// <summary>The device is no longer polled.</summary>
    public void Withdraw(string device)
    {
        devices.TryRemove(device, out _);
        model.Withdraw(device);
    }

    private void Declare(PollResult result, Known known)
    {
        var facts = DeviceFacts.Of(result.Device.Config, result.Device.Driver.Identity, result.Device.Sanity.Suspicions);
        if (known.Facts != facts)
        {
            known.Facts = facts;
            model.Declare(facts, []);
        }
    }

    private void Count(PollResult result)
    {
        var known = devices.GetOrAdd(result.Device.Id, static _ => new Known());
        counters.Polls.Add(result.Device.Polls - known.Polls);
        counters.PollsFailed.Add(result.Device.Failed - known.Failed);
        counters.PollsSkipped.Add(result.Device.Skipped - known.Skipped);
        (known.Polls, known.Failed, known.Skipped) = (result.Device.Polls, result.Device.Failed, result.Device.Skipped);
    }

    private sealed class Known
    {
        public bool? IsAlive { get; set; }

        public DeviceFacts? Facts { get; set; }

        public long Polls { get; set; }

        public long Failed { get; set; }

        public long Skipped { get; set; }
    }
}
