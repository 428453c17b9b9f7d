using System.Globalization;

namespace EdgeDcim.Collector.Anomalies;

/// <summary>Numbers, spans and instants as evidence writes them.</summary>
internal static class Spell
{
    /// <summary>Four significant digits at most.</summary>
    public static string Number(double value) => double.IsFinite(value) ? value.ToString("G4", CultureInfo.InvariantCulture) : "unknown";

    public static string Signed(double value) => (value >= 0 ? "+" : "") + Number(value);

    public static string Percent(double share) => (share * 100).ToString("F1", CultureInfo.InvariantCulture) + " %";

    public static string Span(long ms) => ms switch
    {
        < 120_000 => FormattableString.Invariant($"{ms / 1000.0:0.#} s"),
        < 2 * 3_600_000 => FormattableString.Invariant($"{ms / 60_000.0:0.#} min"),
        < 48 * 3_600_000 => FormattableString.Invariant($"{ms / 3_600_000.0:0.#} h"),
        _ => FormattableString.Invariant($"{ms / 86_400_000.0:0.#} d"),
    };

    public static string At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The unit as people write it; empty for a bare number.</summary>
    public static string Unit(string? ucum) => ucum switch
    {
        null or "1" => "",
        "Cel" => " °C",
        "[pH]" => "",
        "uS/cm" => " µS/cm",
        _ => " " + ucum,
    };
}
