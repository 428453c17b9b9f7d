namespace EdgeDcim.Simulator.Physics;

/// <summary>How a day goes: computing, people and weather.</summary>
internal static class DayCurve
{
    /// <summary>IT load as a share of its peak: a trough at five in the morning, a plateau from ten to twenty.</summary>
    public static double Load(double hour) =>
        0.86 + (0.10 * Math.Cos(2 * Math.PI * (hour - 15.5) / 24)) + (0.03 * Math.Cos(4 * Math.PI * (hour - 11) / 24));

    /// <summary>People in the building, 0 to 1, with soft edges at seven and nineteen.</summary>
    public static double Presence(double hour) =>
        1 / (1 + Math.Exp(-4 * (hour - 7.5))) / (1 + Math.Exp(4 * (hour - 18.5)));

    /// <summary>Outdoor dry bulb, degC: warmest at half past three in the afternoon.</summary>
    public static double DryBulb(double hour) => 19.5 + (5 * Math.Cos(2 * Math.PI * (hour - 15.5) / 24));
}
