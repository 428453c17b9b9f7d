namespace EdgeDcim.Simulator.Physics;

/// <summary>The immersion tank at one instant. degC, L/min, kPa, W.</summary>
internal sealed record TankState(
    double HeatW, double FluidTop, double FluidBottom, double FluidFlow,
    double PrimarySupply, double PrimaryReturn, double PrimaryFlow, double PrimaryHeatW,
    double PrimaryInKpa, double PrimaryFilterOutKpa, double PrimaryOutKpa, double SecondarySupplyKpa, double SecondaryReturnKpa,
    double[] PumpPercent, double FanPercent, double SetCelsius, double SetFlow, double LevelPercent, double ElectricW)
{
    /// <summary>Oil in the tank, kg; it changes by <see cref="LostKg"/> alone.</summary>
    public required double OilKg { get; init; }

    public required double LostKg { get; init; }

    /// <summary>Below this the float switch of the controller says low.</summary>
    public bool IsLow => LevelPercent < 88;
}

/// <summary>Single-phase immersion tank: all heat of its servers goes into oil, over an exchanger into the facility water.</summary>
internal sealed class TankModel
{
    /// <summary>Litres that one percent of level holds.</summary>
    public const double LitresPerPercent = 9;

    /// <summary>Volume expansion of hydrocarbon oil, 1/K.</summary>
    public const double ExpansionPerKelvin = 8.0e-4;

    private const string Id = "tank-1";
    private const double SetCelsius = 40;
    private const double Conductance = 6_500;
    private const double DensityAt40 = 0.82;
    private const double Litres = 900;
    private const double NominalLevel = 96.5;
    private const double FullSpeed = 0.62;

    private static readonly Pump Circulation = new(RatedFlow: 260, RatedWatts: 1500, RatedHeadKpa: 120, StandbyWatts: 30);

    // Some 900 L of oil: minutes until the heat is seen in the water.
    private readonly HeatLag _oil = new(400);
    private readonly double[] _speed = [FullSpeed, FullSpeed];
    private double _primaryFlow;
    private double _meanCelsius;
    private double _kg;
    private double _lostKg;
    private double _nominalLitres;

    public TankState? Now { get; private set; }

    public double StoredJ => _oil.StoredJ;

    public TankState Step(double itWatts, double facilityCelsius, Faults faults, double at, double seconds)
    {
        var lost = (int)faults.Size(FaultKind.PumpTrip, Id, at);
        for (var i = 0; i < 2; i++)
        {
            var aim = i < lost ? 0 : FullSpeed;
            _speed[i] = lost == 0 && _speed[i] >= FullSpeed ? FullSpeed : _speed[i] + ((aim - _speed[i]) * (1 - Math.Exp(-seconds / 2)));
        }

        var flow = Math.Max(8, Circulation.RatedFlow * (_speed[0] + _speed[1]));
        var heat = _oil.Step(itWatts, seconds, Math.Clamp(2 * Circulation.RatedFlow * FullSpeed / flow, 1, 40));
        var electric = Circulation.WattsAt(_speed[0]) + Circulation.WattsAt(_speed[1]) + 160;
        var primaryHeat = heat + electric;

        // The valve follows the heat; facility water leaves ten kelvin warmer.
        var wanted = Math.Max(8, Coolant.Water.FlowFor(primaryHeat, 10));
        _primaryFlow = _primaryFlow <= 0 ? wanted : _primaryFlow + ((wanted - _primaryFlow) * Math.Min(1, seconds / 30));

        var hot = Coolant.ImmersionOil.WattsPerLitreMinuteKelvin * flow;
        var cold = Coolant.Water.WattsPerLitreMinuteKelvin * _primaryFlow;
        var conductance = Conductance * (1 - (faults.Size(FaultKind.Fouling, Id, at) / 100));
        var t = HeatExchanger.Solve(primaryHeat, hot, cold, facilityCelsius, conductance);
        StepOil((t.HotIn + t.HotOut) / 2, faults.Size(FaultKind.Leak, Id, at), seconds);
        var density = Density();
        var secondaryDrop = Circulation.HeadAt(_speed.Max());
        Now = new(
            heat, t.HotIn, t.HotOut, flow, facilityCelsius, t.ColdOut, _primaryFlow, primaryHeat,
            260, 260 - (0.0008 * _primaryFlow * _primaryFlow), 260 - (0.00375 * _primaryFlow * _primaryFlow), 70 + secondaryDrop, 70,
            [100 * _speed[0], 100 * _speed[1]], 45, SetCelsius, 320,
            Math.Clamp(NominalLevel + (((_kg / density) - _nominalLitres) / LitresPerPercent), 0, 105), electric)
        {
            OilKg = _kg,
            LostKg = _lostKg,
        };
        return Now;
    }

    private void StepOil(double meanCelsius, double leak, double seconds)
    {
        var first = _kg <= 0;
        _meanCelsius = first ? meanCelsius : _meanCelsius + ((meanCelsius - _meanCelsius) * Math.Min(1, seconds / 400));
        if (first)
        {
            _nominalLitres = Litres;
            _kg = Litres * Density();
        }

        var lost = leak / 3600 * seconds * Density();
        _kg -= lost;
        _lostKg += lost;
    }

    private double Density() => DensityAt40 * (1 - (ExpansionPerKelvin * (_meanCelsius - 40)));
}
