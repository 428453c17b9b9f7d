namespace EdgeDcim.Simulator.Physics;

/// <summary>Counter-flow plate exchanger by the effectiveness-NTU method: which temperatures carry a given heat.</summary>
internal static class HeatExchanger
{
    public readonly record struct Temperatures(double HotIn, double HotOut, double ColdOut);

    /// <summary>Temperatures in degC that settle when <paramref name="watts"/> pass from the hot to the cold side.</summary>
    /// <param name="hotWattsPerKelvin">Heat capacity flow of the hot side, W/K.</param>
    /// <param name="coldWattsPerKelvin">Heat capacity flow of the cold side, W/K.</param>
    /// <param name="ua">Conductance of the plates, W/K.</param>
    public static Temperatures Solve(double watts, double hotWattsPerKelvin, double coldWattsPerKelvin, double coldIn, double ua)
    {
        var smaller = Math.Min(hotWattsPerKelvin, coldWattsPerKelvin);
        var ratio = smaller / Math.Max(hotWattsPerKelvin, coldWattsPerKelvin);
        var units = ua / smaller;
        double effectiveness;
        if (1 - ratio < 1e-6)
        {
            effectiveness = units / (1 + units);
        }
        else
        {
            var decay = Math.Exp(-units * (1 - ratio));
            effectiveness = (1 - decay) / (1 - (ratio * decay));
        }

        var hotIn = coldIn + (watts / (effectiveness * smaller));
        return new(hotIn, hotIn - (watts / hotWattsPerKelvin), coldIn + (watts / coldWattsPerKelvin));
    }
}
