namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>The laws of liquid cooling as plain functions: numbers in, a number out, NaN where the law says nothing.</summary>
internal static class Equations
{
    /// <summary>Logarithmic mean of the temperature differences at both ends of a counter-flow exchanger, K.</summary>
    public static double MeanDifference(double oneEnd, double otherEnd)
    {
        if (!(oneEnd > 0 && otherEnd > 0))
        {
            return double.NaN;
        }

        return Math.Abs(oneEnd - otherEnd) < 1e-6 * oneEnd ? oneEnd : (oneEnd - otherEnd) / Math.Log(oneEnd / otherEnd);
    }

    /// <summary>Conductance UA of a counter-flow exchanger in W/K: heat over the mean difference, the same as ε-NTU solved for NTU.</summary>
    public static double Conductance(double watts, double hotIn, double hotOut, double coldIn, double coldOut) =>
        watts > 0 ? watts / MeanDifference(hotIn - coldOut, hotOut - coldIn) : double.NaN;

    /// <summary>Flow resistance K = ΔP / flow², kPa per (L/min)².</summary>
    public static double Resistance(double kilopascal, double flow) => kilopascal > 0 && flow > 0 ? kilopascal / (flow * flow) : double.NaN;

    /// <summary>u_Q/Q = √(u_flow² + 2·(u_T/ΔT)²): the relative standard uncertainty of a heat from a flow and two thermometers (GUM).</summary>
    public static double HeatUncertainty(double relativeFlow, double kelvin, double difference) =>
        Math.Sqrt((relativeFlow * relativeFlow) + (2 * kelvin * kelvin / (difference * difference)));

    /// <summary>Seconds until a body of liquid reaches <paramref name="limit"/>: C·(T_lim − T)/(P − Q); infinite when it does not warm.</summary>
    /// <param name="joulePerKelvin">Heat capacity of the liquid.</param>
    /// <param name="surplusW">Heat that comes in and is not taken out.</param>
    public static double SecondsToLimit(double joulePerKelvin, double celsius, double limit, double surplusW) =>
        celsius >= limit ? 0 : surplusW > 0 ? joulePerKelvin * (limit - celsius) / surplusW : double.PositiveInfinity;

    /// <summary>Litres that the liquid of a loop holds more than at <paramref name="reference"/> for being warmer.</summary>
    public static double ThermalLitres(double litres, double expansionPerKelvin, double celsius, double reference) =>
        litres * expansionPerKelvin * (celsius - reference);

    /// <summary>ln(<paramref name="ratio"/>), the relative deviation that adds up; NaN for what is not positive.</summary>
    public static double Relative(double ratio) => ratio > 0 ? Math.Log(ratio) : double.NaN;
}
