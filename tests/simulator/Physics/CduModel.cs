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
    public double Approach => SecondarySupply - PrimarySupply;
}

/// <summary>Cold-plate CDU: takes the liquid share of the racks' heat over a plate exchanger into the facility water.</summary>
internal sealed class CduModel(ulong seed)
{
    private const double TargetSecondaryKelvin = 10;
    private const double TargetPrimaryKelvin = 8;
    private const double NominalFlow = 150;
    private const double NominalConductance = 24_000;

    private static readonly Pump Inverter = new(RatedFlow: 130, RatedWatts: 2600, RatedHeadKpa: 260, StandbyWatts: 35);

    private readonly HeatLag _plates = new(25);
    private readonly SmoothNoise _quality = new(seed, 1, 3600);
    private double _secondaryFlow;
    private double _primaryFlow;

    public CduState? Now { get; private set; }

    /// <summary>Heat waiting in cold plates and coolant, J.</summary>
    public double StoredJ => _plates.StoredJ;

    public CduState Step(double rackLiquidW, double facilityCelsius, double roomCelsius, double roomDewPoint, double lineVolts, double seconds)
    {
        var heat = _plates.Step(rackLiquidW, seconds);

        // Two of three pumps share the flow; below 35 % speed the seals would run dry.
        var wanted = Math.Clamp(Coolant.Pg25.FlowFor(heat, TargetSecondaryKelvin), 0.7 * Inverter.RatedFlow, 2 * Inverter.RatedFlow);
        _secondaryFlow = Approach(_secondaryFlow, wanted, 15, seconds);
        var speed = Inverter.SpeedFor(_secondaryFlow / 2);
        var electric = (2 * Inverter.WattsAt(speed)) + Inverter.StandbyWatts + 90;
        var pumpHeat = electric;
        var primaryHeat = heat + pumpHeat;

        var wantedPrimary = Coolant.Water.FlowFor(primaryHeat, TargetPrimaryKelvin);
        _primaryFlow = Approach(_primaryFlow, Math.Max(20, wantedPrimary), 20, seconds);

        // Plate conductance grows with about the 0.6th power of the flow (turbulent films on both sides).
        var conductance = NominalConductance * Math.Pow(_secondaryFlow / NominalFlow, 0.6);
        var hot = Coolant.Pg25.WattsPerLitreMinuteKelvin * _secondaryFlow;
        var cold = Coolant.Water.WattsPerLitreMinuteKelvin * _primaryFlow;
        var t = HeatExchanger.Solve(primaryHeat, hot, cold, facilityCelsius, conductance);

        // The pump sits in the supply: what comes back from the racks is warmer by the racks' heat alone.
        var supply = t.HotOut;
        var back = supply + Coolant.Pg25.KelvinFor(heat, _secondaryFlow);

        var squared = (_secondaryFlow / NominalFlow) * (_secondaryFlow / NominalFlow);
        const double ReturnKpa = 145;
        var filterOut = ReturnKpa + (118 * squared);
        var filterIn = filterOut + (14 * squared);
        var drift = _quality.Step(seconds);

        Now = new(
            heat, supply, back, _secondaryFlow, facilityCelsius, t.ColdOut, _primaryFlow, primaryHeat,
            filterOut, ReturnKpa, filterIn, filterOut,
            [100 * speed, 100 * speed, 0], electric, electric / (3 * lineVolts * 0.92),
            roomCelsius, Air.RelativeHumidity(roomCelsius, roomDewPoint), roomDewPoint,
            8.4 + (0.02 * drift), 1850 + (6 * drift), 1.2 + (0.05 * drift));
        return Now;
    }

    private static double Approach(double value, double target, double tau, double seconds) =>
        value <= 0 ? target : value + ((target - value) * Math.Min(1, seconds / tau));
}
