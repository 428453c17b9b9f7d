using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>Where the power goes, as the page draws it: nodes, links, and the sums of the same instant.</summary>
internal sealed record FlowGraph(IReadOnlyList<FlowNode> Nodes, IReadOnlyList<FlowLink> Links, FlowSums Sums)
{
    public static FlowGraph Empty { get; } = new([], [], new FlowSums(null, null, null, null, null));
}

/// <param name="Id">A meter's id, or one that ends with <c>:loss</c> for what is lost or not metered.</param>
/// <param name="Role"><c>total</c>, <c>it</c>, <c>cooling</c>, <c>power_chain</c>, <c>lighting</c>, <c>other</c> or <c>loss</c>.</param>
/// <param name="PowerW">Null while it is not known.</param>
internal sealed record FlowNode(string Id, string Label, string Role, double? PowerW, double? AgeSeconds, Quality Quality);

/// <summary>Power from one node to another; always above 0.</summary>
internal readonly record struct FlowLink(string From, string To, double PowerW);

/// <summary>The sums of the instantaneous KPIs in W; null while not known.</summary>
internal sealed record FlowSums(double? TotalW, double? ItW, double? CoolingW, double? PowerChainW, double? LightingOtherW);
