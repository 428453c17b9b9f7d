namespace EdgeDcim.Collector.Anomalies.Model;

internal enum Fluid
{
    Water,

    /// <summary>Propylene glycol, 25 % by volume, the usual fluid of cold plates.</summary>
    Pg25,

    /// <summary>Single-phase immersion oil.</summary>
    Hydrocarbon,

    /// <summary>Single-phase fluorinated fluid.</summary>
    Fluorinated,

    /// <summary>Boils in the tank: a sensible-heat balance holds on the water side of its condenser only.</summary>
    TwoPhase,
}

/// <summary>What a coolant carries, by temperature. Fits within 1 % (water) and about 3 % (others: they differ by maker; give a measured density and heat where it matters).</summary>
internal sealed class Coolant(Fluid fluid, double? density = null, double? specificHeat = null)
{
    /// <summary>The temperature at which a given density and heat are meant.</summary>
    private const double Reference = 40;

    public static Coolant Water { get; } = new(Fluid.Water);

    public Fluid Fluid { get; } = fluid;

    /// <summary>Relative uncertainty of density times specific heat.</summary>
    public double Uncertainty { get; } = density is not null && specificHeat is not null ? 0.01 : fluid == Fluid.Water ? 0.01 : 0.03;

    /// <summary>False where flow times temperature difference is not the heat.</summary>
    public bool IsSensible => Fluid != Fluid.TwoPhase;

    /// <summary>kg/m³.</summary>
    public double Density(double celsius)
    {
        var fit = DensityFit(celsius);
        return density is { } given ? given * fit / DensityFit(Reference) : fit;
    }

    /// <summary>J/(kg·K).</summary>
    public double SpecificHeat(double celsius)
    {
        var fit = HeatFit(celsius);
        return specificHeat is { } given ? given * fit / HeatFit(Reference) : fit;
    }

    /// <summary>Volume expansion, 1/K.</summary>
    public double Expansion(double celsius) => (Density(celsius - 0.5) - Density(celsius + 0.5)) / Density(celsius);

    /// <summary>W that a flow carries from <paramref name="cold"/> to <paramref name="hot"/>, metered where the fluid has <paramref name="cold"/>.</summary>
    public double Heat(double litresPerMinute, double cold, double hot) =>
        litresPerMinute / 60_000 * Density(cold) * SpecificHeat((cold + hot) / 2) * (hot - cold);

    /// <summary>Standard uncertainty of <see cref="Heat"/>, W: flow relative, temperatures absolute; u² = (uF² + uk²)·Q² + 2·(uT/ΔT·Q)².</summary>
    public double HeatUncertainty(double litresPerMinute, double cold, double hot, double relativeFlow, double kelvin)
    {
        var heat = Heat(litresPerMinute, cold, hot);
        var perKelvin = litresPerMinute / 60_000 * Density(cold) * SpecificHeat((cold + hot) / 2);
        return Math.Sqrt((heat * heat * ((relativeFlow * relativeFlow) + (Uncertainty * Uncertainty))) + (2 * perKelvin * perKelvin * kelvin * kelvin));
    }

    // Water: Kell's short form for density, a fourth-degree fit of the specific heat between 0 and 100 °C.
    private double DensityFit(double t) => Fluid switch
    {
        Fluid.Pg25 => 1029 - (0.22 * t) - (0.0022 * t * t),
        Fluid.Hydrocarbon => 839 - (0.65 * t),
        Fluid.Fluorinated or Fluid.TwoPhase => 1834 - (2.2 * t),
        _ => 1000 * (1 - ((t + 288.9414) / (508_929.2 * (t + 68.12963)) * (t - 3.9863) * (t - 3.9863))),
    };

    private double HeatFit(double t) => Fluid switch
    {
        Fluid.Pg25 => 3898 + (1.9 * t),
        Fluid.Hydrocarbon => 2050 + (4 * t),
        Fluid.Fluorinated or Fluid.TwoPhase => 1013 + (1.5 * t),
        _ => 4217.4 - (3.720283 * t) + (0.1412855 * t * t) - (2.654387e-3 * t * t * t) + (2.093236e-5 * t * t * t * t),
    };
}
