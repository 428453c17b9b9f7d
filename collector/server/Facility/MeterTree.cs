using EdgeDcim.Collector.Configuration;

namespace EdgeDcim.Collector.Facility;

/// <summary>One summand of a KPI: a measuring place times a factor, negative when it is taken away.</summary>
internal readonly record struct Term(MeterPort Port, double Factor);

/// <summary>A UPS or transformer that is metered on both sides.</summary>
internal sealed record Converter(string Id, string Label, MeterPort Input, MeterPort Output, bool EcoAllowed);

/// <summary>
/// The checked graph of meters and the sums that the KPIs are made of. Every sum is a list of terms, so that power now and energy
/// over a period are added up by the same rule. A meter of one use below a meter of another use is taken away from the upper one:
/// nothing is counted twice.
/// </summary>
/// <param name="Category">PUE category of ISO/IEC 30134-2: the lowest among the IT meters in use; null without any.</param>
internal sealed record MeterTree(
    IReadOnlyList<MeterNode> Nodes,
    IReadOnlyList<Term> Total,
    IReadOnlyList<Term> It,
    IReadOnlyList<Term> Cooling,
    IReadOnlyList<Term> LightingOther,
    IReadOnlyList<Converter> Converters,
    int? Category)
{
    public static MeterTree Empty { get; } = new([], [], [], [], [], [], null);

    /// <summary>Checks the graph and derives the sums; each fault is reported with the meter's id and the key that is at fault.</summary>
    public static MeterTree Build(IReadOnlyList<MeterConfig> meters, ItPoint? level, Action<string, string, string> problem)
    {
        var graph = MeterGraph.Build(meters, problem);
        return graph is null ? Empty : new MeterSums(graph, level, problem).Derive();
    }
}

/// <summary>A meter in the graph, with the meters that feed it and the meters it feeds. The parents of a sum are its parts.</summary>
internal sealed class MeterNode(MeterConfig config)
{
    public MeterConfig Config { get; } = config;

    public string Id => Config.Id;

    public List<MeterNode> Parents { get; } = [];

    public List<MeterNode> Children { get; } = [];

    /// <summary>Counted as IT at the level in use.</summary>
    public bool CountsAsIt { get; set; }

    public bool IsSum => Config.Sum.Count > 0;

    public MeterRole Role => Config.Role;
}
