using System.Globalization;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Protocols.Ipmi.Sdr;
using EdgeDcim.Protocols.Ipmi.Sel;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>
/// Tells new entries of a controller's event log, from where it last read. It comes after the readings and can cost them nothing: few entries
/// a minute, and a log that is slow or refuses is left alone for longer and longer. Where it stopped is kept over a restart; a device that is new
/// begins at the end of its log.
/// </summary>
internal sealed class IpmiEvents(IpmiClient client, DriverMemory memory, string device, TimeProvider time)
{
    private const int MostAtOnce = 16;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    private readonly string name = $"sel.{device}";
    private SelPosition? position = SelPosition.TryParse(memory.Recall($"sel.{device}") ?? "", out var kept) ? kept : null;
    private TimeSpan rest = Every;
    private long? restingSince;

    public async ValueTask ReadAsync(IReadOnlyList<SensorRecord> sensors, List<string> notes, CancellationToken cancel)
    {
        if (restingSince is { } since && time.GetElapsedTime(since) < rest)
        {
            return;
        }

        var begun = time.GetTimestamp();
        var isSlow = false;
        try
        {
            if (await client.ReadEventsAsync(position, MostAtOnce, cancel) is { } page)
            {
                if (page.Position != position)
                {
                    position = page.Position;
                    memory.Keep(name, page.Position.ToString());
                }

                notes.AddRange(page.Entries.Select(entry => EventText.Of(entry, sensors)));
            }

            isSlow = time.GetElapsedTime(begun) >= SlowAfter;
        }
        catch (IpmiException fault)
        {
            isSlow = true;
            if (rest == Every)
            {
                notes.Add($"the event log is not read for now: {fault.Message}");
            }
        }

        restingSince = time.GetTimestamp();
        rest = isSlow ? TimeSpan.FromTicks(Math.Min(rest.Ticks * 4, LongestRest.Ticks)) : Every;
    }
}

/// <summary>An entry of an event log as a sentence.</summary>
internal static class EventText
{
    private static readonly string[] Thresholds =
    [
        "lower non-critical, going low", "lower non-critical, going high", "lower critical, going low", "lower critical, going high",
        "lower non-recoverable, going low", "lower non-recoverable, going high", "upper non-critical, going low", "upper non-critical, going high",
        "upper critical, going low", "upper critical, going high", "upper non-recoverable, going low", "upper non-recoverable, going high",
    ];

    private static readonly string[] Redundancies =
    [
        "fully redundant", "redundancy lost", "redundancy degraded", "not redundant, sufficient", "not redundant after little",
        "not redundant, insufficient", "redundancy degraded from full", "redundancy degraded from none",
    ];

    private static readonly Dictionary<byte, string[]> Specific = new()
    {
        [0x05] = ["chassis opened", "drive bay opened", "card area opened", "processor area opened", "network lost", "moved", "fan area opened"],
        [0x07] = ["internal error", "thermal trip", "self-test failed", "start hang", "start failed", "configuration error", "uncorrectable error", "present", "disabled", "terminator", "throttled"],
        [0x08] = ["present", "failed", "failure predicted", "input lost", "input lost or out of range", "input out of range", "configuration error", "inactive"],
        [0x09] = ["off", "cycled", "240 VA off", "interlock off", "mains lost", "soft power failed", "failure", "failure predicted"],
        [0x0C] = ["correctable error", "uncorrectable error", "parity error", "scrub failed", "disabled", "error limit reached", "present", "configuration error", "spare", "throttled", "overheated"],
        [0x0D] = ["present", "failed", "failure predicted", "hot spare", "consistency check", "in critical array", "in failed array", "rebuilding", "rebuild aborted"],
    };

    public static string Of(SelEntry entry, IReadOnlyList<SensorRecord> sensors)
    {
        var at = entry.At is { } time ? time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "no time";
        if (!entry.IsStandard)
        {
            return string.Create(CultureInfo.InvariantCulture, $"event {entry.Id} ({at}): an entry of the maker's own form");
        }

        var name = sensors.FirstOrDefault(sensor => (sensor.Number, sensor.Type, sensor.Owner) == (entry.SensorNumber, entry.SensorType, entry.Generator))?.Name
            ?? sensors.FirstOrDefault(sensor => (sensor.Number, sensor.Type) == (entry.SensorNumber, entry.SensorType))?.Name;
        var who = name is null ? string.Create(CultureInfo.InvariantCulture, $"{SensorWords.TypeOf(entry.SensorType)} sensor {entry.SensorNumber}") : $"'{name}'";
        return string.Create(CultureInfo.InvariantCulture, $"event {entry.Id} ({at}): {who}: {StateOf(entry)}{(entry.IsAsserted ? "" : ", gone")}");
    }

    private static string StateOf(SelEntry entry)
    {
        var words = entry.EventType switch
        {
            0x01 => Thresholds,
            0x0B => Redundancies,
            SensorRecord.SpecificReading => Specific.GetValueOrDefault(entry.SensorType, []),
            _ => [],
        };
        return entry.State < words.Length ? words[entry.State] : string.Create(CultureInfo.InvariantCulture, $"state {entry.State} of kind 0x{entry.EventType:X2}");
    }
}
