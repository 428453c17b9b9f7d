using System.Diagnostics.CodeAnalysis;
using EdgeDcim.Protocols.Ipmi.Sdr;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>Turns a sensor's unit into the metric's; a sensor whose unit has nothing to do with it is never taken for the metric.</summary>
internal static class SensorUnits
{
    private const double KilopascalsPerPsi = 6.894757;
    private const double CubicMetresPerHourPerCfm = 1.699011;
    private const double JoulesPerKilowattHour = 3_600_000;
    private const double AbsoluteZero = -273.15;

    /// <summary>False when the two are no units of the same kind.</summary>
    [SuppressMessage("Design", "CA1021", Justification = "a try method")]
    public static bool TryConvert(SensorRecord sensor, string unit, double value, out double converted)
    {
        double? result = sensor is not { IsAnalog: true, HasModifier: false } ? null : (sensor.IsPercent, sensor.Unit, unit) switch
        {
            (true, _, "%") => value,
            (true, _, _) => null,
            (_, SensorUnit.Celsius, "Cel") => value,
            (_, SensorUnit.Fahrenheit, "Cel") => (value - 32) * 5 / 9,
            (_, SensorUnit.Kelvin, "Cel") => value + AbsoluteZero,
            (_, SensorUnit.Volt, "V") => value,
            (_, SensorUnit.Ampere, "A") => value,
            (_, SensorUnit.Watt, "W") => value,
            (_, SensorUnit.VoltAmpere, "V.A") => value,
            (_, SensorUnit.Joule, "kW.h") => value / JoulesPerKilowattHour,
            (_, SensorUnit.RotationsPerMinute, "/min") => value,
            (_, SensorUnit.Hertz, "Hz") => value,
            (_, SensorUnit.Hour, "h") => value,
            (_, SensorUnit.Lux, "lx") => value,
            (_, SensorUnit.Kilopascal, "kPa") => value,
            (_, SensorUnit.Psi, "kPa") => value * KilopascalsPerPsi,
            (_, SensorUnit.CubicFeetPerMinute, "m3/h") => value * CubicMetresPerHourPerCfm,
            _ => null,
        };
        converted = result ?? double.NaN;
        return result is not null;
    }
}
