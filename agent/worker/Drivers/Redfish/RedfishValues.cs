using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>Turns resources into samples: which values a point has in them, what they are, and what each is called ever after.</summary>
internal sealed class RedfishValues(List<string> notes)
{
    private const int MaxNotes = 50;

    /// <summary>Collections of the schema, in the words of our parts.</summary>
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["Branches"] = "branch",
        ["Mains"] = "main",
        ["Feeders"] = "feeder",
        ["Subfeeds"] = "subfeed",
        ["Outlets"] = "outlet",
        ["OutletGroups"] = "group",
        ["PrimaryCoolantConnectors"] = "primary",
        ["SecondaryCoolantConnectors"] = "secondary",
        ["CoolantConnectors"] = "connector",
        ["NetworkAdapters"] = "adapter",
        ["PCIeDevices"] = "pcie",
        ["Drives"] = "drive",
        ["Processors"] = "processor",
        ["Memory"] = "memory",
    };

    private readonly Dictionary<(RedfishPoint, string Path, string Key), PointInstance?> instances = [];
    private readonly Dictionary<(string Metric, string? Part), PointInstance> taken = [];
    private readonly HashSet<string> odd = new(StringComparer.Ordinal);
    private readonly List<Place> places = [];
    private readonly List<(RedfishTarget Target, Place Place, double Value)> found = [];

    /// <summary>Adds what the resources hold of one point.</summary>
    /// <param name="point">Of the profile.</param>
    /// <param name="tree">Where it may stand.</param>
    /// <param name="resourceAt">What this poll got; null for what it did not.</param>
    /// <param name="samples">Takes them; a value that was there before and is marked as not available comes as NaN.</param>
    /// <returns>Whether there was any number.</returns>
    public bool Take(RedfishPoint point, RedfishTree tree, Func<string, RedfishResource?> resourceAt, List<Sample> samples)
    {
        found.Clear();
        var any = false;
        foreach (var target in tree[point.Get])
        {
            if (resourceAt(target.Path) is { } resource)
            {
                any |= Find(point, tree, target, resource);
            }
        }

        foreach (var (target, place, value) in found)
        {
            if (InstanceOf(point, tree, target, place, value) is { } instance)
            {
                samples.Add(new Sample(instance, value));
            }
        }

        return any;
    }

    private bool Find(RedfishPoint point, RedfishTree tree, RedfishTarget target, RedfishResource resource)
    {
        places.Clear();
        point.At.Find(resource.Json, places);
        var any = false;
        foreach (var place in places)
        {
            if (!point.Where.All(condition => Keeps(condition, tree, target, resource, place)))
            {
                continue;
            }

            var value = point.Convert(place);
            if (double.IsNaN(value) && point.UnitOf(place) is { } unit && ReadingUnits.Between(unit, point.Metric.Unit) is null
                && odd.Count < MaxNotes && odd.Add(target.Path))
            {
                notes.Add($"{target.Path} gives its reading in '{unit}', which cannot become {point.Metric.Unit} of {point.Metric.Name} (line {point.Line} of the profile); it is left out");
            }

            any |= !double.IsNaN(value);
            found.Add((target, place, value));
        }

        return any;
    }

    private static bool Keeps(FieldCondition condition, RedfishTree tree, RedfishTarget target, RedfishResource resource, in Place place) =>
        condition.Above is null
            ? condition.Keeps(resource.Json, place.Item)
            : tree.Resources.TryGetValue(target.Way[condition.Above.Length - 1], out var above)
                ? condition.Keeps(above.Json, above.Json)
                : condition.Excludes;

    /// <summary>Null for a value that never was there, and for one whose name another has.</summary>
    private PointInstance? InstanceOf(RedfishPoint point, RedfishTree tree, RedfishTarget target, in Place place, double value)
    {
        var key = (point, target.Path, place.Key);
        if (instances.TryGetValue(key, out var known))
        {
            return known;
        }

        if (double.IsNaN(value) || (point.Parts is not null && !point.Parts.ContainsKey(LastOf(place.Key))))
        {
            return null;
        }

        var source = $"{target.Path}#{point.At.PointerOf(place)}";
        var part = PartOf(point, tree, target, place);
        if (taken.TryGetValue((point.Metric.Name, part), out var other))
        {
            if (point.Choice is not null && other.Point.Choice == point.Choice && !ReferenceEquals(other.Point, point))
            {
                // The same value, decided anew for another place.
                return instances[key] = taken[(point.Metric.Name, part)] = new PointInstance(point, part, source);
            }

            if (!ReferenceEquals(other.Point, point))
            {
                // The old and the new schema side by side, or a sensor beside its excerpt.
                return instances[key] = null;
            }

            part = $"{part}-{Clean(place.Key.Length > 0 ? LastOf(place.Key) : RedfishUri.NameOf(target.Path))}";
            if (taken.ContainsKey((point.Metric.Name, part)))
            {
                return instances[key] = null;
            }
        }

        return instances[key] = taken[(point.Metric.Name, part)] = new PointInstance(point, part, source);
    }

    private string? PartOf(RedfishPoint point, RedfishTree tree, RedfishTarget target, in Place place)
    {
        var part = point.Part ?? (point.Parts is null ? null : "{part}");
        if (part is not null)
        {
            part = Optional(part, target);
            for (var i = 0; i < target.Names.Count; i++)
            {
                part = part.Replace($"{{{i + 1}}}", Clean(target.Names[i]), StringComparison.Ordinal);
            }

            var index = LastOf(place.Key);
            part = part.Replace("{kind}", KindOf(point.Get, target), StringComparison.Ordinal).Replace("{index}", Clean(index), StringComparison.Ordinal)
                .Replace("{part}", point.Parts?.GetValueOrDefault(index), StringComparison.Ordinal)
                .Replace("{label}", part.Contains("{label}", StringComparison.Ordinal) ? LabelOf(point, target, place) : null, StringComparison.Ordinal);
        }

        if (point.Part?.Contains("{1}", StringComparison.Ordinal) == true || RedfishTree.UnitOf(point.Get, target) is not { } unit)
        {
            return part;
        }

        // A value of the whole device keeps no part as long as only one unit gives it.
        var many = part is null
            ? found.Where(each => !double.IsNaN(each.Value)).Select(each => RedfishTree.UnitOf(point.Get, each.Target)).Distinct().Take(2).Count() > 1
            : tree.IsOneOfMany(unit);
        return !many ? part : part is null ? tree.NameOf(unit) : $"{tree.NameOf(unit)}/{part}";
    }

    /// <summary>What stands in brackets is left out for the only member of a collection.</summary>
    private string Optional(string part, RedfishTarget target)
    {
        var open = part.IndexOf('[', StringComparison.Ordinal);
        var close = part.IndexOf(']', StringComparison.Ordinal);
        if (open < 0 || close < open)
        {
            return part;
        }

        var alone = !found.Exists(each => each.Target.Collection == target.Collection && each.Target.Path != target.Path);
        return part[..open] + (alone ? "" : part[(open + 1)..close]) + part[(close + 1)..];
    }

    /// <summary>The collection that the resource is in or below, in our word.</summary>
    private static string KindOf(ResourcePattern pattern, RedfishTarget target)
    {
        var step = Enumerable.Range(0, pattern.Length).LastOrDefault(pattern.IsMembers, 0);
        var name = RedfishUri.NameOf(target.Way[Math.Max(0, step - 1)]);
        return Kinds.TryGetValue(name, out var word) ? word : Clean(name).ToLowerInvariant();
    }

    private static string LabelOf(RedfishPoint point, RedfishTarget target, in Place place)
    {
        foreach (var field in point.LabelFrom)
        {
            if (place.Item.ValueKind == System.Text.Json.JsonValueKind.Object && place.Item.TryGetProperty(field, out var value)
                && Clean(RedfishJson.Text(value) ?? "") is { Length: > 0 } label)
            {
                return label;
            }
        }

        return Clean(place.Key.Length > 0 ? LastOf(place.Key) : RedfishUri.NameOf(target.Path));
    }

    private static string LastOf(string key) => key[(key.LastIndexOf('\n') + 1)..];

    /// <summary>A slash separates levels of a part, control characters and long texts are of no use in a name.</summary>
    private static string Clean(string text)
    {
        const int maxLength = 64;
        return new string([.. text.Take(maxLength).Select(letter => letter is '/' ? '-' : char.IsControl(letter) ? ' ' : letter)]).Trim();
    }
}
