namespace EdgeDcim.Simulator.Physics;

/// <summary>One room unit at one instant. degC, %, W.</summary>
/// <param name="HeatingPercent">Reheat; nothing in a sound hall.</param>
internal sealed record CracState(
    double Supply, double Return, double Humidity, double FanPercent, double CoolingPercent, double HeatingPercent, bool Humidifying, bool Drying);

/// <summary>The room at one instant: units, and the air that each rack takes in and gives out.</summary>
/// <param name="ReheatW">Electrical heat that one unit puts in and the other must take out again.</param>
internal sealed record AirState(
    IReadOnlyList<CracState> Cracs, double[] RackInlet, double[] RackExhaust, double Celsius, double DewPoint, double ReheatW);

/// <summary>The air of the room: two units share the heat that liquid does not take, and racks breathe what they blow out when the aisle leaks.</summary>
internal sealed class AirSide(ulong seed)
{
    public const double SupplyCelsius = 20;
    public const double ReheatFullW = 9_000;

    private const double RackKelvin = 12;
    private const double UnitCapacityW = 90_000;
    private const double AirJPerM3Kelvin = 1_200;

    private readonly SmoothNoise[] _inlet = [new(seed + 1, 0.15, 300), new(seed + 2, 0.15, 300), new(seed + 3, 0.15, 300)];
    private readonly SmoothNoise _room = new(seed + 4, 0.2, 1800);
    private readonly SmoothNoise _dew = new(seed + 5, 0.3, 7200);

    /// <param name="heatW">Heat in the room's air, W.</param>
    public AirState Step(double heatW, Faults faults, double at, double seconds)
    {
        var reheat = Math.Min(ReheatFullW, faults.Size(FaultKind.CracFighting, "crac-1", at) * 1000);
        var cracs = new CracState[2];
        for (var i = 0; i < 2; i++)
        {
            var heat = (0.5 * heatW) + (i == 1 ? reheat : 0);
            var load = Math.Clamp(heat / UnitCapacityW, 0.05, 1);
            var swing = faults.Size(FaultKind.Hunting, $"crac-{i + 1}", at) * Math.Sin(2 * Math.PI * at / 120);
            var fan = Math.Clamp(35 + (65 * load) + swing, 20, 100);

            // 30 000 m3/h at full fan.
            var air = fan / 100 * 30_000 / 3600;
            var supply = SupplyCelsius + (i == 0 ? reheat / (air * AirJPerM3Kelvin) : 0);
            cracs[i] = new(
                supply, SupplyCelsius + (heat / (air * AirJPerM3Kelvin)), 45, fan, 100 * load,
                i == 0 ? 100 * reheat / ReheatFullW : 0, i == 0 && reheat > 0, i == 1 && reheat > 0);
        }

        var mean = (cracs[0].Supply + cracs[1].Supply) / 2;
        var inlet = new double[3];
        var exhaust = new double[3];
        for (var i = 0; i < 3; i++)
        {
            // A share r of the inlet air is the rack's own exhaust: inlet = supply + ΔT · r / (1 − r).
            var share = Math.Min(0.6, faults.Size(FaultKind.Recirculation, $"rack-{i + 1}", at) / 100);
            inlet[i] = mean + 1.5 + _inlet[i].Step(seconds) + (RackKelvin * share / (1 - share));
            exhaust[i] = inlet[i] + RackKelvin;
        }

        return new(
            cracs, inlet, exhaust, 24.5 + _room.Step(seconds),
            9.5 + _dew.Step(seconds) + faults.Size(FaultKind.Condensation, "room", at), reheat);
    }
}
