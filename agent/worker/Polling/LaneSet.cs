using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Core.Supervision;
using EdgeDcim.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Agent.Polling;

/// <summary>All lanes of the agent. A new configuration touches only what differs: a device that is polled as before keeps its slot, health and counters.</summary>
internal sealed class LaneSet(
    ProtocolCatalog protocols, SeriesTable table, Action<PollResult> emit, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    /// <summary>Longer than the slowest poll takes with every retry: a walk of a large table, a controller that answers after seconds.</summary>
    private static readonly TimeSpan PollWithin = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, (Lane Lane, EndpointConfig Endpoint, PollConfig Periods)> lanes = [];
    private readonly TaskCompletionSource failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Dictionary<string, PolledDevice> devices = [];

    /// <summary>Every device that is polled now, by id. The dictionary is replaced, never changed.</summary>
    public IReadOnlyDictionary<string, PolledDevice> Devices => Volatile.Read(ref devices);

    public int Count => lanes.Count;

    /// <summary>Where lanes say that they get on; null: nobody watches.</summary>
    public StageBoard? Board { get; init; }

    /// <summary>Faults when a lane ends by a bug of polling itself; a lane that is taken away by a new configuration ends without it. Any thread may look.</summary>
    public Task Failure => failure.Task;

    /// <summary>Starts, changes and stops lanes until they are what the configuration says. One call at a time.</summary>
    public async Task ApplyAsync(AgentConfig config)
    {
        var byLane = config.Devices.GroupBy(device => LaneKey(device.Endpoint)).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var (key, entry) in lanes.ToList())
        {
            // Another way to the same endpoint (a time-out, a gap) means another link, and other periods mean other slots.
            if (!byLane.TryGetValue(key, out var wanted) || wanted[0].Endpoint != entry.Endpoint || config.Poll != entry.Periods)
            {
                lanes.Remove(key);
                await entry.Lane.DisposeAsync();
                Board?.Remove(entry.Lane.Stage!);
                devices = devices.Where(pair => LaneKey(pair.Value.Config.Endpoint) != key).ToDictionary();
            }
        }

        var next = new Dictionary<string, PolledDevice>(StringComparer.Ordinal);
        foreach (var (key, wanted) in byLane)
        {
            var isNew = !lanes.TryGetValue(key, out var entry);
            if (isNew)
            {
                var protocol = protocols.Get(wanted[0].Endpoint.Protocol);
                var lane = new Lane(key, protocol.OpenLink(wanted[0].Endpoint), config.Poll, emit, time, logs.CreateLogger<Lane>()) { Stage = Board?.Add($"lane {key}", PollWithin) };
                entry = (lane, wanted[0].Endpoint, config.Poll);
                lanes.Add(key, entry);
            }

            var polled = wanted.Select(device => Keep(device) ?? new PolledDevice(device, entry.Lane.Link.CreateDriver(device), table) { Lane = entry.Lane }).ToList();
            polled.ForEach(device => next.Add(device.Id, device));
            entry.Lane.Use(polled);
            if (isNew)
            {
                entry.Lane.Start();
                _ = WatchAsync(entry.Lane);
            }
        }

        Volatile.Write(ref devices, next);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(lanes.Values.Select(entry => entry.Lane.DisposeAsync().AsTask()));
        lanes.Clear();
    }

    private async Task WatchAsync(Lane lane)
    {
        try
        {
            await lane.Completion;
        }
        catch (OperationCanceledException)
        {
            // The lane was disposed.
        }
        catch (Exception bug)
        {
            failure.TrySetException(bug);
        }
    }

    private PolledDevice? Keep(DeviceConfig device) =>
        devices.TryGetValue(device.Id, out var running) && running.Config == device ? running : null;

    private string LaneKey(EndpointConfig endpoint) => $"{endpoint.Protocol} {protocols.Get(endpoint.Protocol).LaneKey(endpoint)}";
}
