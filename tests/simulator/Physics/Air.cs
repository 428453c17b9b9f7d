namespace EdgeDcim.Simulator.Physics;

/// <summary>Moist air at sea level: enough psychrometry for dew points, wet bulbs and evaporation.</summary>
internal static class Air
{
    private const double PressureKpa = 101.325;

    /// <summary>Saturation pressure over water in kPa (Magnus form with the constants of the WMO guide, -45 to 60 degC).</summary>
    public static double SaturationKpa(double celsius) => 0.6112 * Math.Exp(17.62 * celsius / (243.12 + celsius));

    public static double RelativeHumidity(double celsius, double dewPoint) => Math.Min(100, 100 * SaturationKpa(dewPoint) / SaturationKpa(celsius));

    public static double DewPoint(double celsius, double relativeHumidity)
    {
        var g = Math.Log(Math.Max(1, relativeHumidity) / 100 * SaturationKpa(celsius) / 0.6112);
        return 243.12 * g / (17.62 - g);
    }

    /// <summary>Water in kg per kg of dry air when the air's dew point is <paramref name="dewPoint"/>.</summary>
    public static double HumidityRatio(double dewPoint)
    {
        var vapour = SaturationKpa(dewPoint);
        return 0.622 * vapour / (PressureKpa - vapour);
    }

    /// <summary>Enthalpy in kJ per kg of dry air.</summary>
    public static double Enthalpy(double celsius, double humidityRatio) => (1.006 * celsius) + (humidityRatio * (2501 + (1.86 * celsius)));

    /// <summary>Wet-bulb temperature in degC: the temperature at which saturated air has the same enthalpy, less the enthalpy of the water added.</summary>
    public static double WetBulb(double celsius, double dewPoint)
    {
        var ratio = HumidityRatio(dewPoint);
        var enthalpy = Enthalpy(celsius, ratio);
        double low = dewPoint, high = celsius;
        for (var i = 0; i < 24; i++)
        {
            var middle = (low + high) / 2;
            var saturated = HumidityRatio(middle);
            if (Enthalpy(middle, saturated) - ((saturated - ratio) * 4.19 * middle) < enthalpy)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return (low + high) / 2;
    }
}
