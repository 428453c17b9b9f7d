using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>Finds out what of its profile one agent really has: which scalars answer, which rows its tables hold, what they are called.</summary>
internal sealed class SnmpSurvey(SnmpClient client, SnmpProfile profile)
{
    /// <summary>The largest table of a rack device that we know has some thousand rows; more means the wrong column.</summary>
    private const int MaxRows = 20_000;

    /// <summary>A number beyond it is no count of digits.</summary>
    private const int MaxDigits = 18;

    private readonly Dictionary<Oid, SnmpValue> values = [];
    private readonly Dictionary<Oid, IReadOnlyList<SnmpVariable>> columns = [];
    private readonly List<string> notes = [];

    /// <summary>What went wrong on the way without ending it.</summary>
    public IReadOnlyList<string> Notes => notes;

    public DeviceIdentity Identity { get; private set; } = DeviceIdentity.Unknown;

    /// <exception cref="SnmpException">The agent does not answer.</exception>
    public async ValueTask<IReadOnlyList<SnmpOutput>> RunAsync(CancellationToken cancel)
    {
        await ReadScalarsAsync(cancel);
        foreach (var column in profile.Objects.SelectMany(point => point.References).Where(reference => reference.IsColumn).Select(reference => reference.Oid).Distinct())
        {
            columns[column] = await WalkAsync(column, cancel);
        }

        Identity = new DeviceIdentity(Text("vendor"), Text("model"), Text("serial"), Text("firmware"));
        return Assemble();
    }

    private async ValueTask ReadScalarsAsync(CancellationToken cancel)
    {
        var scalars = profile.Objects.SelectMany(point => point.References).Where(reference => !reference.IsColumn).Select(reference => reference.Oid)
            .Concat(profile.Identity.Values.SelectMany(oids => oids)).Distinct().ToList();
        if (scalars.Count == 0)
        {
            return;
        }

        foreach (var variable in await client.GetAsync(scalars, cancel))
        {
            if (variable.Value.HasValue)
            {
                values[variable.Oid] = variable.Value;
            }
        }
    }

    private async ValueTask<IReadOnlyList<SnmpVariable>> WalkAsync(Oid column, CancellationToken cancel)
    {
        IReadOnlyList<SnmpVariable> rows;
        try
        {
            rows = await client.WalkAsync(column, MaxRows, cancel);
        }
        catch (SnmpException odd) when (odd.Fault is SnmpFault.LoopingAgent or SnmpFault.TooManyRows or SnmpFault.AgentError)
        {
            notes.Add($"the column {column} was read in part ({odd.Partial.Count} rows): {odd.Message}");
            rows = odd.Partial;
        }

        foreach (var row in rows)
        {
            values[row.Oid] = row.Value;
        }

        return rows;
    }

    private List<SnmpOutput> Assemble()
    {
        var outputs = new List<SnmpOutput>();
        var taken = new Dictionary<(string Metric, string? Part), SnmpOutput>();
        var decided = new Dictionary<(int Choice, string? Part), SnmpOutput>();
        var settled = new Dictionary<int, SnmpPoint>();
        foreach (var point in profile.Objects)
        {
            if (point.Choice is { Kind: ChoiceKind.FirstOf } once && settled.ContainsKey(once.Id))
            {
                continue;
            }

            var found = Instances(point).ToList();
            if (point.Choice is { Kind: ChoiceKind.FirstOf } first)
            {
                if (!found.Exists(HasNumber))
                {
                    continue;
                }

                settled[first.Id] = point;
            }

            foreach (var alternative in found)
            {
                Add(alternative, outputs, taken, decided);
            }
        }

        return outputs;
    }

