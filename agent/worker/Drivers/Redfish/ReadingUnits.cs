namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>
/// What a sensor's own unit is in the metric's. Sensors say UCUM codes (<c>Cel</c>, <c>kW.h</c>), the old schema words (<c>RPM</c>,
/// <c>Percent</c>), and some services what they please; a unit that cannot become the metric's gives no value rather than a wrong one.
/// </summary>
internal static class ReadingUnits
{
    private static readonly Dictionary<(string From, string To), (double Factor, double Offset)> Known = new()
    {
        [("degC", "Cel")] = (1, 0),
        [("Celsius", "Cel")] = (1, 0),
        [("C", "Cel")] = (1, 0),
        [("K", "Cel")] = (1, -273.15),
        [("[degF]", "Cel")] = (5.0 / 9, -160.0 / 9),
        [("Cel", "K")] = (1, 0), // A difference of temperatures.
        [("kW", "W")] = (1000, 0),
        [("mW", "W")] = (0.001, 0),
        [("Watts", "W")] = (1, 0),
        [("VA", "V.A")] = (1, 0),
        [("kV.A", "V.A")] = (1000, 0),
        [("mV", "V")] = (0.001, 0),
        [("Volts", "V")] = (1, 0),
        [("mA", "A")] = (0.001, 0),
        [("Amps", "A")] = (1, 0),
        [("A", "mA")] = (1000, 0),
        [("W.h", "kW.h")] = (0.001, 0),
        [("kWh", "kW.h")] = (1, 0),
        [("J", "kW.h")] = (1 / 3.6e6, 0),
        [("kJ", "kW.h")] = (1 / 3600.0, 0),
        [("RPM", "/min")] = (1, 0),
        [("rpm", "/min")] = (1, 0),
        [("{rev}/min", "/min")] = (1, 0),
        [("{RPM}", "/min")] = (1, 0),
        [("1/min", "/min")] = (1, 0),
        [("Percent", "%")] = (1, 0),
        [("percent", "%")] = (1, 0),
        [("l/min", "L/min")] = (1, 0),
        [("L/s", "L/min")] = (60, 0),
        [("L/h", "L/min")] = (1 / 60.0, 0),
        [("m3/h", "L/min")] = (1000 / 60.0, 0),
        [("[gal_us]/min", "L/min")] = (3.785411784, 0),
        [("[ft_i]3/min", "m3/h")] = (1.69901082, 0),
        [("[cft_i]/min", "m3/h")] = (1.69901082, 0),
        [("m3/min", "m3/h")] = (60, 0),
        [("mm[Hg]", "kPa")] = (0.1333224, 0),
        [("Pa", "kPa")] = (0.001, 0),
        [("bar", "kPa")] = (100, 0),
        [("[psi]", "kPa")] = (6.894757293, 0),
        [("MPa", "kPa")] = (1000, 0),
        [("kPa", "Pa")] = (1000, 0),
        [("[pH]", "1")] = (1, 0),
        [("S/m", "uS/cm")] = (10_000, 0),
        [("mS/cm", "uS/cm")] = (1000, 0),
        [("s", "h")] = (1 / 3600.0, 0),
    };

    /// <summary>Null when one cannot become the other.</summary>
    public static (double Factor, double Offset)? Between(string from, string to) =>
        from == to ? (1, 0) : Known.TryGetValue((from, to), out var known) ? known : null;
}
