namespace EdgeDcim.Collector.Alarms;

/// <summary>
/// Who hangs on whom, once for power (feed, PDU, rack), for cooling (facility water, CDU, loop) and for communication (gateway, bus, device).
/// A trouble of one above explains the troubles below it.
/// </summary>
internal sealed class Topology
{
    private const int MaxDepth = 16;
    private readonly Dictionary<(AlarmClass, string), HashSet<string>> parents = [];
    private readonly Dictionary<(AlarmClass, string), HashSet<string>> children = [];

    /// <summary>Everything in a communication tree that has something below it.</summary>
    public IEnumerable<string> Gateways => children.Keys.Where(key => key.Item1 == AlarmClass.Communication).Select(key => key.Item2);

    public void Add(AlarmClass kind, string parent, string child)
    {
        if (parent != child)
        {
            Of(parents, kind, child).Add(parent);
            Of(children, kind, parent).Add(child);
        }
    }

    public IReadOnlyCollection<string> Children(AlarmClass kind, string of) => children.TryGetValue((kind, of), out var found) ? found : [];

    /// <summary>All above, nearest first.</summary>
    public IEnumerable<string> Above(AlarmClass kind, string of)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { of };
        IReadOnlyCollection<string> level = [of];
        for (var depth = 0; depth < MaxDepth && level.Count > 0; depth++)
        {
            level = [.. level.SelectMany(one => parents.TryGetValue((kind, one), out var found) ? found : []).Where(seen.Add)];
            foreach (var one in level)
            {
                yield return one;
            }
        }
    }

    private static HashSet<string> Of(Dictionary<(AlarmClass, string), HashSet<string>> map, AlarmClass kind, string of)
    {
        if (!map.TryGetValue((kind, of), out var found))
        {
            map[(kind, of)] = found = new HashSet<string>(StringComparer.Ordinal);
        }

        return found;
    }
}
