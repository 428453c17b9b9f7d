using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Anomalies;

/// <summary>Reads <c>detectors</c> of <c>alarms.yaml</c>.</summary>
internal static class DetectorLimitsReader
{
    /// <summary>Detectors of a drift whose residual is a share: their least deviation is written in percent.</summary>
    private static readonly string[] Shares =
        ["heat_split", "heat_balance", "exchanger", "filter", "cold_plates", "pump_curve", "valve_curve", "claimed_heat", "chiller_output"];

    private static readonly string[] Known = ["hunting", "rack_inlet", "supply_temperature", .. Shares];

    public static DetectorLimits Read(YamlMap? map)
    {
        if (map is null)
        {
            return DetectorLimits.Default;
        }

        var drifts = new Dictionary<string, DriftOverride>(StringComparer.Ordinal);
        var read = DetectorLimits.Default;
        foreach (var (name, entry) in map.Maps())
        {
            if (name == "hunting")
            {
                read = read with { Hunting = Hunting(entry, read.Hunting) };
            }
            else if (name == "rack_inlet")
            {
                read = read with { Inlet = Inlet(entry, read.Inlet) };
            }
            else if (Known.Contains(name))
            {
                drifts[name] = Drift(entry, Shares.Contains(name) ? 100 : 1);
            }
            else
            {
                entry.Problem($"there is no detector '{name}' with limits to set{Spelling.DidYouMean(name, Known)}; there are: {string.Join(", ", Known)}");
            }

            entry.RejectUnknownKeys();
        }

        return read with { Drifts = drifts };
    }

    private static HuntingLimits Hunting(YamlMap entry, HuntingLimits usual) => new(
        entry.Integer("turns", usual.Turns, 2, HuntingLimits.MaxTurns),
        (long)Positive(entry, "within", TimeSpan.FromMilliseconds(usual.WithinMs)).TotalMilliseconds,
        Above(entry, "swing", 0) ?? usual.SwingPercent);

    private static InletLimits Inlet(YamlMap entry, InletLimits usual)
    {
        var read = new InletLimits(
            Above(entry, "recirculation", 0) ?? usual.RecirculationK, entry.Number("recommended_low", usual.LowC), entry.Number("recommended_high", usual.HighC));
        if (read.HighC <= read.LowC)
        {
            entry.Problem("'recommended_high' must be above 'recommended_low'");
        }

        return read;
    }

    private static DriftOverride Drift(YamlMap entry, double divisor) => new(
        entry.Has("over") ? Positive(entry, "over", default).TotalSeconds : null, Above(entry, "least", 0) / divisor, Above(entry, "spreads", 0));

    private static TimeSpan Positive(YamlMap entry, string key, TimeSpan usual)
    {
        var span = entry.Duration(key, usual);
        if (span <= TimeSpan.Zero)
        {
            entry.Problem(key, $"'{key}' must be longer than 0");
        }

        return span;
    }

    private static double? Above(YamlMap entry, string key, double least)
    {
        var value = entry.OptionalNumber(key);
        if (value <= least)
        {
            entry.Problem(key, $"'{key}' must be above {least}");
        }

        return value;
    }
}
