using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies.Model;

/// <summary>The <c>cooling</c> section of <c>facility.yaml</c>, validated.</summary>
internal sealed record CoolingConfig(IReadOnlyList<LoopConfig> Loops, IReadOnlyList<UnitConfig> Units);

/// <summary>Liquid that goes round: facility water, a technology loop.</summary>
/// <param name="VolumeL">Liquid in pipes, plates and reservoir; null when not known.</param>
/// <param name="Racks">Racks that it cools, for people and for suppression.</param>
/// <param name="Heat">Series in W that end as heat in this loop or in the air around it.</param>
/// <param name="LiquidShare">Share of that heat that the liquid takes; the rest goes to the air.</param>
/// <param name="LimitC">Supply temperature that must not be passed; null when none is given.</param>
internal sealed record LoopConfig(
    string Id, Coolant Coolant, double? VolumeL, IReadOnlyList<string> Racks, IReadOnlyList<Series> Heat, double LiquidShare, double? LimitC);

/// <summary>One machine of the cooling: which device it is, and which loops it stands between.</summary>
/// <param name="Kind">A kind of the vocabulary: <c>cdu</c>, <c>immersion</c>, <c>chiller</c>, <c>cooling_tower</c>, <c>crac</c>, <c>in_row</c>, <c>pump</c>.</param>
/// <param name="Device">The device whose readings it has; its id when not given.</param>
/// <param name="Primary">The loop that takes the heat away (of a tower or dry cooler: the loop it cools); null when none is named.</param>
/// <param name="Secondary">The loop that brings the heat; null when none is named.</param>
/// <param name="RatedW">Nameplate cooling power.</param>
/// <param name="ReservoirL">What its level's 100 % is in litres.</param>
/// <param name="Room">Where it stands, for machines that work on the same air.</param>
/// <param name="Meter">The heat meter in its primary branch, for a machine that has no instruments of its own there.</param>
internal sealed record UnitConfig(
    string Id, string Kind, string Device, string? Primary, string? Secondary, double? RatedW, double? ReservoirL, string? Room, string? Meter = null);
