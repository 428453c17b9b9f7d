using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Facility;

/// <summary>
/// The live state of the site: the latest reading of every series, which devices and agents live. One thread writes and takes the
/// snapshots; everybody else reads snapshots. Energy and water counters go on to the <see cref="EnergyLedger"/>, late ones too.
/// </summary>
internal sealed class FacilityState
{
    /// <summary>Series objects that mean the same identity are remembered by reference up to this number; more are looked up by value.</summary>
    private const int MaxAliases = 4;

    /// <summary>2020-01-01: no reading of this product is older; a clock that starts in 1970 is.</summary>
    private const long EarliestMs = 1_577_836_800_000;

    /// <summary>A reading further ahead of the collector's clock than this has a wrong time and is counted, not used.</summary>
    private const long MaxAheadMs = 5 * 60_000;

    /// <summary>Clocks of two hosts that are kept in step differ by less.</summary>
    private const long SkewMs = 2_000;

    private readonly Dictionary<Series, SeriesSlot> byReference = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Series, SeriesSlot> byIdentity = [];
    private readonly SortedDictionary<string, DeviceSlot> devices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, AgentSnapshot> agents = new(StringComparer.Ordinal);
    private readonly List<(Series Series, SeriesSlot Slot)> inputs = [];
    private readonly List<SeriesSlot> news = [];
    private readonly EnergyLedger ledger;
    private readonly UpsModes upsModes;
    private long readings;
    private long wrongTimes;
    private long clockMs;

    public FacilityState(FacilityConfig config, EnergyLedger ledger)
    {
        this.ledger = ledger;
        upsModes = new UpsModes(config.Tree.Converters);
        ledger.Bind(config);
        foreach (var (series, routes) in ledger.Routes)
        {
            Slot(series).LedgerRoutes = [.. routes];
        }

        var ports = config.Meters.SelectMany(meter => new[] { meter.Load, meter.Output }).OfType<MeterPort>();
        foreach (var series in ports.SelectMany(port => port.Power).Concat(config.Water.SelectMany(water => water.Flow)))
        {
            inputs.Add((series, Slot(series)));
        }
    }

    /// <summary>Readings whose time cannot be right: before 2020, or minutes ahead of the collector's clock. They are not used.</summary>
    public long WrongTimes => wrongTimes;

    /// <summary>Takes readings in. Late ones (<paramref name="historical"/>, or older than what is known) never replace newer ones, but reach the ledger.</summary>
    public void Apply(ReadOnlySpan<Reading> batch, bool historical)
    {
        readings += batch.Length;
        foreach (ref readonly var reading in batch)
        {
            if (!byReference.TryGetValue(reading.Series, out var slot))
            {
                slot = Slot(reading.Series);
            }

            if (reading.AtMs < EarliestMs || (clockMs > 0 && reading.AtMs > clockMs + MaxAheadMs))
            {
                wrongTimes++;
                continue;
            }

            // A reading that was stamped ahead of the clock must not hide the right ones behind it.
            if (slot.Take(reading, !historical && clockMs > 0 ? clockMs + SkewMs : long.MaxValue))
            {
                if (!slot.IsNews)
                {
                    slot.IsNews = true;
                    news.Add(slot);
                }

                var device = slot.Device;
                device.Changed();
                if (reading.Quality != Quality.Missing && reading.AtMs > device.LastAnswerMs)
                {
                    device.LastAnswerMs = reading.AtMs;
                    if (!historical && device.Lost)
                    {
                        device.Revive();
                    }
                }
            }

            if (slot.LedgerRoutes is { } routes && reading.Quality is Quality.Good or Quality.Estimated)
            {
                foreach (var route in routes)
                {
                    ledger.Take(route, reading.AtMs, reading.Value);
                }
            }
        }
    }

    public void DeviceBorn(DeviceInfo info)
    {
        var device = Device(info.Device);
        device.Info = info;
        foreach (var series in info.Series)
        {
            Slot(series);
        }

        device.Revive();
    }

