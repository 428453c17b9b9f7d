using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>The air of the room: units that work against each other, and racks that breathe their own exhaust.</summary>
internal static class RoomDetectors
{
    private static readonly string[] RoomUnits = ["crac", "in_row"];

    public static bool IsRoomUnit(CoolingUnit unit) => RoomUnits.Contains(unit.Kind);

    public static IEnumerable<Detector> Of(CoolingModel model)
    {
        foreach (var room in model.Units.Where(IsRoomUnit).GroupBy(unit => unit.Config.Room ?? ""))
        {
            var units = room.SelectMany(AirUnit.Of).ToList();
            if (units.Count > 1 && units.Exists(unit => unit.CanOppose))
            {
                yield return Fighting(room.Key.Length > 0 ? room.Key : "room", units);
            }
        }

        var supplies = model.Units.Where(IsRoomUnit).SelectMany(AirUnit.Of).Select(unit => unit.Supply).OfType<Signal>().ToList();
        foreach (var device in model.Devices)
        {
            foreach (var inlet in device.All("temperature.inlet"))
            {
                yield return new InletDetector(inlet, supplies, model.Limits.Inlet);
            }
        }
    }

    private static StateDetector Fighting(string room, List<AirUnit> units) => new(
        "crac_fighting", room, "no unit heats or humidifies while another cools or dries", new HysteresisLimits(1, 0.5, 600_000, 600_000),
        [.. units.SelectMany(unit => unit.Signals).Distinct()],
        moment =>
        {
            foreach (var unit in units)
            {
                unit.Update(moment);
            }

            return units.Exists(a => a.Heats && units.Exists(b => b != a && b.Cools)) || units.Exists(a => a.Humidifies && units.Exists(b => b != a && b.Dries)) ? 1 : 0;
        },
        _ => new("crac_fighting", 0.9, string.Join("; ", units.Where(unit => unit.Does.Length > 0).Select(unit => $"{unit.Name} {unit.Does}"))));
}

/// <summary>One room unit as what it does to the air. A gateway that speaks for several has a part for each.</summary>
internal sealed class AirUnit
{
    private readonly Signal? heating;
    private readonly Signal? cooling;
    private readonly Signal? humidifying;
    private readonly Signal? drying;
    private readonly Signal? humidifierMode;
    private readonly Signal? dryerMode;
    private readonly Signal? mode;

    private AirUnit(KnownDevice device, string? part)
    {
        string?[] Part(string? suffix) => [part is null ? suffix : suffix is null ? part : $"{part}/{suffix}"];
        Name = part is null ? device.Id : $"{device.Id}/{part}";
        Supply = device.Find("temperature.supply", Part("air"));
        heating = device.Find("heating.output", Part(null));
        cooling = device.Find("cooling.output", Part(null)) ?? device.Find("valve.position", [.. Part(null), .. Part("1")]);
        humidifying = device.Find("humidification.output", Part(null));
        drying = device.Find("dehumidification.output", Part(null));
        mode = device.Find("cooling.mode", Part(null));
        humidifierMode = device.Find("cooling.mode", Part("humidifier"));
        dryerMode = device.Find("cooling.mode", Part("dehumidifier"));
        Signals = [.. new[] { Supply, heating, cooling, humidifying, drying, mode, humidifierMode, dryerMode }.OfType<Signal>()];
    }

    public string Name { get; }

    public Signal? Supply { get; }

    public IReadOnlyList<Signal> Signals { get; }

    /// <summary>It tells whether it heats, humidifies or dries.</summary>
    public bool CanOppose => heating is not null || humidifying is not null || humidifierMode is not null || mode is not null;

    public bool Heats { get; private set; }

    public bool Cools { get; private set; }

    public bool Humidifies { get; private set; }

    public bool Dries { get; private set; }

    public string Does => string.Join(", ", new[] { (Heats, "heats"), (Cools, "cools"), (Humidifies, "humidifies"), (Dries, "dries") }.Where(one => one.Item1).Select(one => one.Item2));

    public static IEnumerable<AirUnit> Of(CoolingUnit unit)
    {
        var parts = unit.Device.All("temperature.supply").Select(signal => signal.Series.Part)
            .Where(part => part is not null && part.EndsWith("/air", StringComparison.Ordinal)).Select(part => part![..^"/air".Length]).Distinct().ToList();
        return parts.Count > 0 ? parts.Select(part => new AirUnit(unit.Device, part)) : [new AirUnit(unit.Device, null)];
    }

    public void Update(in Moment moment)
    {
        const double Works = 5, CodeCooling = 3, CodeDrying = 6, CodeHeating = 7, CodeHumidifying = 8;
        var now = moment.NowMs;
        var does = LiquidSignals.Live(mode, now);
        Heats = LiquidSignals.Live(heating, now) > Works || does == CodeHeating;
        Cools = LiquidSignals.Live(cooling, now) > 4 * Works || does == CodeCooling;
        Humidifies = LiquidSignals.Live(humidifying, now) > Works || does == CodeHumidifying || LiquidSignals.Live(humidifierMode, now) == CodeHumidifying;
        Dries = LiquidSignals.Live(drying, now) > Works || does == CodeDrying || LiquidSignals.Live(dryerMode, now) == CodeDrying;
    }
}
