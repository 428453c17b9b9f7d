namespace EdgeDcim.Simulator.Physics;

/// <summary>One coolant distribution unit at one instant. Temperatures in degC, flows in L/min, pressures in kPa, powers in W.</summary>
internal sealed record CduState(
    double HeatW, double SecondarySupply, double SecondaryReturn, double SecondaryFlow,
    double PrimarySupply, double PrimaryReturn, double PrimaryFlow, double PrimaryHeatW,
    double SupplyKpa, double ReturnKpa, double FilterInKpa, double FilterOutKpa,
    double[] PumpSpeed, double ElectricW, double AmpsMean,
    double RoomCelsius, double RoomHumidity, double RoomDewPoint,
    double Ph, double ConductivityUs, double TurbidityNtu)
{
    /// <summary>Codes of <c>pump.state</c>.</summary>
    public required int[] PumpState { get; init; }

    public required double[] PumpWatts { get; init; }

    public required double ValveCommand { get; init; }

    public required double ValvePosition { get; init; }

    public required double LevelPercent { get; init; }

    public required double MadeUpLitres { get; init; }

    public required bool TrayWet { get; init; }

    /// <summary>Coolant in the loop, kg; it changes by <see cref="MadeUpKg"/> and <see cref="LostKg"/> alone.</summary>
    public required double CoolantKg { get; init; }

    public required double LostKg { get; init; }

    public required double MadeUpKg { get; init; }

    public double Approach => SecondarySupply - PrimarySupply;
}

/// <summary>What surrounds a CDU in one step.</summary>
/// <param name="LiquidW">Heat that its racks give to their cold plates.</param>
internal readonly record struct CduSurroundings(double LiquidW, double FacilityCelsius, double RoomCelsius, double RoomDewPoint, double LineVolts);

/// <summary>Cold-plate CDU: takes the liquid share of the racks' heat over a plate exchanger into the facility water.</summary>
internal sealed class CduModel(string id, ulong seed)
{
    public const double ValveFullLitres = 300;

    private const double TargetSecondaryKelvin = 10;
    private const double TargetPrimaryKelvin = 8;
    private const double NominalFlow = 150;
    private const double NominalConductance = 24_000;
    private const double PlatesKpa = 118;
    private const double FilterKpa = 14;

    private static readonly Pump Inverter = new(RatedFlow: 130, RatedWatts: 2600, RatedHeadKpa: 260, StandbyWatts: 35);

    // Chosen so that two pumps at full speed give twice the rated flow through a clean loop.
    private readonly PumpGroup _pumps = new(Inverter, stallKpa: 520, curve: (520 - ((PlatesKpa + FilterKpa) * 260 * 260 / (NominalFlow * NominalFlow))) / (130.0 * 130.0));
    private readonly CoolantLoop _coolant = new();
    private readonly HeatLag _plates = new(25);
    private readonly SmoothNoise _quality = new(seed, 1, 3600);
    private readonly SmoothNoise _bubbles = new(seed + 7, 1, 1.5);
    private double _valve;

    public CduState? Now { get; private set; }

    /// <summary>Heat waiting in cold plates and coolant, J.</summary>
    public double StoredJ => _plates.StoredJ;

    public CduState Step(in CduSurroundings around, Faults faults, double at, double seconds)
    {
        double Size(FaultKind kind) => faults.Size(kind, id, at);

        // Two of three pumps share the flow; below 35 % speed the seals would run dry.
        var bypass = Size(FaultKind.Bypass) / 100;
        var wanted = Math.Clamp(Coolant.Pg25.FlowFor(Math.Max(0, _plates.OutW), TargetSecondaryKelvin), 0.7 * Inverter.RatedFlow, 2 * Inverter.RatedFlow);
        var gas = Size(FaultKind.Air) / 100;
        var tremble = gas <= 0 ? 0 : gas * _bubbles.Step(seconds);
        var head = Math.Max(0.1, (1 - (Size(FaultKind.PumpWear) / 100)) * (1 - (3 * gas) - (2 * tremble)));
        var plates = PlatesKpa * (1 + (Size(FaultKind.PlateClog) / 100)) * (1 - bypass) * (1 - bypass) / (NominalFlow * NominalFlow);
        var filter = FilterKpa * (1 + (Size(FaultKind.FilterClog) / 100)) / (NominalFlow * NominalFlow);
        _pumps.Step(wanted / (1 - bypass), plates + filter, head, (int)Size(FaultKind.PumpTrip), seconds);
        var flow = _pumps.Flow;

        var heat = _plates.Step(around.LiquidW, seconds, Math.Clamp(Math.Pow(NominalFlow / flow, 0.8), 0.5, 80));
        var electric = _pumps.Watts.Sum() + 90;
        var primaryHeat = heat + electric;
        var command = 100 * Math.Max(20, Coolant.Water.FlowFor(primaryHeat, TargetPrimaryKelvin)) / ValveFullLitres;
        command = Math.Clamp(command + (Size(FaultKind.Hunting) * Math.Sin(2 * Math.PI * at / 150)), 3, 100);
        var aim = faults.Active(FaultKind.ValveStuck, id, at)?.Size ?? command;
        _valve = _valve <= 0 ? aim : _valve + ((aim - _valve) * Math.Min(1, seconds / 20));
        var primaryFlow = Math.Max(4, _valve / 100 * ValveFullLitres);

        // Plate conductance grows with about the 0.6th power of the flow (turbulent films on both sides).
        var conductance = NominalConductance * Math.Pow(flow / NominalFlow, 0.6) * (1 - (Size(FaultKind.Fouling) / 100));
        var hot = Coolant.Pg25.WattsPerLitreMinuteKelvin * flow;
        var cold = Coolant.Water.WattsPerLitreMinuteKelvin * primaryFlow;
        var t = HeatExchanger.Solve(primaryHeat, hot, cold, around.FacilityCelsius, conductance);

        // The pump sits in the supply: what comes back from the racks is warmer by the racks' heat alone.
        var supply = t.HotOut;
        var back = supply + Coolant.Pg25.KelvinFor(heat, flow);
        _coolant.Step((supply + back) / 2, Size(FaultKind.Leak), faults.Size(FaultKind.Leak, id + "/tray", at), seconds);

        var squared = flow * flow;
        var filterOut = _coolant.StaticKpa + (plates * squared);
        var drift = _quality.Step(seconds);
        var dirt = Size(FaultKind.Contamination);
        Now = new(
            heat, supply, back, flow, around.FacilityCelsius, t.ColdOut, primaryFlow, primaryHeat,
            filterOut, _coolant.StaticKpa, filterOut + (filter * squared), filterOut,
            _pumps.Percent, electric, electric / (3 * around.LineVolts * 0.92),
            around.RoomCelsius, Air.RelativeHumidity(around.RoomCelsius, around.RoomDewPoint), around.RoomDewPoint,
            8.4 + (0.02 * drift) - (dirt / 500), 1850 + (6 * drift) + dirt, 1.2 + (0.05 * drift) + (dirt / 100))
        {
            PumpState = _pumps.States,
            PumpWatts = _pumps.Watts,
            ValveCommand = command,
            ValvePosition = _valve,
            LevelPercent = _coolant.LevelPercent,
            MadeUpLitres = _coolant.MadeUpLitres,
            TrayWet = _coolant.TrayWet,
            CoolantKg = _coolant.Kg,
            LostKg = _coolant.LostKg,
            MadeUpKg = _coolant.MadeUpKg,
        };
        return Now;
    }
}