    private void Add(SnmpAlternative alternative, List<SnmpOutput> outputs, Dictionary<(string, string?), SnmpOutput> taken, Dictionary<(int, string?), SnmpOutput> decided)
    {
        var point = alternative.Point;
        var part = alternative.Instance.Part;
        if (point.Choice is { Kind: ChoiceKind.Decide } choice && decided.TryGetValue((choice.Id, part), out var known))
        {
            known.Alternatives.Add(alternative);
            return;
        }

        var output = new SnmpOutput([alternative]);
        if (!taken.TryAdd((point.Metric.Name, part), output))
        {
            notes.Add($"{alternative.Oid} would be a second {point.Metric.Name} of '{part ?? "the device"}' (line {point.Line} of the profile) and is left out");
            return;
        }

        if (point.Choice is { Kind: ChoiceKind.Decide } decide)
        {
            decided[(decide.Id, part)] = output;
        }

        outputs.Add(output);
    }

    private IEnumerable<SnmpAlternative> Instances(SnmpPoint point)
    {
        if (!point.Value.IsColumn)
        {
            if (values.ContainsKey(point.Value.Oid) && point.Where.All(condition => condition.Keeps(TextAt(condition.Reference, []))))
            {
                yield return Make(point, point.Value.Oid, point.Part, []);
            }

            yield break;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in columns[point.Value.Oid])
        {
            var index = row.Oid.Arcs[point.Value.Oid.Arcs.Length..].ToArray();
            if (row.Value.HasValue && point.Rows?.Fits(index) != false
                && point.Where.All(condition => condition.Keeps(TextAt(condition.Reference, index)))
                && PartNames.Of(point, index, Label(point, index), names, out var part))
            {
                yield return Make(point, row.Oid, part, index);
            }
        }
    }

    private SnmpAlternative Make(SnmpPoint point, Oid oid, string? part, uint[] index) =>
        new(point, new PointInstance(point, part, oid.ToString()), oid, Factor(point, index))
        {
            AvailableOid = point.Available?.Reference is { } status ? status.IsColumn ? status.Oid.Append(index) : status.Oid : null,
        };

    private bool HasNumber(SnmpAlternative alternative) => !double.IsNaN(alternative.Point.Convert(values[alternative.Oid], alternative.Factor));

    /// <summary>NaN when a sibling should say the scale and does not: then there is no value rather than a wrong one.</summary>
    private double Factor(SnmpPoint point, uint[] index)
    {
        var scale = point.ScaleFrom is null ? 1 : NumberAt(point.ScaleFrom, index) is { } number ? point.ScaleRule!.FactorOf(number) : double.NaN;
        var digits = point.DigitsFrom is null ? 0 : NumberAt(point.DigitsFrom, index) ?? double.NaN;
        return digits > MaxDigits ? double.NaN : scale * Math.Pow(10, -Math.Max(0, digits));
    }

    private double? NumberAt(SnmpReference reference, uint[] index) => ValueAt(reference, index) is { } value && value.TryGetNumber(out var number) ? number : null;

    private string? Label(SnmpPoint point, uint[] index) =>
        point.LabelFrom.Select(reference => TextAt(reference, index)).FirstOrDefault(text => !string.IsNullOrEmpty(text));

    private string? TextAt(SnmpReference reference, uint[] index) => ValueAt(reference, index)?.AsText().Trim();

    /// <summary>Of a column: the row of the same index, else of the longest beginning of it (a device's column beside its sensors' table).</summary>
    private SnmpValue? ValueAt(SnmpReference reference, uint[] index)
    {
        if (!reference.IsColumn)
        {
            return values.TryGetValue(reference.Oid, out var scalar) ? scalar : null;
        }

        for (var length = index.Length; length > 0; length--)
        {
            if (values.TryGetValue(reference.Oid.Append(index.AsSpan(0, length)), out var value))
            {
                return value;
            }
        }

        return null;
    }

    private string? Text(string key)
    {
        foreach (var oid in profile.Identity.GetValueOrDefault(key, []))
        {
            if (values.TryGetValue(oid, out var value) && value.AsText().Trim() is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }
}
