using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies.Model;

/// <summary>Liquid that goes round, with the signals that heat it.</summary>
/// <param name="Config">What the facility file says, or what is taken where it says nothing.</param>
/// <param name="Heat">Signals in W that end as heat here; those that are known already.</param>
internal sealed record CoolingLoop(LoopConfig Config, IReadOnlyList<Signal> Heat)
{
    public string Id => Config.Id;

    public Coolant Coolant => Config.Coolant;
}

/// <summary>One machine of the cooling with its signals and its loops.</summary>
/// <param name="Primary">The loop that takes the heat away.</param>
/// <param name="Secondary">The loop that brings the heat.</param>
internal sealed record CoolingUnit(UnitConfig Config, KnownDevice Device, CoolingLoop Primary, CoolingLoop Secondary)
{
    public string Id => Config.Id;

    public string Kind => Config.Kind;

    /// <summary>The heat meter in its primary branch; null when it has none of its own.</summary>
    public KnownDevice? Meter { get; init; }

    /// <summary>The signal of a metric of this machine; see <see cref="KnownDevice.Find"/>.</summary>
    public Signal? Find(string metric, params ReadOnlySpan<string?> parts) => Device.Find(metric, parts);

    /// <summary>Supply, return, flow and pressures of the side towards the facility. A chiller's primary side is its condenser.</summary>
    public LoopSide PrimarySide => Meter is not null ? new(Meter, Primary, [null]) : new(Device, Primary, Kind == "chiller" ? ["condenser", "primary"] : ["primary", "facility", "water"]);

    /// <summary>The side towards the load: the technology loop, the bath, the chilled water. Devices with one side only have no part.</summary>
    public LoopSide SecondarySide => new(Device, Secondary, Kind == "chiller" ? ["evaporator", "secondary", null] : ["secondary", "technology", "tank", null]);
}

/// <summary>One side of a machine: the signals of the loop where it passes there.</summary>
internal sealed class LoopSide(KnownDevice device, CoolingLoop loop, params string?[] parts)
{
    public CoolingLoop Loop => loop;

    public Coolant Coolant => loop.Coolant;

    public Signal? Supply => device.Find("temperature.supply", parts);

    public Signal? Return => device.Find("temperature.return", parts);

    public Signal? Flow => device.Find("flow", parts);

    public Signal? SupplyPressure => device.Find("pressure.supply", parts);

    public Signal? ReturnPressure => device.Find("pressure.return", parts);

    public Signal? DeltaPressure => device.Find("pressure.delta", parts);
}

/// <summary>
/// The cooling of the site as detectors see it: machines between loops. What the facility file does not say is derived from the kinds of the
/// devices: each machine then stands between loops of its own, with water on both sides (an immersion tank: oil in the bath).
/// </summary>
internal sealed class CoolingModel
{
    private static readonly string[] CoolingKinds = ["cdu", "immersion", "chiller", "cooling_tower", "crac", "in_row", "pump", "cooling_loop"];

    private CoolingModel(IReadOnlyList<KnownDevice> devices, IReadOnlyList<CoolingLoop> loops, IReadOnlyList<CoolingUnit> units) =>
        (Devices, Loops, Units) = (devices, loops, units);

    public static CoolingModel Empty { get; } = new([], [], []);

    /// <summary>Every device of the site, cooling or not, in the order of their ids.</summary>
    public IReadOnlyList<KnownDevice> Devices { get; }

    /// <summary>The loops of the facility file and those derived.</summary>
    public IReadOnlyList<CoolingLoop> Loops { get; }

    /// <summary>Machines whose device is known, in the order of their ids.</summary>
    public IReadOnlyList<CoolingUnit> Units { get; }

    /// <summary>What the site says of the detectors' limits.</summary>
    public DetectorLimits Limits { get; private init; } = DetectorLimits.Default;

    public static CoolingModel Build(CoolingConfig? config, SignalTable signals, DetectorLimits? limits = null)
    {
        var loops = (config?.Loops ?? []).ToDictionary(
            loop => loop.Id, loop => new CoolingLoop(loop, [.. loop.Heat.Select(signals.Find).OfType<Signal>()]), StringComparer.Ordinal);
        var units = new SortedDictionary<string, CoolingUnit>(StringComparer.Ordinal);
        foreach (var unit in config?.Units ?? [])
        {
            if (signals.Device(unit.Device) is { } device)
            {
                units[unit.Id] = new CoolingUnit(unit, device, LoopOf(loops, unit, unit.Primary, "primary"), LoopOf(loops, unit, unit.Secondary, "secondary"))
                {
                    Meter = unit.Meter is { } meter ? signals.Device(meter) : null,
                };
            }
        }

        var taken = (config?.Units ?? []).Select(unit => unit.Device).ToHashSet(StringComparer.Ordinal);
        foreach (var device in signals.Devices.Where(device => CoolingKinds.Contains(device.Kind) && !taken.Contains(device.Id)))
        {
            var unit = new UnitConfig(device.Id, device.Kind, device.Id, null, null, null, null, null);
            units[unit.Id] = new CoolingUnit(unit, device, LoopOf(loops, unit, null, "primary"), LoopOf(loops, unit, null, "secondary"));
        }

        return new CoolingModel([.. signals.Devices], [.. loops.Values.OrderBy(loop => loop.Id, StringComparer.Ordinal)], [.. units.Values]) { Limits = limits ?? DetectorLimits.Default };
    }

    private static CoolingLoop LoopOf(Dictionary<string, CoolingLoop> loops, UnitConfig unit, string? id, string side)
    {
        id ??= $"{unit.Id}/{side}";
        if (!loops.TryGetValue(id, out var loop))
        {
            var fluid = unit.Kind == "immersion" && side == "secondary" ? new Coolant(Fluid.Hydrocarbon) : Coolant.Water;
            loop = new CoolingLoop(new LoopConfig(id, fluid, null, [], [], 1, null), []);
            loops.Add(id, loop);
        }

        return loop;
    }
}
