using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Publishing;

/// <summary>
/// What a birth needs to know: the devices, whether they answer, their series, and the last reading of each. Polling and the journal write
/// to it, the publisher reads; safe from any thread. The agent itself is the device of its own name.
/// </summary>
internal sealed class NodeModel(string agent, Journal journal)
{
    private readonly Lock guard = new();
    private readonly Dictionary<string, DeviceSlot> devices = new(StringComparer.Ordinal);
    private SeriesSlot?[] series = new SeriesSlot?[256];

    /// <summary>The id under which the agent's own series run.</summary>
    public string Agent => agent;

    /// <summary>Pulses when a device is declared, withdrawn, answers again or falls silent.</summary>
    public AsyncPulse Changed { get; } = new();

    /// <summary>A device of the configuration with the series it is known to have; those it turns out to have later are added as they come.</summary>
    public void Declare(DeviceFacts facts, IEnumerable<Series> known)
    {
        lock (guard)
        {
            var device = Device(facts.Id);
            var changed = device.Facts != facts;
            device.Facts = facts;
            foreach (var each in known)
            {
                changed |= Add(journal.SeriesId(each), device);
            }

            device.Version += changed ? 1 : 0;
        }

        Changed.Set();
    }

    /// <summary>The device answers (<paramref name="alive"/>) or has fallen silent for good.</summary>
    public void SetAlive(string id, bool alive)
    {
        lock (guard)
        {
            Device(id).IsAlive = alive;
        }

        Changed.Set();
    }

    /// <summary>The device is no longer in the configuration.</summary>
    public void Withdraw(string id) => SetAlive(id, alive: false);

    /// <summary>Keeps the newest reading of a series, for the next birth.</summary>
    public void Observe(int seriesId, in Reading reading)
    {
        lock (guard)
        {
            var slot = Slot(seriesId);
            if (reading.AtMs >= slot.Last.AtMs)
            {
                slot.Last = reading;
            }
        }
    }

    /// <summary>The device that a series belongs to; makes the series known to its births.</summary>
    public string DeviceOf(int seriesId)
    {
        lock (guard)
        {
            return Slot(seriesId).Device.Id;
        }
    }

    /// <summary>All devices but the agent itself that have any series yet, with what decides whether they need a birth or a death.</summary>
    public IReadOnlyList<DeviceStanding> Standings()
    {
        lock (guard)
        {
            return [.. devices.Values.Where(device => device.Id != agent && device.SeriesIds.Count > 0).Select(device => new DeviceStanding(device.Id, device.IsAlive, device.Version))];
        }
    }

    /// <summary>Goes up when the facts or the list of series of a device change.</summary>
    public int Version(string id)
    {
        lock (guard)
        {
            return Device(id).Version;
        }
    }

    /// <summary>Everything that goes into the birth of one device, as of now.</summary>
    public DeviceBirth Birth(string id)
    {
        lock (guard)
        {
            var device = Device(id);
            return new DeviceBirth(device.Facts, device.IsAlive, device.Version, [.. device.SeriesIds.Select(seriesId => new BornSeries(seriesId, series[seriesId]!.Last))]);
        }
    }

    private DeviceSlot Device(string id)
    {
        if (!devices.TryGetValue(id, out var device))
        {
            devices.Add(id, device = new DeviceSlot(id));
        }

        return device;
    }

    private SeriesSlot Slot(int seriesId)
    {
        if (seriesId >= series.Length || series[seriesId] is not { } slot)
        {
            var device = Device(journal.SeriesOf(seriesId).Device);
            Add(seriesId, device);
            device.Version++;
            slot = series[seriesId]!;
        }

        return slot;
    }

    private bool Add(int seriesId, DeviceSlot device)
    {
        if (seriesId >= series.Length)
        {
            Array.Resize(ref series, Math.Max(seriesId + 1, series.Length * 2));
        }

        if (series[seriesId] is not null)
        {
            return false;
        }

        series[seriesId] = new SeriesSlot(device, Reading.Missing(journal.SeriesOf(seriesId), 0));
        device.SeriesIds.Add(seriesId);
        return true;
    }

    private sealed class DeviceSlot(string id)
    {
        public string Id => id;

        public DeviceFacts Facts { get; set; } = new(id);

        public bool IsAlive { get; set; }

        public int Version { get; set; }

        public List<int> SeriesIds { get; } = [];
    }

    private sealed class SeriesSlot(DeviceSlot device, Reading last)
    {
        public DeviceSlot Device => device;

        public Reading Last { get; set; } = last;
    }
}

/// <param name="Version">Goes up when the facts or the list of series changes, so that a birth is out of date.</param>
internal readonly record struct DeviceStanding(string Id, bool IsAlive, int Version);

internal sealed record DeviceBirth(DeviceFacts Facts, bool IsAlive, int Version, IReadOnlyList<BornSeries> Series);

/// <param name="Last">Missing, at time 0, when nothing has been read yet.</param>
internal readonly record struct BornSeries(int SeriesId, Reading Last);
