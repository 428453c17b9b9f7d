using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Facility;

/// <summary>Derives the sums of the KPIs from the graph: which meters are the IT power, which are cooling, what is taken away from what.</summary>
internal sealed class MeterSums(MeterGraph graph, ItPoint? level, Action<string, string, string> problem)
{
    /// <summary>More ways from the utility to one rack than any plant has: a guard against a file that would never finish.</summary>
    private const int MaxPaths = 100_000;

    private readonly HashSet<MeterNode> counted = [];
    private int paths;

    public MeterTree Derive()
    {
        NestedItMeters();
        foreach (var root in graph.Nodes.Where(node => node.Parents.Count == 0))
        {
            Walk(root, []);
        }

        if (paths >= MaxPaths)
        {
            problem("", "meters", $"there are more than {MaxPaths} ways from the utility to the racks; simplify 'under'");
        }

        NothingTwice();
        foreach (var node in counted)
        {
            node.CountsAsIt = true;
        }

        if (counted.Count == 0)
        {
            problem("", "meters", "no meter measures IT power; give the meters of the racks role: it, or a UPS its 'output'");
        }

        var cooling = Top(Bucket.Cooling);
        var lighting = Top(Bucket.LightingOther);
        return new MeterTree(
            graph.Nodes,
            [.. graph.Nodes.Where(IsTotal).SelectMany(MeterGraph.Measured).Distinct().Select(node => new Term(node.Config.Load!, node.Config.Weight))],
            Terms(counted, Bucket.It, ItPort),
            Terms(cooling, Bucket.Cooling, node => node.Config.Load!),
            Terms(lighting, Bucket.LightingOther, node => node.Config.Load!),
            [.. graph.Nodes.Where(node => node.Config is { Load.Power.Count: > 0, Output.Power.Count: > 0 })
                .Select(node => new Converter(node.Id, node.Config.Label, node.Config.Load!, node.Config.Output!, node.Config.EcoAllowed))],
            counted.Count == 0 ? null : counted.Min(node => (int)Point(node)));
    }

    private enum Bucket
    {
        None,
        It,
        Cooling,
        LightingOther,
    }

    private static bool IsTotal(MeterNode node) => node.Role == MeterRole.Total && !node.Children.Any(child => child.IsSum && child.Role == MeterRole.Total);

    private static bool IsUps(MeterNode node) => node.Config.Output is not null;

    /// <summary>A meter whose reading can stand for IT power: an IT meter, or a UPS by its output.</summary>
    private static bool CanBeIt(MeterNode node) => node.Role == MeterRole.It || IsUps(node);

    private static ItPoint Point(MeterNode node) =>
        node.Config.Point
        ?? (node.IsSum ? node.Parents.Min(Point) : IsUps(node) ? ItPoint.UpsOutput : ItPoint.PduOutput);

    private static MeterPort ItPort(MeterNode node) => IsUps(node) ? node.Config.Output! : node.Config.Load!;

    private Bucket BucketOf(MeterNode node) =>
        counted.Contains(node) ? Bucket.It
        : node.Role switch
        {
            MeterRole.Cooling => Bucket.Cooling,
            MeterRole.Lighting or MeterRole.Other => Bucket.LightingOther,
            _ => Bucket.None,
        };

    /// <summary>Goes down every way from the utility to a leaf and picks the one meter on it that counts as IT.</summary>
    private void Walk(MeterNode node, List<MeterNode> path)
    {
        path.Add(node);
        if (EndsInIt(node) && ++paths < MaxPaths)
        {
            Pick(path);
        }

        foreach (var child in node.Children)
        {
            Walk(child, path);
        }

        path.RemoveAt(path.Count - 1);
    }

    /// <summary>
    /// The lowest meter of its branch that can stand for IT. A UPS that feeds nothing but metered cooling is not IT, unless the file
    /// says that IT is measured at the UPS outputs: then what the cooling leaves of its output is.
    /// </summary>
    private bool EndsInIt(MeterNode node) =>
        CanBeIt(node)
        && !Below(node).Any(CanBeIt)
        && (node.Role == MeterRole.It || node.Children.Count == 0 || level == ItPoint.UpsOutput);

