using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Facility;

/// <summary>Ties the meters together by <c>under</c> and <c>sum</c> and finds what cannot be: unknown names, cycles, meters that hang nowhere, sums that overlap.</summary>
internal sealed class MeterGraph
{
    private MeterGraph(IReadOnlyList<MeterNode> nodes) => Nodes = nodes;

    public IReadOnlyList<MeterNode> Nodes { get; }

    /// <summary>Null when the graph is broken so badly that nothing more can be said about it.</summary>
    public static MeterGraph? Build(IReadOnlyList<MeterConfig> meters, Action<string, string, string> problem)
    {
        var nodes = meters.ToDictionary(meter => meter.Id, meter => new MeterNode(meter), StringComparer.Ordinal);
        var sound = true;
        foreach (var node in nodes.Values)
        {
            sound &= Link(node, nodes, problem);
        }

        sound = sound && NoCycle(nodes.Values, problem);
        if (!sound)
        {
            return null;
        }

        SumsDoNotOverlap(nodes.Values, problem);
        Totals(nodes.Values, problem);
        return new MeterGraph([.. nodes.Values]);
    }

    /// <summary>True when <paramref name="upper"/> feeds <paramref name="lower"/>, directly or through others.</summary>
    public static bool IsAbove(MeterNode upper, MeterNode lower) => lower.Parents.Any(parent => parent == upper || IsAbove(upper, parent));

    /// <summary>The measured meters that a node stands for: itself, or the parts of a sum.</summary>
    public static IEnumerable<MeterNode> Measured(MeterNode node) => node.IsSum ? node.Parents.SelectMany(Measured) : [node];

    private static bool Link(MeterNode node, Dictionary<string, MeterNode> nodes, Action<string, string, string> problem)
    {
        var sound = true;
        foreach (var (key, names) in new[] { ("under", node.Config.Under), ("sum", node.Config.Sum) })
        {
            foreach (var name in names.Distinct())
            {
                if (!nodes.TryGetValue(name, out var other))
                {
                    problem(node.Id, key, $"'{key}' of '{node.Id}' names '{name}', which is no meter of this file{Spelling.DidYouMean(name, nodes.Keys)}");
                    sound = false;
                }
                else if (key == "sum" || !node.IsSum)
                {
                    node.Parents.Add(other);
                    other.Children.Add(node);
                }
            }

            if (names.Distinct().Count() < names.Count)
            {
                problem(node.Id, key, $"'{key}' of '{node.Id}' names the same meter twice; name each once");
            }
        }

        return sound;
    }

    private static bool NoCycle(IEnumerable<MeterNode> nodes, Action<string, string, string> problem)
    {
        var done = new HashSet<MeterNode>();
        var sound = true;
        foreach (var node in nodes)
        {
            var path = new List<MeterNode>();
            sound &= Visit(node, path, done, problem);
        }

        return sound;
    }

    private static bool Visit(MeterNode node, List<MeterNode> path, HashSet<MeterNode> done, Action<string, string, string> problem)
    {
        if (done.Contains(node))
        {
            return true;
        }

        if (path.IndexOf(node) is >= 0 and var start)
        {
            var names = path.Skip(start).Append(node).Select(member => member.Id);
            problem(node.Id, node.IsSum ? "sum" : "under", $"the meters run in a circle: {string.Join(" is under ", names)}; a meter cannot feed itself");
            return false;
        }

        path.Add(node);
        var sound = true;
        foreach (var parent in node.Parents)
        {
            sound &= Visit(parent, path, done, problem);
        }

        path.RemoveAt(path.Count - 1);
        done.Add(node);
        return sound;
    }

    private static void SumsDoNotOverlap(IEnumerable<MeterNode> nodes, Action<string, string, string> problem)
    {
        var owner = new Dictionary<MeterNode, MeterNode>();
        foreach (var sum in nodes.Where(node => node.IsSum))
        {
            foreach (var part in sum.Parents)
            {
                if (!owner.TryAdd(part, sum))
                {
                    problem(sum.Id, "sum", $"'{part.Id}' is part of the sums '{owner[part].Id}' and '{sum.Id}' and would be counted twice; keep it in one of them");
                }

                if (sum.Parents.FirstOrDefault(other => other != part && IsAbove(other, part)) is { } upper)
                {
                    problem(sum.Id, "sum", $"'{part.Id}' is fed by '{upper.Id}' and both are in the sum '{sum.Id}': its power would be counted twice; keep one of them");
                }

                if (part.Role != sum.Role)
                {
                    problem(sum.Id, "sum", $"'{sum.Id}' has role: {Word(sum.Role)} but its part '{part.Id}' has role: {Word(part.Role)}; sum meters of one role only");
                }
            }

            foreach (var name in sum.Config.Under)
            {
                if (!sum.Parents.Any(part => part.Id == name || Ancestors(part).Any(upper => upper.Id == name)))
                {
                    problem(sum.Id, "under", $"'{sum.Id}' is said to hang under '{name}', but none of the meters in its sum does; leave 'under' out or correct the parts");
                }
            }
        }
    }

    private static void Totals(IReadOnlyCollection<MeterNode> nodes, Action<string, string, string> problem)
    {
        var totals = nodes.Where(node => node.Role == MeterRole.Total && !node.Children.Any(child => child.IsSum && child.Role == MeterRole.Total)).ToList();
        if (!totals.Any(total => total.Config.Carrier == Carrier.Electricity))
        {
            problem("", "meters", "no meter has role: total; mark the utility meter, or sum the incoming feeds into one meter with role: total");
        }

        foreach (var more in totals.GroupBy(total => total.Config.Carrier).SelectMany(group => group.Skip(1).Select(total => (total, first: group.First()))))
        {
            problem(more.total.Id, "role", $"'{more.total.Id}' and '{more.first.Id}' both have role: total for {Word(more.total.Config.Carrier)}; a site has one, so sum two feeds with 'sum: [{more.first.Id}, {more.total.Id}]'");
        }

        foreach (var node in nodes)
        {
            if (node.Role == MeterRole.Total && node.Config.Under.Count > 0)
            {
                problem(node.Id, "under", $"'{node.Id}' has role: total and cannot hang under '{node.Config.Under[0]}'; the total is the hand-over to the site");
            }
            else if (node.Role != MeterRole.Total && !node.IsSum && node.Parents.Count == 0)
            {
                problem(node.Id, "id", $"'{node.Id}' hangs under nothing and would be left out; write 'under:' with the meter that feeds it{(totals.Count > 0 ? $", such as '{totals[0].Id}'" : "")}");
            }
        }
    }

    private static IEnumerable<MeterNode> Ancestors(MeterNode node) => node.Parents.SelectMany(parent => Ancestors(parent).Prepend(parent));

    private static string Word<T>(T value)
        where T : struct, Enum => Quantities.SnakeCase(value.ToString());
}
