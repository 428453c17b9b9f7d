using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>What a survey found: the resources of each pattern, and what the pieces of equipment are called where there is more than one.</summary>
internal sealed class RedfishTree(
    IReadOnlyDictionary<ResourcePattern, IReadOnlyList<RedfishTarget>> targets, IReadOnlyDictionary<string, RedfishResource> resources)
{
    private readonly Dictionary<string, (string Name, bool IsOneOfMany)> units = Units(targets);

    /// <summary>Read on the way, and as old as the survey.</summary>
    public IReadOnlyDictionary<string, RedfishResource> Resources => resources;

    public IEnumerable<RedfishTarget> All => targets.Values.SelectMany(found => found);

    public IReadOnlyList<RedfishTarget> this[ResourcePattern pattern] => targets.GetValueOrDefault(pattern, []);

    /// <summary>The path of the chassis, unit or system that a resource belongs to; null for one that stands alone.</summary>
    public static string? UnitOf(ResourcePattern pattern, RedfishTarget target)
    {
        var step = Enumerable.Range(0, pattern.Length).FirstOrDefault(pattern.IsMembers, -1);
        return step < 0 ? null : target.Way[step];
    }

    /// <summary>What a unit is called among its like.</summary>
    public string NameOf(string unit) => units.TryGetValue(unit, out var known) ? known.Name : RedfishUri.NameOf(unit);

    /// <summary>True when the parts of this unit must be told apart from those of others.</summary>
    public bool IsOneOfMany(string unit) => units.TryGetValue(unit, out var known) && known.IsOneOfMany;

    private static Dictionary<string, (string, bool)> Units(IReadOnlyDictionary<ResourcePattern, IReadOnlyList<RedfishTarget>> targets)
    {
        // Equipment of one branch of the root (Chassis, ThermalEquipment …) that holds more than itself.
        var branches = targets.SelectMany(found => found.Value.Select(target => (Branch: target.Way[0], Unit: UnitOf(found.Key, target), target)))
            .Where(each => each.Unit is not null && each.Unit != each.target.Path)
            .GroupBy(each => each.Branch, each => each.Unit!);
        var units = new Dictionary<string, (string, bool)>(StringComparer.Ordinal);
        foreach (var branch in branches)
        {
            var paths = branch.Distinct().ToList();
            var areTold = paths.DistinctBy(RedfishUri.NameOf).Count() == paths.Count;
            foreach (var path in paths)
            {
                var collection = path.TrimEnd('/')[..path.TrimEnd('/').LastIndexOf('/')];
                units[path] = (areTold ? RedfishUri.NameOf(path) : $"{RedfishUri.NameOf(collection)}/{RedfishUri.NameOf(path)}", paths.Count > 1);
            }
        }

        return units;
    }
}
