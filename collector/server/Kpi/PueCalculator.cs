using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>PUE at this instant: total power over IT power (ISO/IEC 30134-2; shorter than a year it is an interim figure, iPUE).</summary>
internal static class PueCalculator
{
    /// <summary>No site lies below; a lower figure says that a meter is missing from the total.</summary>
    public const double Lowest = 1.0;

    /// <summary>No running site lies above; a higher figure says that IT meters are missing.</summary>
    public const double Highest = 5.0;

    public static KpiValue Now(Balance balance, int? category, long nowMs)
    {
        var (total, it) = (balance.Total, balance.It);
        var quality = total.Quality < it.Quality ? total.Quality : it.Quality;
        var coverage = Math.Min(total.Coverage, it.Coverage);
        var unknown = new KpiValue("pue", "site", "now", null, "1", category, coverage, null, Quality.Missing, 0, nowMs, null) { Inputs = balance.Inputs };
        if (total.Value is not { } totalW || it.Value is not { } itW)
        {
            return unknown with { Reason = Join(total.Value is null ? total.Reason : null, it.Value is null ? it.Reason : null) };
        }

        if (itW <= 0)
        {
            return unknown with { Reason = $"the IT meters show {Words.Power(itW)}: without IT load there is no PUE" };
        }

        var pue = totalW / itW;
        if (Fault(pue) is { } fault)
        {
            return unknown with { Reason = fault };
        }

        return unknown with
        {
            Value = pue,
            Uncertainty = pue * Combined(total.RelativeUncertainty, it.RelativeUncertainty),
            Quality = quality,
            Reason = Join(total.Reason, it.Reason),
            Parts = balance.Parts,
        };
    }

    /// <summary>Why a figure cannot be a PUE, or null when it can.</summary>
    public static string? Fault(double pue) => pue switch
    {
        < Lowest => $"computed {Words.Number(pue, "0.000")}, below 1: the IT meters show more than the utility meter, so a meter of the total is missing or wrongly scaled",
        > Highest => $"computed {Words.Number(pue, "0.0")}, above {Highest}: IT meters are missing from the facility file or wrongly scaled",
        _ => null,
    };

    /// <summary>√(u₁² + u₂²) of independent relative uncertainties (GUM); null when one is not known.</summary>
    public static double? Combined(double? first, double? second) => Math.Sqrt((first * first) + (second * second) ?? double.NaN) is var root && double.IsNaN(root) ? null : root;

    public static string? Join(string? first, string? second) => first is null ? second : second is null || second == first ? first : $"{first}; {second}";
}
