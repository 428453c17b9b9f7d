using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Facility;

namespace EdgeDcim.Collector.Kpi;

/// <summary>The sums of energy (and water) that period KPIs are made of. The number is a bit in the masks of <see cref="PeriodBook"/>.</summary>
internal enum EnergyUse
{
    Total,
    It,
    Cooling,
    LightingOther,
    UpsInput,
    UpsOutput,

    /// <summary>In m³.</summary>
    Water,
}

/// <summary>One track of the ledger in a sum.</summary>
internal readonly record struct EnergyTerm(int Track, double Factor, double? Accuracy, string Meter, bool Integrated);

/// <summary>The sums of the meter tree as tracks of the ledger: the same terms as for power, so that both are added up by one rule.</summary>
internal sealed class EnergyUses
{
    public const int Count = 7;

    public const string NoCooling = "the facility file has no cooling meter";

    private readonly EnergyTerm[][] terms = new EnergyTerm[Count][];
    private readonly string?[] missing = new string?[Count];

    public EnergyUses(FacilityConfig config, EnergyLedger ledger)
    {
        var tree = config.Tree;
        Bind(EnergyUse.Total, tree.Total, ledger);
        Bind(EnergyUse.It, tree.It, ledger);
        Bind(EnergyUse.Cooling, tree.Cooling, ledger);
        Bind(EnergyUse.LightingOther, tree.LightingOther, ledger);
        Bind(EnergyUse.UpsInput, [.. tree.Converters.Select(converter => new Term(converter.Input, 1))], ledger);
        Bind(EnergyUse.UpsOutput, [.. tree.Converters.Select(converter => new Term(converter.Output, 1))], ledger);
        foreach (var empty in new[] { EnergyUse.UpsInput, EnergyUse.UpsOutput }.Where(_ => tree.Converters.Count == 0))
        {
            missing[(int)empty] = "the facility file has no UPS with input and output";
        }

        var volumes = config.Water.SelectMany(water => ledger.TracksOf(water).Select(track => new EnergyTerm(track, 1, water.Accuracy, water.Id, false))).ToArray();
        terms[(int)EnergyUse.Water] = volumes;
        missing[(int)EnergyUse.Water] = config.Water.Count == 0 ? "the facility file has no water meter"
            : config.Water.FirstOrDefault(water => water.Volume.Count == 0) is { } flowOnly ? $"water meter {flowOnly.Id} has no volume counter"
            : null;
        if (tree.Cooling.Count == 0)
        {
            missing[(int)EnergyUse.Cooling] = NoCooling;
        }

        if (tree.Total.Count == 0)
        {
            missing[(int)EnergyUse.Total] = missing[(int)EnergyUse.It] = "there is no facility file";
        }
    }

    public IReadOnlyList<EnergyTerm> Terms(EnergyUse use) => terms[(int)use];

    /// <summary>Why a sum can never be known with this facility file, or null.</summary>
    public string? Missing(EnergyUse use) => missing[(int)use];

    private void Bind(EnergyUse use, IReadOnlyList<Term> sum, EnergyLedger ledger)
    {
        var found = new List<EnergyTerm>();
        foreach (var term in sum)
        {
            var tracks = ledger.TracksOf(term.Port);
            if (tracks.Count == 0)
            {
                missing[(int)use] ??= $"meter {term.Port.Name} has no energy in the facility file; give it 'energy', a counter or the word integrated";
            }

            found.AddRange(tracks.Select(track => new EnergyTerm(track, term.Factor, term.Port.Accuracy, term.Port.Name, term.Port.Integrated)));
        }

        terms[(int)use] = [.. found];
    }
}
