using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Facility;

/// <summary>Chooses the few values that a person looks at first, by kind of device.</summary>
internal static class Vitals
{
    public const int Max = 6;

    private static readonly Dictionary<string, string[]> First = new(StringComparer.Ordinal)
    {
        ["utility"] = ["power.active", "energy.active.import", "power.factor", "voltage.line_neutral", "frequency", "current"],
        ["meter"] = ["power.active", "energy.active.import", "power.factor", "voltage.line_neutral", "current", "frequency"],
        ["lighting"] = ["power.active", "energy.active.import"],
        ["ups"] = ["ups.mode", "power.active.output", "power.active.input", "load", "battery.charge", "battery.runtime"],
        ["pdu"] = ["power.active", "energy.active.import", "current", "load", "voltage.line_neutral", "state.load"],
        ["cdu"] = ["temperature.supply/secondary", "temperature.return/secondary", "flow/secondary", "pressure.delta/secondary", "heat.removed", "leak.detected"],
        ["immersion"] = ["temperature.fluid", "temperature.supply", "flow", "level", "pump.speed", "leak.detected"],
        ["chiller"] = ["temperature.supply", "temperature.return", "cooling.mode", "compressor.output", "flow", "state.alarm"],
        ["cooling_tower"] = ["temperature.supply", "temperature.return", "fan.output", "temperature.wet_bulb", "level", "water.volume.makeup"],
        ["crac"] = ["temperature.supply", "temperature.return", "humidity.relative", "fan.output", "cooling.output", "state.alarm"],
        ["in_row"] = ["temperature.inlet", "temperature.supply", "fan.output", "flow", "heat.removed", "state.alarm"],
        ["heat_meter"] = ["heat.removed", "flow", "temperature.supply", "temperature.return", "energy.cooling", "temperature.delta"],
        ["water_meter"] = ["flow", "water.volume"],
        ["sensor"] = ["temperature.ambient", "humidity.relative", "temperature.dew_point", "leak.detected", "contact.alarm", "door"],
        ["server"] = ["power.active", "temperature.inlet", "temperature.cpu", "fan.speed", "state.power_supply", "state.device"],
    };

    /// <summary>
    /// At most <see cref="Max"/> places in <paramref name="series"/>. A wish <c>metric/part</c> takes that part or one below it; a bare metric takes the value of the whole
    /// device, or its first part. A kind without wishes of its own takes what the vocabulary lists for it.
    /// </summary>
    public static IReadOnlyList<int> Choose(string? kind, IReadOnlyList<Series> series)
    {
        var wishes = kind is not null && First.TryGetValue(kind, out var own) ? own
            : kind is not null && Vocabulary.Default.Kinds.TryGetValue(kind, out var known) ? known.Metrics.Select(metric => metric.Name)
            : series.Select(one => one.Metric).Distinct();
        var chosen = new List<int>(Max);
        foreach (var wish in wishes)
        {
            if (chosen.Count < Max && Best(wish, series) is >= 0 and var found && !chosen.Contains(found))
            {
                chosen.Add(found);
            }
        }

        return chosen;
    }

    private static int Best(string wish, IReadOnlyList<Series> series)
    {
        var slash = wish.IndexOf('/', StringComparison.Ordinal);
        var (metric, part) = slash < 0 ? (wish, null) : (wish[..slash], wish[(slash + 1)..]);
        var (best, bestRank) = (-1, int.MaxValue);
        for (var i = 0; i < series.Count; i++)
        {
            if (series[i].Metric != metric)
            {
                continue;
            }

            var rank = series[i].Part == part ? 0
                : part is not null && (series[i].Part?.StartsWith(part, StringComparison.Ordinal) ?? false) ? 1
                : series[i].Part is null ? 2
                : 3;
            if (rank < bestRank)
            {
                (best, bestRank) = (i, rank);
            }
        }

        return best;
    }
}
