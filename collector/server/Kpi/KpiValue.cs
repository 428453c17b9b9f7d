using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>One KPI over one window, with everything a person needs to judge it. The value is null when it is not known; then <paramref name="Reason"/> says why.</summary>
/// <param name="Name"><c>pue</c>, <c>wue</c>, <c>ppue_cooling</c>, <c>ppue_ups</c>, <c>it_power</c>, <c>total_power</c>, <c>cooling_power</c>, <c>ups_efficiency</c>.</param>
/// <param name="Scope"><c>site</c>, or the id of a meter.</param>
/// <param name="Window"><c>now</c>, <c>15m</c>, <c>1h</c>, <c>1d</c>, <c>30d</c>, <c>12mo</c>.</param>
/// <param name="Unit">UCUM code; <c>1</c> for a ratio, <c>L/(kW.h)</c> for WUE.</param>
/// <param name="Category">PUE category of ISO/IEC 30134-2, 1 to 3; null where it does not apply.</param>
/// <param name="Coverage">0 to 1: for <c>now</c> the share of the power that fresh meters stand for, for a window the share of its time that is covered on both sides.</param>
/// <param name="Uncertainty">Half width in the unit of the value, from the accuracies of the meters; null when one of them is not declared.</param>
/// <param name="Revision">How many times late data changed what this window holds.</param>
/// <param name="AtMs">End of the window.</param>
internal sealed record KpiValue(
    string Name, string Scope, string Window, double? Value, string Unit, int? Category, double Coverage, double? Uncertainty,
    Quality Quality, int Revision, long AtMs, string? Reason)
{
    /// <summary>The value over the part of the window that is covered, where that is too little for <see cref="Value"/>.</summary>
    public double? Interim { get; init; }

    /// <summary>The same KPI 24 hours ago; null when it is not known.</summary>
    public double? Yesterday { get; init; }

    /// <summary>For <c>pue</c>: what lies above 1, in PUE units.</summary>
    public IReadOnlyList<KpiPart> Parts { get; init; } = [];

    /// <summary>For <c>pue</c> over <c>now</c>: every reading that went in, and those that are missing.</summary>
    public IReadOnlyList<KpiInput> Inputs { get; init; } = [];
}

internal readonly record struct KpiPart(string Name, double Value);

/// <summary>One reading a KPI is made of. <paramref name="Value"/> is null when the series has none that may be used.</summary>
internal readonly record struct KpiInput(string Meter, string Series, double? Value, string Unit, double? AgeSeconds, Quality Quality);
