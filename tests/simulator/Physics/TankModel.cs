namespace EdgeDcim.Simulator.Physics;

/// <summary>The immersion tank at one instant. degC, L/min, kPa, W.</summary>
internal sealed record TankState(
    double HeatW, double FluidTop, double FluidBottom, double FluidFlow,
    double PrimarySupply, double PrimaryReturn, double PrimaryFlow, double PrimaryHeatW,
    double PrimaryInKpa, double PrimaryFilterOutKpa, double PrimaryOutKpa, double SecondarySupplyKpa, double SecondaryReturnKpa,
    double[] PumpPercent, double FanPercent, double SetCelsius, double SetFlow, double LevelPercent, double ElectricW);

/// <summary>Single-phase immersion tank: all heat of its servers goes into oil, over an exchanger into the facility water.</summary>
internal sealed class TankModel
{
    private const double SetCelsius = 40;
    private const double Conductance = 6_500;

    private static readonly Pump Circulation = new(RatedFlow: 260, RatedWatts: 1500, RatedHeadKpa: 120, StandbyWatts: 30);

    // Some 900 L of oil: minutes until the heat is seen in the water.
    private readonly HeatLag _oil = new(400);
    private double _primaryFlow;

    public TankState? Now { get; private set; }

    public double StoredJ => _oil.StoredJ;

    public TankState Step(double itWatts, double facilityCelsius, double seconds)
    {
        var heat = _oil.Step(itWatts, seconds);
        const double Speed = 0.62;
        var flow = 2 * Circulation.RatedFlow * Speed;
        var electric = (2 * Circulation.WattsAt(Speed)) + 160;
        var primaryHeat = heat + electric;

        // The valve follows the heat; facility water leaves ten kelvin warmer.
        var wanted = Math.Max(8, Coolant.Water.FlowFor(primaryHeat, 10));
        _primaryFlow = _primaryFlow <= 0 ? wanted : _primaryFlow + ((wanted - _primaryFlow) * Math.Min(1, seconds / 30));

        var hot = Coolant.ImmersionOil.WattsPerLitreMinuteKelvin * flow;
        var cold = Coolant.Water.WattsPerLitreMinuteKelvin * _primaryFlow;
        var t = HeatExchanger.Solve(primaryHeat, hot, cold, facilityCelsius, Conductance);
        var secondaryDrop = Circulation.HeadAt(Speed);
        Now = new(
            heat, t.HotIn, t.HotOut, flow, facilityCelsius, t.ColdOut, _primaryFlow, primaryHeat,
            260, 260 - (0.0008 * _primaryFlow * _primaryFlow), 260 - (0.00375 * _primaryFlow * _primaryFlow), 70 + secondaryDrop, 70,
            [100 * Speed, 100 * Speed], 45, SetCelsius, 320, 96.5, electric);
        return Now;
    }
}