    /// <summary>The agent says the device does not answer: its series are stale at once.</summary>
    public void DeviceDied(string agent, string device, long atMs)
    {
        if (devices.TryGetValue(device, out var slot) && (slot.Info is null || slot.Info.Agent == agent))
        {
            slot.Lose(died: true);
        }
    }

    public void AgentOnline(string agent, long atMs) => agents[agent] = new AgentSnapshot(agent, true, atMs);

    /// <summary>The agent went away: what it reads is stale at once.</summary>
    public void AgentOffline(string agent, long atMs)
    {
        agents[agent] = new AgentSnapshot(agent, false, atMs);
        foreach (var device in devices.Values.Where(device => device.Info?.Agent == agent))
        {
            device.Lose(died: false);
        }
    }

    /// <summary>The series that took a reading since the last call, moved into <paramref name="into"/>.</summary>
    public void TakeNews(List<SeriesSlot> into)
    {
        into.Clear();
        into.AddRange(news);
        news.ForEach(static slot => slot.IsNews = false);
        news.Clear();
    }

    public FacilitySnapshot Snapshot(long nowMs)
    {
        clockMs = nowMs;
        var found = new List<DeviceSnapshot>(devices.Count);
        foreach (var device in devices.Values)
        {
            found.Add(Snapshot(device, nowMs));
        }

        var samples = new Dictionary<Series, SeriesSample>(inputs.Count);
        foreach (var (series, slot) in inputs)
        {
            samples[series] = slot.Sample();
        }

        return new FacilitySnapshot(nowMs, [.. agents.Values], found, samples, upsModes.Observe(byIdentity, samples, nowMs), readings);
    }

    private static DeviceSnapshot Snapshot(DeviceSlot device, long nowMs)
    {
        var (samples, vitals) = device.Samples();
        var (values, stale, missing, worst) = (0, 0, 0, Quality.Good);
        var said = DeviceState.Unknown;
        foreach (ref readonly var sample in samples.AsSpan())
        {
            if (sample.Series.Metric == "device.state")
            {
                said = sample.Value switch { 1 => DeviceState.Online, 2 or 4 => DeviceState.Degraded, 3 => DeviceState.Offline, _ => DeviceState.Unknown };
                continue;
            }

            values++;
            stale += sample.AtMs > 0 && sample.IsStale(nowMs) ? 1 : 0;
            missing += sample.AtMs > 0 && sample.Quality == Quality.Missing ? 1 : 0;
            worst = sample.AtMs > 0 && sample.Quality < worst ? sample.Quality : worst;
        }

        var state = device.Died || said == DeviceState.Offline ? DeviceState.Offline
            : device.Lost || (values > 0 && stale == values) ? DeviceState.Stale
            : device.LastAnswerMs == 0 ? DeviceState.Unknown
            : said == DeviceState.Degraded || stale > 0 || missing > 0 ? DeviceState.Degraded
            : DeviceState.Online;
        return new DeviceSnapshot(
            device.Id, device.Info, state, state is DeviceState.Online or DeviceState.Degraded ? worst : Quality.Missing, device.LastAnswerMs,
            samples, vitals);
    }

    private SeriesSlot Slot(Series series)
    {
        if (!byIdentity.TryGetValue(series, out var slot))
        {
            var device = Device(series.Device);
            slot = new SeriesSlot(series, device);
            device.Add(slot);
            byIdentity.Add(series, slot);
        }

        if (slot.Aliases < MaxAliases && byReference.TryAdd(series, slot))
        {
            slot.Aliases++;
        }

        return slot;
    }

    private DeviceSlot Device(string id)
    {
        if (!devices.TryGetValue(id, out var device))
        {
            device = new DeviceSlot(id);
            devices.Add(id, device);
        }

        return device;
    }
}
