using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Facility;

/// <summary>
/// Follows how every UPS feeds its load. Most say so in <c>ups.mode</c>; a UPS whose protocol has no word for ECO (RFC 1628, Liebert)
/// shows it as bypass, and ECO is then inferred from its efficiency, if the facility file allows it.
/// </summary>
internal sealed class UpsModes(IReadOnlyList<Converter> converters)
{
    /// <summary>ECO is inferred from bypass only when at least this share of the input comes out: double conversion stays below.</summary>
    private const double EcoEfficiency = 0.98;

    /// <summary>… for at least this long, so that a passing transfer is not taken for a mode.</summary>
    private const long EcoAfterMs = 5 * 60_000;

    private readonly Dictionary<string, UpsState> last = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> efficientSince = new(StringComparer.Ordinal);

    public IReadOnlyList<UpsState> Observe(IReadOnlyDictionary<Series, SeriesSlot> slots, IReadOnlyDictionary<Series, SeriesSample> samples, long nowMs)
    {
        var states = new List<UpsState>(converters.Count);
        foreach (var converter in converters)
        {
            var device = converter.Output.Power[0].Device;
            var mode = slots.TryGetValue(new Series(device, "ups.mode", null), out var slot) && !slot.Sample().IsStale(nowMs) && slot.Quality >= Quality.Suspect
                ? slot.Metric?.StateName(slot.Value)
                : null;
            var alarm = slots.TryGetValue(new Series(device, "state.alarm", null), out var alarmSlot) && alarmSlot.Value is 1 or 2;
            var now = Of(mode, converter, device, Inferred(converter, mode, alarm, samples, nowMs), nowMs);
            if (last.TryGetValue(converter.Id, out var before))
            {
                now = (before.Source, before.Topology, before.Reason) == (now.Source, now.Topology, now.Reason)
                    ? now with { SinceMs = before.SinceMs, Changed = before.Changed }
                    : now with { Changed = before.Source != UpsSource.Unknown };
            }

            now = now with { MayBeEco = efficientSince.ContainsKey(converter.Id), BatteryBusy = now.Source == UpsSource.Battery || BatteryState(slots, device) is "charging" or "discharging" };

            last[converter.Id] = now;
            states.Add(now);
        }

        return states;
    }

    private bool Inferred(Converter converter, string? mode, bool alarm, IReadOnlyDictionary<Series, SeriesSample> samples, long nowMs)
    {
        var efficient = mode == "bypass" && converter.EcoAllowed && !alarm
            && Sum(converter.Input.Power, samples, nowMs) is { } input and > 0
            && Sum(converter.Output.Power, samples, nowMs) is { } output
            && output / input >= EcoEfficiency;
        if (!efficient)
        {
            efficientSince.Remove(converter.Id);
            return false;
        }

        efficientSince.TryAdd(converter.Id, nowMs);
        return nowMs - efficientSince[converter.Id] >= EcoAfterMs;
    }

    private static string? BatteryState(IReadOnlyDictionary<Series, SeriesSlot> slots, string device) =>
        slots.TryGetValue(new Series(device, "battery.state", null), out var slot) && slot.Quality >= Quality.Suspect ? slot.Metric?.StateName(slot.Value) : null;

    private static double? Sum(IReadOnlyList<Series> series, IReadOnlyDictionary<Series, SeriesSample> samples, long nowMs)
    {
        var sum = 0.0;
        foreach (var one in series)
        {
            if (!samples.TryGetValue(one, out var sample) || sample.FreshnessAt(nowMs) < Freshness.Held)
            {
                return null;
            }

            sum += sample.UsableValue;
        }

        return sum;
    }

    /// <summary>The words of <c>ups.mode</c> as source, IEC 62040-3 class and reason.</summary>
    private static UpsState Of(string? mode, Converter converter, string device, bool ecoInferred, long nowMs)
    {
        var (source, topology, reason) = mode switch
        {
            "online" => (UpsSource.Mains, UpsTopology.Vfi, UpsReason.Normal),
            "eco" => (UpsSource.Bypass, UpsTopology.Vfd, UpsReason.Eco),
            "high_efficiency" => (UpsSource.Bypass, UpsTopology.Vfd, UpsReason.Eco),
            "battery" => (UpsSource.Battery, UpsTopology.Vfi, UpsReason.Fault),
            "bypass" => ecoInferred ? (UpsSource.Bypass, UpsTopology.Vfd, UpsReason.Eco) : (UpsSource.Bypass, UpsTopology.Vfd, UpsReason.Unknown),
            "bypass_maintenance" => (UpsSource.Bypass, UpsTopology.Vfd, UpsReason.Maintenance),
            "bypass_fault" => (UpsSource.Bypass, UpsTopology.Vfd, UpsReason.Fault),
            "boost" or "trim" => (UpsSource.Mains, UpsTopology.Vi, UpsReason.Normal),
            "converter" => (UpsSource.Mains, UpsTopology.Vfi, UpsReason.Normal),
            "test" => (UpsSource.Battery, UpsTopology.Vfi, UpsReason.Test),
            "off" or "standby" => (UpsSource.None, UpsTopology.Unknown, UpsReason.Unknown),
            _ => (UpsSource.Unknown, UpsTopology.Unknown, UpsReason.Unknown),
        };
        return new UpsState(converter.Id, device, source, topology, reason, ecoInferred ? UpsConfidence.Inferred : UpsConfidence.Reported, nowMs, false, false);
    }
}
