using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>Which figures of merit a chiller or a tower has, given the signals that are there.</summary>
internal static class Performance
{
    public static IEnumerable<Detector> Of(CoolingUnit unit) => unit.Kind switch
    {
        "chiller" => Chiller(unit),
        "cooling_tower" => Tower(unit),
        _ => [],
    };

    private static IEnumerable<Detector> Chiller(CoolingUnit unit)
    {
        var (inputs, at) = Signals(unit);
        var condenser = Pair(unit, at, "condenser");
        var evaporator = Pair(unit, at, "evaporator") ?? Pair(unit, at, null);
        if (condenser is not var (condenserIn, condenserOut) || evaporator is not var (evaporatorOut, evaporatorIn))
        {
            yield break;
        }

        var power = at("power.active", null);
        var load = Load(at, evaporatorIn, evaporatorOut);
        if (load is null)
        {
            yield break;
        }

        // A chiller that draws a tenth of what it mostly draws does not run.
        Func<double[], bool> runs = power is null ? row => load(row) > 1000 : row => !(row[power.Value] < 1000);
        double Entering(double[] row) => Math.Min(row[condenserIn], row[condenserOut]);
        double Leaving(double[] row) => Math.Min(row[evaporatorIn], row[evaporatorOut]);
        var warm = at("temperature.refrigerant", "condenser");
        var approach = at("temperature.approach", "condenser");
        if ((approach ?? warm) is { } hot)
        {
            yield return new PerformanceDetector(
                unit.Id,
                new Merit(
                    "condenser approach", "K", 1, "condenser fouling",
                    approach is null ? row => row[hot] - Math.Max(row[condenserIn], row[condenserOut]) : row => row[hot], load, Entering, Leaving),
                runs, inputs);
        }

        if (power is { } electric)
        {
            yield return new PerformanceDetector(
                unit.Id, new Merit("chiller power", "W", 1, "efficiency lost", row => row[electric], load, Entering, Leaving), runs, inputs);
        }

        yield return new PerformanceDetector(
            unit.Id,
            new Merit("condenser water rise", "K", 1, "condenser water flow low", row => Math.Abs(row[condenserOut] - row[condenserIn]), load, Entering, Leaving),
            runs, inputs);
    }

    private static IEnumerable<Detector> Tower(CoolingUnit unit)
    {
        var (inputs, at) = Signals(unit);
        if (Pair(unit, at, null) is not var (first, second) || at("temperature.wet_bulb", null) is not { } wet || at("fan.output", null) is not { } fan)
        {
            yield break;
        }

        yield return new PerformanceDetector(
            unit.Id,
            new Merit(
                "tower approach", "K", 1, "tower fouling", row => Math.Min(row[first], row[second]) - row[wet],
                row => Math.Abs(row[first] - row[second]), row => row[wet], row => row[fan]),
            row => row[fan] > 5, inputs);
    }

    private static (IReadOnlyList<Signal> Inputs, Func<string, string?, int?> At) Signals(CoolingUnit unit)
    {
        var inputs = unit.Device.Signals.Where(StatisticalDetectors.IsMeasured).ToList();
        return (inputs, (metric, part) => inputs.FindIndex(signal => signal.Series.Metric == metric && signal.Series.Part == part) is var found and >= 0 ? found : null);
    }

    private static (int Supply, int Return)? Pair(CoolingUnit unit, Func<string, string?, int?> at, string? part) =>
        at("temperature.supply", part) is { } supply && at("temperature.return", part) is { } back ? (supply, back) : null;

    /// <summary>Heat taken in: what the machine says, or flow times temperature difference.</summary>
    private static Func<double[], double>? Load(Func<string, string?, int?> at, int warm, int cold)
    {
        if (at("heat.removed", null) is { } heat)
        {
            return row => row[heat];
        }

        return (at("flow", "evaporator") ?? at("flow", null)) is { } flow
            ? row => Coolant.Water.Heat(row[flow], Math.Min(row[warm], row[cold]), Math.Max(row[warm], row[cold]))
            : null;
    }
}
