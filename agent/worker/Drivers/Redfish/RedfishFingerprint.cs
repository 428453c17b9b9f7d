using System.Text.Json;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>What a service must hold for a profile to fit it: a resource of one of the patterns, with the fields that are stated.</summary>
/// <param name="Gets">One of them leads to a resource; empty: the profile fits nothing by itself.</param>
/// <param name="Where">All must hold on that resource.</param>
internal sealed record RedfishFingerprint(IReadOnlyList<ResourcePattern> Gets, IReadOnlyList<FieldCondition> Where)
{
    public static RedfishFingerprint None { get; } = new([], []);

    public bool IsEmpty => Gets.Count == 0;

    /// <summary>How specific it is: equipment two steps below the root says more than a chassis, and a maker's name more than both.</summary>
    public int Closeness(ResourcePattern found) => found.Length * 10 + Where.Count * 12;

    public bool Holds(JsonElement resource) => Where.All(condition => condition.Keeps(resource, resource));
}
