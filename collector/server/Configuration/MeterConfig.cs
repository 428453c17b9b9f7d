using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Configuration;

/// <summary>What the energy that a meter sees is used for.</summary>
internal enum MeterRole
{
    /// <summary>The hand-over to the site; everything else hangs below it.</summary>
    Total,

    /// <summary>IT equipment.</summary>
    It,

    /// <summary>UPS, transformer, switchboard: passes power on and loses some.</summary>
    PowerChain,

    Cooling,

    Lighting,

    /// <summary>Anything else inside the boundary: offices, security, fire protection.</summary>
    Other,
}

/// <summary>Where IT power is measured; the number is the PUE category of ISO/IEC 30134-2.</summary>
internal enum ItPoint
{
    UpsOutput = 1,
    PduOutput = 2,
    ItInput = 3,
}

/// <summary>An energy carrier that crosses the boundary of the site; each has at most one total.</summary>
internal enum Carrier
{
    Electricity,
    Fuel,
    DistrictCooling,
    DistrictHeat,
}

/// <summary>One place where a meter measures: the power series that are summed there and where its energy comes from.</summary>
/// <param name="Name">How a reason calls it: <c>pdu-a1</c>, <c>ups-a output</c>.</param>
/// <param name="Power">Active power in W; empty when not measured.</param>
/// <param name="Energy">Counters in kWh; empty when there is none.</param>
/// <param name="Integrated">Energy is integrated from the power, for want of a counter; always estimated.</param>
/// <param name="Rollover">The value at which the counter starts again at 0, in kWh; null when it is not declared.</param>
/// <param name="RatedW">Highest power that is physically possible, in W; null when not declared.</param>
/// <param name="Accuracy">Relative, 0.005 for ± 0.5 % of the reading; null when not declared.</param>
internal sealed record MeterPort(
    string Name, IReadOnlyList<Series> Power, IReadOnlyList<Series> Energy, bool Integrated, double? Rollover, double? RatedW, double? Accuracy);

/// <summary>One meter of <c>facility.yaml</c>: measured, or the sum of other meters.</summary>
/// <param name="Under">The meters that feed it; two for dual-corded equipment, none for the total.</param>
/// <param name="Load">What it draws from its parents; null for a sum.</param>
/// <param name="Output">What it passes on; only a UPS or transformer that is metered on both sides has it.</param>
/// <param name="Sum">The meters it is the sum of; empty for a measured one.</param>
/// <param name="Weight">Factor that turns the carrier's kWh into the kWh of PUE; 1 for electricity.</param>
/// <param name="EcoAllowed">The site lets this UPS run in ECO mode; needed before ECO is inferred.</param>
internal sealed record MeterConfig(
    string Id, string Label, MeterRole Role, IReadOnlyList<string> Under, ItPoint? Point,
    MeterPort? Load, MeterPort? Output, IReadOnlyList<string> Sum, Carrier Carrier, double Weight, bool EcoAllowed);

/// <summary>A water meter at the boundary: counter in m³, flow in L/min, either may be absent.</summary>
internal sealed record WaterConfig(
    string Id, IReadOnlyList<Series> Volume, IReadOnlyList<Series> Flow, double? Rollover, double? Accuracy);
