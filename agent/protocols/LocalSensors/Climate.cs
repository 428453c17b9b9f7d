namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>Air as one chip measured it at one instant; NaN where the chip does not measure a quantity.</summary>
/// <param name="Temperature">In °C.</param>
/// <param name="Humidity">Relative, in %.</param>
/// <param name="Pressure">Barometric, in Pa.</param>
public readonly record struct Climate(double Temperature, double Humidity, double Pressure = double.NaN)
{
    // Magnus' formula over water with the constants of Sonntag (1990), as in WMO No. 8, annex 4.B: 17.62 and 243.12 °C, good for -45 to 60 °C.
    private const double A = 17.62;
    private const double B = 243.12;

    /// <summary>In °C; NaN for dry air, whose dew point does not exist.</summary>
    public double DewPoint
    {
        get
        {
            if (!(Humidity > 0))
            {
                return double.NaN;
            }

            var gamma = Math.Log(Humidity / 100) + A * Temperature / (B + Temperature);
            return B * gamma / (A - gamma);
        }
    }
}
