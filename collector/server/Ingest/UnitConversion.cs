namespace EdgeDcim.Collector.Ingest;

/// <summary>
/// value × Scale + Offset turns the unit that a foreign edge node announced into the unit that the vocabulary gives the metric.
/// Our own agents send vocabulary units and need none of this.
/// </summary>
internal readonly record struct UnitConversion(double Scale, double Offset)
{
    /// <summary>Units by UCUM code, and by the spellings that edge nodes use in their place, in terms of one unit of the same quantity.</summary>
    private static readonly Dictionary<string, (string Base, double Scale, double Offset)> Known = new(StringComparer.Ordinal)
    {
        ["W"] = ("W", 1, 0), ["kW"] = ("W", 1e3, 0), ["MW"] = ("W", 1e6, 0), ["mW"] = ("W", 1e-3, 0),
        ["tons"] = ("W", 3516.8528421, 0), ["RT"] = ("W", 3516.8528421, 0), ["[Btu]/h"] = ("W", 0.29307107, 0),
        ["V.A"] = ("V.A", 1, 0), ["VA"] = ("V.A", 1, 0), ["kVA"] = ("V.A", 1e3, 0), ["kV.A"] = ("V.A", 1e3, 0),
        ["var"] = ("var", 1, 0), ["kvar"] = ("var", 1e3, 0),
        ["kW.h"] = ("kW.h", 1, 0), ["kWh"] = ("kW.h", 1, 0), ["W.h"] = ("kW.h", 1e-3, 0), ["Wh"] = ("kW.h", 1e-3, 0),
        ["MW.h"] = ("kW.h", 1e3, 0), ["MWh"] = ("kW.h", 1e3, 0), ["MJ"] = ("kW.h", 1 / 3.6, 0), ["GJ"] = ("kW.h", 1000 / 3.6, 0),
        ["V"] = ("V", 1, 0), ["kV"] = ("V", 1e3, 0), ["mV"] = ("V", 1e-3, 0),
        ["A"] = ("A", 1, 0), ["mA"] = ("A", 1e-3, 0), ["kA"] = ("A", 1e3, 0),
        ["Hz"] = ("Hz", 1, 0),
        ["Cel"] = ("Cel", 1, 0), ["°C"] = ("Cel", 1, 0), ["C"] = ("Cel", 1, 0), ["K"] = ("Cel", 1, -273.15),
        ["[degF]"] = ("Cel", 5.0 / 9, -160.0 / 9), ["°F"] = ("Cel", 5.0 / 9, -160.0 / 9), ["F"] = ("Cel", 5.0 / 9, -160.0 / 9), ["degF"] = ("Cel", 5.0 / 9, -160.0 / 9), ["degC"] = ("Cel", 1, 0),
        ["%"] = ("%", 1, 0), ["ratio"] = ("%", 100, 0), ["1"] = ("1", 1, 0),
        ["L/min"] = ("L/min", 1, 0), ["l/min"] = ("L/min", 1, 0), ["L/s"] = ("L/min", 60, 0), ["l/s"] = ("L/min", 60, 0),
        ["m3/h"] = ("L/min", 1000 / 60.0, 0), ["m³/h"] = ("L/min", 1000 / 60.0, 0), ["[gal_us]/min"] = ("L/min", 3.785411784, 0), ["gpm"] = ("L/min", 3.785411784, 0), ["m3/s"] = ("L/min", 60000, 0),
        ["kPa"] = ("kPa", 1, 0), ["Pa"] = ("kPa", 1e-3, 0), ["MPa"] = ("kPa", 1e3, 0), ["bar"] = ("kPa", 100, 0), ["mbar"] = ("kPa", 0.1, 0),
        ["[psi]"] = ("kPa", 6.894757293168, 0), ["psi"] = ("kPa", 6.894757293168, 0), ["psig"] = ("kPa", 6.894757293168, 0), ["psia"] = ("kPa", 6.894757293168, -101.325),
        ["m/s2"] = ("m/s2", 1, 0), ["g"] = ("m/s2", 9.80665, 0), ["[g]"] = ("m/s2", 9.80665, 0), ["mm/s"] = ("mm/s", 1, 0), ["in/s"] = ("mm/s", 25.4, 0),
        ["m3"] = ("m3", 1, 0), ["m³"] = ("m3", 1, 0), ["L"] = ("m3", 1e-3, 0), ["l"] = ("m3", 1e-3, 0), ["[gal_us]"] = ("m3", 0.003785411784, 0),
        ["s"] = ("s", 1, 0), ["min"] = ("s", 60, 0), ["h"] = ("s", 3600, 0), ["ms"] = ("s", 1e-3, 0),
    };

    public static UnitConversion None => new(1, 0);

    public bool IsNone => Scale == 1 && Offset == 0;

    public double Apply(double value) => (value * Scale) + Offset;

    /// <summary>Every unit that can be converted from.</summary>
    public static IReadOnlyCollection<string> Units => Known.Keys;

    /// <summary>As <see cref="Between"/> for a difference of two values of the unit: a difference has no zero point.</summary>
    public static UnitConversion? OfDifference(string from, string to) =>
        (to == "K" ? Between(from, "Cel") : Between(from, to)) is { } whole ? whole with { Offset = 0 } : null;

    /// <summary>Null when the two units do not measure the same thing, or one of them is not known.</summary>
    public static UnitConversion? Between(string from, string to)
    {
        if (from == to)
        {
            return None;
        }

        if (!Known.TryGetValue(from, out var source) || !Known.TryGetValue(to, out var target) || source.Base != target.Base)
        {
            return null;
        }

        return new UnitConversion(source.Scale / target.Scale, (source.Offset - target.Offset) / target.Scale);
    }
}
