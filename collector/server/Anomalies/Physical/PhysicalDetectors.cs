using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>Makes the detectors that follow from physics for every machine, loop, room and sensor of the site.</summary>
internal static class PhysicalDetectors
{
    private static readonly string[] LiquidKinds = ["cdu", "immersion"];
    private static readonly string[] LoadKinds = ["utility", "transformer", "ups", "pdu", "busway", "outlet", "meter", "server", "lighting"];
    private static readonly string[] SwingingMetrics = ["valve.position", "fan.output", "pump.speed", "compressor.output"];

    /// <summary>Of eight.</summary>
    private const int EnoughLaws = 4;

    public static IEnumerable<Detector> Create(CoolingModel model)
    {
        var chillers = model.Units.Where(unit => unit.Kind == "chiller").ToList();
        foreach (var loop in model.Units.Where(unit => LiquidKinds.Contains(unit.Kind)).GroupBy(unit => unit.Secondary.Id))
        {
            foreach (var detector in OnLoop([.. loop], chillers, model.Limits))
            {
                yield return detector;
            }
        }

        foreach (var detector in chillers.SelectMany(chiller => ChillerDetectors.All(chiller, model.Limits)))
        {
            yield return detector;
        }

        foreach (var room in model.Units.Where(unit => unit.Find("temperature.dew_point") is not null).GroupBy(unit => unit.Config.Room ?? "room"))
        {
            var surfaces = room.Select(unit => (unit.Id, Supply: unit.SecondarySide.Supply!, DewPoint: unit.Find("temperature.dew_point")!)).Where(one => one.Supply is not null).ToList();
            if (surfaces.Count > 0)
            {
                yield return new DewPointDetector(room.Key, surfaces);
            }
        }

        foreach (var detector in RoomDetectors.Of(model).Concat(model.Devices.SelectMany(LeakSensorDetector.Of)))
        {
            yield return detector;
        }

        foreach (var unit in model.Units)
        {
            foreach (var detector in Swinging(unit, model.Limits.Hunting, LiquidKinds.Contains(unit.Kind) ? null : () => false))
            {
                yield return detector;
            }

            foreach (var detector in CoolantQualityDetector.Of(unit).Concat(TankDetectors.Of(unit)))
            {
                yield return detector;
            }
        }
    }

    /// <summary>
    /// Devices whose values are explained by laws or by the load: CDUs and tanks with most of their instruments, chillers with their set point,
    /// room units where the heat is known, and everything that meters a load: what computing draws is no fault of a machine.
    /// </summary>
    public static IReadOnlySet<string> Covered(CoolingModel model)
    {
        var heatIsKnown = model.Loops.Any(loop => loop.Heat.Count > 0);
        return model.Units
            .Where(unit => LiquidKinds.Contains(unit.Kind) ? LiquidDetectors.LawsOf(new LiquidSignals(unit)) >= EnoughLaws
                : ChillerDetectors.CanJudge(unit) || (heatIsKnown && RoomDetectors.IsRoomUnit(unit)))
            .Select(unit => unit.Device.Id)
            .Concat(model.Devices.Where(device => LoadKinds.Contains(device.Kind)).Select(device => device.Id))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <param name="isExplained">Null for machines whose own detectors come with their loop.</param>
    private static IEnumerable<Detector> Swinging(CoolingUnit unit, HuntingLimits limits, Func<bool>? isExplained) => isExplained is null ? [] :
        SwingingMetrics.SelectMany(unit.Device.All).Select(output => new HuntingDetector($"{unit.Id}/{output.Series.Metric}{(output.Series.Part is { } part ? "/" + part : "")}", output, limits, isExplained));

    /// <summary>Machines of one loop share its heat balance; their detectors hear the same signals, so that they are made anew together.</summary>
    private static IEnumerable<Detector> OnLoop(List<CoolingUnit> units, List<CoolingUnit> chillers, DetectorLimits limits)
    {
        var balance = new BalanceWatch(units[0].Secondary, units.Exists(unit => unit.Kind == "immersion") ? 600 : 120, limits);
        var plant = new PlantWatch([.. chillers.Where(chiller => chiller.Secondary.Id == units[0].Primary.Id || chillers.Count == 1)]);
        var signals = units.Select(unit => new LiquidSignals(unit)).ToList();
        IReadOnlyList<Signal> inputs = [.. signals.SelectMany(one => one.All).Concat(plant.Signals).Distinct()];
        var watches = signals.Select(one => new LiquidWatch(one, balance, plant, limits)).ToList();
        foreach (var watch in watches)
        {
            balance.Add(watch);
            foreach (var detector in LiquidDetectors.Of(watch, inputs, limits).Concat(Swinging(watch.Unit, limits.Hunting, () => watch.IsExplained)))
            {
                yield return detector;
            }
        }

        if (balance.Loop.Heat.Count > 0)
        {
            yield return new BalanceDetector(balance, watches, inputs);
        }
    }
}
