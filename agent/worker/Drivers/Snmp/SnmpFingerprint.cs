using System.IO.Enumeration;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>What an agent must say for a profile to fit it; everything that is stated must hold.</summary>
/// <param name="ObjectIds">One of them is a prefix of sysObjectID; empty: any.</param>
/// <param name="Descriptions">One of them fits sysDescr, with <c>*</c> for anything; empty: any.</param>
/// <param name="Objects">Objects that must be there, and what each must hold (empty: anything).</param>
/// <param name="Subtrees">Under each of them the agent has something, whatever it is: tables without a row that every device has.</param>
/// <param name="Row">A column, and what one of its rows holds: an agent that speaks for several devices, which it names in a table.</param>
internal sealed record SnmpFingerprint(
    IReadOnlyList<Oid> ObjectIds, IReadOnlyList<string> Descriptions, IReadOnlyList<(Oid Oid, IReadOnlyList<string> Values)> Objects, IReadOnlyList<Oid> Subtrees,
    (Oid Column, IReadOnlyList<string> Values)? Row = null)
{
    public static SnmpFingerprint None { get; } = new([], [], [], []);

    public bool IsEmpty => ObjectIds.Count == 0 && Descriptions.Count == 0 && Objects.Count == 0 && Subtrees.Count == 0 && Row is null;

    /// <summary>0 when it does not fit; else how specific it is: an object id counts by its arcs, beside it each other condition a little.</summary>
    /// <param name="objectId">Of the agent.</param>
    /// <param name="description">Of the agent.</param>
    /// <param name="answers">The objects that the agent has.</param>
    /// <param name="subtrees">The subtrees in which it has something.</param>
    /// <param name="rows">What the rows of the columns hold.</param>
    /// <param name="because">For people.</param>
    public int Closeness(
        Oid objectId, string description, IReadOnlyDictionary<Oid, string> answers, IReadOnlySet<Oid> subtrees, IReadOnlyDictionary<Oid, IReadOnlyList<string>> rows, out string because)
    {
        because = "";
        var closeness = 0;
        if (ObjectIds.Count > 0)
        {
            var best = ObjectIds.Where(objectId.StartsWith).Select(prefix => prefix.Arcs.Length).DefaultIfEmpty().Max();
            if (best == 0)
            {
                return 0;
            }

            closeness += best * 10;
            because = $"sysObjectID {objectId}";
        }

        if (Descriptions.Count > 0)
        {
            if (!Descriptions.Any(text => FileSystemName.MatchesSimpleExpression(text, description)))
            {
                return 0;
            }

            closeness += 15;
            because += $"{(because.Length > 0 ? ", " : "")}sysDescr '{description}'";
        }

        foreach (var (oid, values) in Objects)
        {
            if (!answers.TryGetValue(oid, out var text) || (values.Count > 0 && !values.Any(value => FileSystemName.MatchesSimpleExpression(value, text))))
            {
                return 0;
            }

            closeness += values.Count > 0 ? 12 : 5;
            because += $"{(because.Length > 0 ? ", " : "")}{oid} is {(values.Count > 0 ? $"'{text}'" : "there")}";
        }

        foreach (var subtree in Subtrees)
        {
            if (!subtrees.Contains(subtree))
            {
                return 0;
            }

            // A table says more than the whole module that it stands in.
            closeness += subtree.Arcs.Length / 3;
            because += $"{(because.Length > 0 ? ", " : "")}there are objects under {subtree}";
        }

        if (Row is { } row)
        {
            if (rows.GetValueOrDefault(row.Column, []).FirstOrDefault(text => row.Values.Any(value => FileSystemName.MatchesSimpleExpression(value, text))) is not { } fitting)
            {
                return 0;
            }

            closeness += 12;
            because += $"{(because.Length > 0 ? ", " : "")}a row of {row.Column} is '{fitting}'";
        }

        return closeness;
    }
}