    private void Pick(List<MeterNode> path)
    {
        var able = path.Where(CanBeIt).ToList();
        var leaf = path[^1];
        if (level is not { } wanted)
        {
            counted.Add(able[^1]);
        }
        else if (able.LastOrDefault(node => Point(node) == wanted) is { } exact)
        {
            counted.Add(exact);
        }
        else if (able.FirstOrDefault(node => Point(node) > wanted) is { } below)
        {
            // Nothing is metered at the wanted point here (no UPS in this feed, say): the next point towards the equipment.
            counted.Add(below);
        }
        else
        {
            problem(leaf.Id, "id", $"IT is to be measured at {Word(wanted)}, but no meter on the way to '{leaf.Id}' is there: it would be left out. Add a meter with point: {Word(wanted)}, or set kpi.it_measured_at to {Word(Point(leaf))}");
        }
    }

    private void NestedItMeters()
    {
        foreach (var node in graph.Nodes.Where(node => node.Role == MeterRole.It && !node.IsSum))
        {
            var upper = Above(node).FirstOrDefault(other => other.Role == MeterRole.It && Point(other) >= Point(node));
            if (upper is not null)
            {
                problem(node.Id, "under", $"'{node.Id}' is below '{upper.Id}' and both are IT meters at {Word(Point(node))}: its power would be counted twice. Give the lower one a point nearer to the equipment (pdu_output, it_input), or remove one of them");
            }
        }
    }

    private void NothingTwice()
    {
        foreach (var lower in counted)
        {
            if (counted.FirstOrDefault(upper => MeterGraph.IsAbove(upper, lower)) is { } upper)
            {
                problem(lower.Id, "under", $"'{lower.Id}' would be counted twice: by itself and as part of '{upper.Id}'. It is fed past '{upper.Id}' too, so that meter cannot stand for it; choose another kpi.it_measured_at or correct 'under'");
            }
        }
    }

    /// <summary>The uppermost meters of a use: those below them are detail.</summary>
    private List<MeterNode> Top(Bucket bucket) =>
        [.. graph.Nodes.Where(node => !node.IsSum && BucketOf(node) == bucket && !Above(node).Any(upper => BucketOf(upper) == bucket))];

    /// <summary>Plus the meters of a use, minus the meters of other uses that hang below them.</summary>
    private List<Term> Terms(IReadOnlyCollection<MeterNode> tops, Bucket bucket, Func<MeterNode, MeterPort> port)
    {
        var terms = tops.SelectMany(MeterGraph.Measured).Distinct().Select(node => new Term(port(node), 1)).ToList();
        var inside = tops.SelectMany(MeterGraph.Measured).ToHashSet();
        foreach (var node in graph.Nodes)
        {
            var other = BucketOf(node);
            if (node.IsSum && !counted.Contains(node) || other == Bucket.None || other == bucket || inside.Contains(node) || !Fully(node, inside, any: true))
            {
                continue;
            }

            // Only the uppermost foreign meter is taken away; what hangs below it goes with it.
            if (Above(node).Any(upper => BucketOf(upper) is not Bucket.None and var between && between != bucket && Above(upper).Any(inside.Contains)))
            {
                continue;
            }

            if (!Fully(node, inside, any: false))
            {
                problem(node.Id, "under", $"'{node.Id}' is fed by {string.Join(" and ", node.Parents.Select(parent => $"'{parent.Id}'"))}, of which only a part is counted as {Word(bucket)}: its share cannot be told. Meter its feeds apart, or hang it under one of them");
                continue;
            }

            terms.AddRange(MeterGraph.Measured(node).Select(part => new Term(other == Bucket.It ? ItPort(part) : part.Config.Load!, -1)));
        }

        return terms;
    }

    /// <summary>Whether all ways (or any way) from the utility to the node lead through <paramref name="gates"/>.</summary>
    private static bool Fully(MeterNode node, HashSet<MeterNode> gates, bool any) =>
        node.Parents.Count > 0
        && (any ? node.Parents.Any(parent => gates.Contains(parent) || Fully(parent, gates, any)) : node.Parents.All(parent => gates.Contains(parent) || Fully(parent, gates, any)));

    private static IEnumerable<MeterNode> Above(MeterNode node) => node.Parents.SelectMany(parent => Above(parent).Prepend(parent)).Distinct();

    private static IEnumerable<MeterNode> Below(MeterNode node) => node.Children.SelectMany(child => Below(child).Prepend(child));

    private static string Word<T>(T value)
        where T : struct, Enum => Quantities.SnakeCase(value.ToString());
}
