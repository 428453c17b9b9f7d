namespace EdgeDcim.Simulator.Physics;

/// <summary>Weather at one instant: degC, percent.</summary>
internal sealed record Weather(double DryBulb, double DewPoint, double WetBulb)
{
    public double Humidity => Air.RelativeHumidity(DryBulb, DewPoint);
}

/// <summary>Chiller plant, facility loop and tower at one instant. degC, L/min, kPa, W, L/h.</summary>
internal sealed record PlantState(
    double Supply, double Return, double SetPoint, double Flow, double HeatW, double MechanicalHeatW,
    double FreeCoolingPercent, double CompressorPercent, double CompressorW, double Cop,
    double FacilityPumpW, double AirHandlerW, double CondenserPumpW, double TowerFanW,
    double CondenserIn, double CondenserOut, double HeadKpa,
    double RejectedW, double DryW, double EvaporationLitresPerHour, double MakeUpLitresPerHour)
{
    public double ElectricW => FacilityPumpW + AirHandlerW + CompressorW + CondenserPumpW + TowerFanW;
}

/// <summary>Makes the facility water and gets rid of its heat: free cooling first, a compressor for the rest, a hybrid tower behind.</summary>
internal sealed class CoolingPlant
{
    public const double SetPoint = 16;
    private const double CondenserKelvin = 6;
    private const double MechanicalCapacityW = 420_000;

    // Bleed keeps the salt at six times that of the make-up water: blow-down = evaporation / (cycles - 1).
    private const double CyclesOfConcentration = 6;

    private static readonly Pump Facility = new(RatedFlow: 760, RatedWatts: 11_000, RatedHeadKpa: 260, StandbyWatts: 150);
    private static readonly Pump Condenser = new(RatedFlow: 1150, RatedWatts: 11_000, RatedHeadKpa: 180, StandbyWatts: 120);

    // Some 2 500 L of facility water.
    private const double LoopJPerKelvin = 2_500 * 0.998 * 4180;

    private double _rejectedBefore = 350_000;

    /// <summary>Heat in the facility water above the set point, J: what the chiller could not take.</summary>
    public double StoredJ { get; private set; }

    /// <summary>Facility water that goes to CDUs, tank and air handlers, degC.</summary>
    public double SupplyCelsius => SetPoint + (StoredJ / LoopJPerKelvin);

    /// <param name="coldPlateAndTankW">Heat that CDUs and tank give to the facility water.</param>
    /// <param name="airW">Heat in the room's air, fans of the air handlers not yet counted.</param>
    /// <param name="reheatW">Electrical reheat in the air handlers, not yet in <paramref name="airW"/>.</param>
    /// <param name="lost">Share of the compressor capacity that is lost.</param>
    public PlantState Step(double coldPlateAndTankW, double primaryFlow, double airW, double reheatW, Weather weather, double lost, double seconds)
    {
        var airHandlers = 3_200 + (7_400 * Math.Pow(Math.Min(1.3, airW / 95_000), 3)) + reheatW;
        var airFlow = Coolant.Water.FlowFor(airW + airHandlers, 8);
        var flow = primaryFlow + airFlow;
        var facilityPump = Facility.WattsAt(Facility.SpeedFor(flow));
        var heat = coldPlateAndTankW + airW + airHandlers + facilityPump;
        var supply = SupplyCelsius;
        var back = supply + Coolant.Water.KelvinFor(heat, flow);

        // Tower water comes as near to the wet bulb as the load allows: 6 K at 450 kW; below 12 degC the tower idles.
        var towerWater = Math.Max(12, weather.WetBulb + 2 + (4 * _rejectedBefore / 450_000));
        const double ExchangerApproach = 1.5;
        var free = Math.Clamp((back - towerWater - ExchangerApproach) / (back - SetPoint), 0, 1);

        // Warm water is brought back to its set point within minutes; what the compressor cannot take stays in it.
        var demand = heat + (StoredJ / 240);
        var mechanical = Math.Min(demand * (1 - free), 1.3 * MechanicalCapacityW * (1 - lost));
        var removed = (demand * free) + mechanical;
        StoredJ = lost <= 0 && StoredJ < 1 && removed >= demand * (1 - 1e-12) ? 0 : StoredJ + ((heat - removed) * seconds);

        var load = mechanical / MechanicalCapacityW;
        var cop = CopAt(load, SetPoint - 2.5 + 273.15, towerWater + CondenserKelvin + 2.5 + 273.15);
        var compressor = mechanical / cop;

        // Heat of the condenser pump warms the water it moves; its flow follows the heat at a fixed range.
        var condenserFlow = Coolant.Water.FlowFor(removed + compressor, CondenserKelvin);
        var condenserPump = Condenser.WattsAt(Condenser.SpeedFor(condenserFlow));
        var rejected = removed + compressor + condenserPump;
        var condenserOut = towerWater + Coolant.Water.KelvinFor(rejected, condenserFlow);
        _rejectedBefore = rejected;

        // The dry coil ahead of the wet deck saves water; its effectiveness is 0.3.
        var dry = rejected * Math.Clamp(0.3 * (condenserOut - weather.DryBulb) / (condenserOut - towerWater), 0, 0.9);
        var wet = rejected - dry;

        // Air leaves the wet deck saturated, one kelvin below the entering water: heat fixes the air, air fixes the evaporation.
        var outdoorRatio = Air.HumidityRatio(weather.DewPoint);
        var leaving = condenserOut - 1;
        var leavingRatio = Air.HumidityRatio(leaving);
        var airKg = wet / 1000 / (Air.Enthalpy(leaving, leavingRatio) - Air.Enthalpy(weather.DryBulb, outdoorRatio));
        var evaporation = Math.Max(0, airKg * (leavingRatio - outdoorRatio)) * 3600;
        var fan = 900 + (10_500 * Math.Pow(Math.Min(1.2, airKg / 11), 3));

        return new(
            supply, back, SetPoint, flow, heat, mechanical,
            100 * free, lost < 1 ? 100 * load / (1 - lost) : 0, compressor, compressor > 1 ? mechanical / compressor : 0,
            facilityPump, airHandlers, condenserPump, fan,
            towerWater, condenserOut, HeadPressureKpa(towerWater + CondenserKelvin + 2.5),
            rejected, dry, evaporation, evaporation * CyclesOfConcentration / (CyclesOfConcentration - 1));
    }

    // Carnot between evaporation and condensation, times a machine efficiency that peaks near 70 % load. A screw compressor
    // needs some 18 K of lift for its oil, however cool the tower is.
    private static double CopAt(double load, double evaporationK, double condensationK)
    {
        var lift = Math.Max(18, condensationK - evaporationK);
        var machine = 0.47 - (0.22 * (load - 0.7) * (load - 0.7));
        return machine * evaporationK / lift;
    }

    // R134a saturation pressure, gauge, fitted between 20 and 50 degC (571 kPa at 20, 1318 kPa at 50, absolute).
    private static double HeadPressureKpa(double celsius) => (571.7 * Math.Exp(0.0279 * (celsius - 20))) - 101.3;
}
