using EdgeDcim.Agent.Commissioning;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Polling;

/// <summary>One device at run time: its driver, its health, its counters and the series its points became.</summary>
internal sealed class PolledDevice
{
    private static readonly int GroupCount = Enum.GetValues<PollGroup>().Length;

    private readonly SeriesTable table;
    private readonly Dictionary<PointInstance, Series> series = [];
    private readonly List<Series>[] seenByGroup = [.. Enumerable.Range(0, GroupCount).Select(_ => new List<Series>())];
    private readonly bool[] polledOnce = new bool[GroupCount];
    private readonly Series state;
    private readonly Series latency;
    private readonly Series polls;
    private readonly Series failed;
    private readonly Series skipped;

    public PolledDevice(DeviceConfig config, IDeviceDriver driver, SeriesTable table)
    {
        Config = config;
        Driver = driver;
        Sanity = new DeviceSanity(config.Accept.Split(',', StringSplitOptions.RemoveEmptyEntries));
        this.table = table;
        Groups = [.. config.Profile.Points.Select(point => point.Every).Distinct().Order()];
        state = table.Intern(config.Id, "device.state");
        latency = table.Intern(config.Id, "device.latency");
        polls = table.Intern(config.Id, "device.polls");
        failed = table.Intern(config.Id, "device.polls.failed");
        skipped = table.Intern(config.Id, "device.polls.skipped");
    }

    public DeviceConfig Config { get; }

    public string Id => Config.Id;

    public IDeviceDriver Driver { get; }

    /// <summary>What its first polls say of its scales and units.</summary>
    public DeviceSanity Sanity { get; }

    /// <summary>Whose loop reads the device; null until a lane has it.</summary>
    public Lane? Lane { get; init; }

    public DeviceHealth Health { get; } = new();

    /// <summary>The poll groups that the profile has points in, fastest first.</summary>
    public IReadOnlyList<PollGroup> Groups { get; }

    public long Polls { get; private set; }

    public long Failed { get; private set; }

    public long Skipped { get; private set; }

    /// <summary>Every group was polled at least once, so all series that the device has are known by now.</summary>
    public bool IsFullyKnown => Groups.All(group => polledOnce[(int)group]);

    /// <summary>Series that some poll of the group has given so far; what a failed poll leaves missing.</summary>
    public IReadOnlyList<Series> Seen(PollGroup group) => seenByGroup[(int)group];

    public Series SeriesOf(PointInstance instance)
    {
        if (!series.TryGetValue(instance, out var known))
        {
            known = table.Intern(Id, instance.Point.Metric.Name, instance.Part);
            series.Add(instance, known);
            var seen = seenByGroup[(int)instance.Point.Every];
            if (!seen.Contains(known))
            {
                seen.Add(known);
            }
        }

        return known;
    }

    public void CountPoll(PollGroup group, bool success)
    {
        Polls++;
        Failed += success ? 0 : 1;
        polledOnce[(int)group] |= success;
    }

    public void CountSkipped(long slots) => Skipped += slots;

    /// <summary>How many readings <see cref="AboutItself"/> writes.</summary>
    public const int OwnReadings = 5;

    /// <summary>The agent's findings about the device, as readings of the device.</summary>
    public void AboutItself(Span<Reading> into, long atMs, double latencyMs)
    {
        into[0] = new Reading(state, atMs, (double)Health.State, Quality.Good);
        into[1] = new Reading(latency, atMs, latencyMs, Quality.Good);
        into[2] = new Reading(polls, atMs, Polls, Quality.Good);
        into[3] = new Reading(failed, atMs, Failed, Quality.Good);
        into[4] = new Reading(skipped, atMs, Skipped, Quality.Good);
    }
}
