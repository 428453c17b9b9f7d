namespace EdgeDcim.Simulator.Physics;

/// <summary>What a litre of coolant carries.</summary>
/// <param name="WattsPerLitreMinuteKelvin">Heat in W that one L/min takes per kelvin: density (kg/L) x specific heat (J/(kg K)) / 60.</param>
internal sealed record Coolant(string Name, double WattsPerLitreMinuteKelvin)
{
    // Water near 20 degC: 0.998 kg/L, 4180 J/(kg K).
    public static readonly Coolant Water = new("water", 0.998 * 4180 / 60);

    // Propylene glycol 25 %: 1.03 kg/L, 3974 J/(kg K), the sample values of the Open Compute coolant object.
    public static readonly Coolant Pg25 = new("pg25", 1.03 * 3974 / 60);

    // Hydrocarbon single-phase immersion fluid: about 0.82 kg/L, 2200 J/(kg K).
    public static readonly Coolant ImmersionOil = new("oil", 0.82 * 2200 / 60);

    public double FlowFor(double watts, double kelvin) => watts / (WattsPerLitreMinuteKelvin * kelvin);

    public double KelvinFor(double watts, double litresPerMinute) => watts / (WattsPerLitreMinuteKelvin * litresPerMinute);
}
