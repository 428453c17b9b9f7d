using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>
/// Draws the meter tree as a flow: every meter down to the ones that count as IT, with a loss where a UPS or the distribution keeps
/// something. What goes out of a node adds up to what comes in; where meters disagree, a node of its own makes up the difference.
/// </summary>
internal sealed class FlowBuilder
{
    /// <summary>Smaller differences are rounding, not flows.</summary>
    private const double LeastW = 0.5;

    private readonly FacilitySnapshot snapshot;
    private readonly Dictionary<MeterNode, (double? Load, double? Output, long? AgeMs, Quality Quality)> power = [];
    private readonly Dictionary<(MeterNode Parent, MeterNode Child), double?> shares = [];
    private readonly List<FlowNode> nodes = [];
    private readonly List<FlowLink> links = [];
    private readonly List<MeterNode> shown;

    private FlowBuilder(MeterTree tree, FacilitySnapshot snapshot)
    {
        this.snapshot = snapshot;
        shown = [.. tree.Nodes.Where(IsShown)];
        foreach (var node in shown)
        {
            power[node] = Read(node);
        }
    }

    public static FlowGraph Build(MeterTree tree, Balance balance, FacilitySnapshot snapshot)
    {
        if (tree.Nodes.Count == 0)
        {
            return FlowGraph.Empty;
        }

        var builder = new FlowBuilder(tree, snapshot);
        builder.Share();
        foreach (var node in builder.shown)
        {
            builder.Draw(node);
        }

        return new FlowGraph(
            builder.nodes, builder.links,
            new FlowSums(balance.Total.Value, balance.It.Value, balance.Cooling.Value, balance.PowerChain, balance.LightingOther.Value));
    }

    /// <summary>Measured meters, and the sum that is the total. What hangs below an IT meter that counts is detail, unless its use is another.</summary>
    private static bool IsShown(MeterNode node) =>
        (!node.IsSum || node.Role == MeterRole.Total) && !(node.Role == MeterRole.It && HasItAbove(node));

    private static bool HasItAbove(MeterNode node) =>
        node.Parents.Any(parent => (parent.CountsAsIt && !(node.CountsAsIt && node.IsSum)) || HasItAbove(parent));

    /// <summary>Counts as IT by itself or as a part of a sum that does.</summary>
    private static bool IsIt(MeterNode node) => node.CountsAsIt || node.Children.Any(child => child is { IsSum: true, CountsAsIt: true });

    private static IEnumerable<MeterNode> Feeders(MeterNode node) =>
        node.Parents.SelectMany(parent => parent.IsSum && parent.Role != MeterRole.Total ? MeterGraph.Measured(parent) : [parent]).Distinct();

    private (double? Load, double? Output, long? AgeMs, Quality Quality) Read(MeterNode node)
    {
        if (node.IsSum)
        {
            var parts = MeterGraph.Measured(node).Select(part => PowerReading.Of(part.Config.Load!, snapshot)).ToList();
            double? sum = parts.Any(part => part.Value is null) ? null : parts.Sum(part => part.Value!.Value);
            return (sum, sum, parts.Max(part => part.AgeMs), parts.Min(part => part.Quality));
        }

        var load = PowerReading.Of(node.Config.Load!, snapshot);
        if (node.Config.Output is null)
        {
            return (load.Value, load.Value, load.AgeMs, load.Quality);
        }

        var output = PowerReading.Of(node.Config.Output, snapshot);
        return (load.Value, output.Value, load.AgeMs is null ? output.AgeMs : output.AgeMs is null ? load.AgeMs : Math.Max(load.AgeMs.Value, output.AgeMs.Value), load.Quality < output.Quality ? load.Quality : output.Quality);
    }

    /// <summary>Splits what a meter with two feeders draws by what the feeders have left; no meter tells it better.</summary>
    private void Share()
    {
        foreach (var node in shown)
        {
            var feeders = Feeders(node).Where(power.ContainsKey).ToList();
            if (feeders.Count == 1)
            {
                shares[(feeders[0], node)] = power[node].Load;
            }
        }

        foreach (var node in shown)
        {
            var feeders = Feeders(node).Where(power.ContainsKey).ToList();
            if (feeders.Count < 2)
            {
                continue;
            }

            var left = feeders.Select(feeder => Math.Max(0, (power[feeder].Output ?? 0) - shares.Where(share => share.Key.Parent == feeder).Sum(share => share.Value ?? 0))).ToList();
            var whole = left.Sum();
            for (var i = 0; i < feeders.Count; i++)
            {
                shares[(feeders[i], node)] = power[node].Load * (whole > 0 ? left[i] / whole : 1.0 / feeders.Count);
            }
        }
    }

    private void Draw(MeterNode node)
    {
        var (load, output, ageMs, quality) = power[node];
        nodes.Add(new FlowNode(node.Id, node.Config.Label, Word(node.Role), load, ageMs / 1000.0, quality));
        var children = shares.Where(share => share.Key.Parent == node).ToList();
        foreach (var ((_, child), share) in children)
        {
            Link(node.Id, child.Id, share);
        }

        if (load is null || output is null)
        {
            return;
        }

        if (node.Config.Output is not null)
        {
            Rest(node, "loss", "loss", "loss", load.Value - output.Value);
        }

        var rest = output.Value - children.Sum(child => child.Value ?? 0);
        if (children.Any(child => child.Value is null))
        {
            Rest(node, "unknown", "not known", "other", rest);
        }
        else if (IsIt(node) || node.Role is not (MeterRole.Total or MeterRole.PowerChain or MeterRole.It))
        {
            // A leaf uses what it gets; only beside metered children, or behind a UPS, does its own use need a node.
            if (children.Count > 0 || node.Config.Output is not null)
            {
                Rest(node, "use", node.Config.Label, IsIt(node) ? "it" : Word(node.Role), rest);
            }
        }
        else if (children.Count > 0 || node.Role is MeterRole.Total || node.Config.Output is not null)
        {
            Rest(node, "unmetered:loss", "not metered", "loss", rest);
        }
    }

    /// <summary>What is left over goes to a node of its own; when more goes out than comes in, the difference comes from one.</summary>
    private void Rest(MeterNode node, string suffix, string label, string role, double watts)
    {
        if (watts >= LeastW)
        {
            nodes.Add(new FlowNode($"{node.Id}:{suffix}", label == node.Config.Label ? label : $"{node.Config.Label}: {label}", role, watts, null, power[node].Quality));
            links.Add(new FlowLink(node.Id, $"{node.Id}:{suffix}", watts));
        }
        else if (watts <= -LeastW)
        {
            var id = $"{node.Id}:{(suffix == "loss" ? "gain" : "excess")}";
            nodes.Add(new FlowNode(id, $"{node.Config.Label}: meters disagree", "other", -watts, null, power[node].Quality));
            links.Add(new FlowLink(id, node.Id, -watts));
        }
    }

    private void Link(string from, string to, double? watts)
    {
        if (watts >= LeastW)
        {
            links.Add(new FlowLink(from, to, watts.Value));
        }
    }

    private static string Word(MeterRole role) => Quantities.SnakeCase(role.ToString());
}
