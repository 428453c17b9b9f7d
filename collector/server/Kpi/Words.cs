using System.Globalization;

namespace EdgeDcim.Collector.Kpi;

/// <summary>Numbers inside the sentences that reasons are made of.</summary>
internal static class Words
{
    /// <summary><c>40 s</c>, <c>12 min</c>, <c>3.5 h</c>, <c>2.1 d</c>.</summary>
    public static string Duration(long ms) => ms switch
    {
        < 120_000 => $"{ms / 1000} s",
        < 7_200_000 => $"{ms / 60_000} min",
        < 172_800_000 => string.Create(CultureInfo.InvariantCulture, $"{ms / 3_600_000.0:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ms / 86_400_000.0:0.#} d"),
    };

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Watts with the prefix that a person would choose.</summary>
    public static string Power(double watts) => Math.Abs(watts) switch
    {
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{watts / 1e6:0.##} MW"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{watts / 1e3:0.#} kW"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{watts:0} W"),
    };
}
