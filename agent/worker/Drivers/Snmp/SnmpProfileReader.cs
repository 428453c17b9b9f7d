using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>Reads the SNMP part of a profile.</summary>
internal sealed class SnmpProfileReader(ProfileHeader header, YamlMap root)
{
    public SnmpProfile Read()
    {
        var inherited = header.Base as SnmpProfile;
        var points = new List<SnmpPoint>();
        foreach (var (keys, choice, isLast) in PointKeys.Each(root))
        {
            if (ReadPoint(keys, choice, isLast) is { } point)
            {
                points.Add(point);
            }
        }

        RejectDoubles(points);
        var limits = root.Map("snmp");
        var profile = new SnmpProfile(header, ProfileReader.Inherit(header, points))
        {
            MaxVariables = limits?.Integer("max_variables", inherited?.MaxVariables ?? 24, 1, 100) ?? inherited?.MaxVariables ?? 24,
            MaxRepetitions = limits?.Integer("max_repetitions", inherited?.MaxRepetitions ?? 24, 1, 100) ?? inherited?.MaxRepetitions ?? 24,
            Identity = root.Map("identity") is { } identity ? ReadIdentity(identity) : inherited?.Identity ?? new Dictionary<string, IReadOnlyList<Oid>>(),
            Fingerprint = root.Map("identify") is { } identify ? ReadFingerprint(identify) : inherited?.Fingerprint ?? SnmpFingerprint.None,
        };
        limits?.RejectUnknownKeys();
        return profile;
    }

    private static SnmpPoint? ReadPoint(PointKeys keys, Choice? choice, bool isLast)
    {
        var metric = keys.Metric();
        var value = ReadValue(keys);
        var part = value is { IsColumn: false } ? keys.Part() : keys.Part("index", "label", "part", "1");
        var rows = keys["rows"].Scalar("rows");
        var pattern = rows is { } text ? RowPattern.Parse(text.Text) : null;
        if (rows is { } given && pattern is null)
        {
            given.Problem($"'rows' is '{given.Text}'; write the arcs of the index with * for any and 2-9 for a range, such as *.1.5");
        }

        var (scaleFrom, scaleRule) = ReadScale(keys);
        var point = metric is null ? null : new SnmpPoint
        {
            Metric = metric,
            Part = part,
            Every = keys.Every(),
            Conversion = keys.Conversion(metric, choice is { Kind: ChoiceKind.Decide } && !isLast),
            Rollover = keys.Rollover(metric),
            Choice = choice,
            Line = keys.Line,
            Value = value ?? new SnmpReference(default, false),
            Rows = pattern,
            Where = [.. Conditions(keys, value)],
            LabelFrom = [.. keys["label_from"].Strings("label_from").Select(ReadOid).OfType<Oid>().Select(column => new SnmpReference(column, true))],
            Parts = ReadParts(keys),
            ScaleFrom = scaleFrom,
            ScaleRule = scaleRule,
            DigitsFrom = keys["digits"].Scalar("digits") is { } digits && ReadOid(digits) is { } place ? new SnmpReference(place, value?.IsColumn == true) : null,
            Available = ReadAvailable(keys, value),
            Bit = keys["bit"].OptionalInteger("bit", 0, 62),
            Character = keys["character"].OptionalInteger("character", 1, 1024),
            LeadingNumber = keys["number"].Enum("number", NumberForm.Whole) == NumberForm.Leading,
        };
        if (value is { IsColumn: true } && point is { Parts: null, Rows: null } && part?.Contains('{', StringComparison.Ordinal) != true && point.Where.Count == 0)
        {
            keys.Problem("part", "a column gives one value a row; tell them apart by a part such as \"outlet/{index}\" or \"{label}\", or pick rows by 'rows', 'parts' or 'where'");
        }

        if (part?.Contains("{label}", StringComparison.Ordinal) == true && point is { LabelFrom.Count: 0 })
        {
            keys.Problem("part", "'{label}' needs 'label_from' with the column of the names");
        }

        if (part?.Contains("{part}", StringComparison.Ordinal) == true && point is { Parts: null })
        {
            keys.Problem("part", "'{part}' needs 'parts' with an entry for each row");
        }

        if (pattern is not null && Enumerable.Range(pattern.Length + 1, 9).Any(arc => part?.Contains($"{{{arc}}}", StringComparison.Ordinal) == true))
        {
            keys.Problem("part", $"the rows have {pattern.Length} arcs, and the part asks for a later one");
        }

        if (value is { IsColumn: false } && (pattern is not null || point?.Parts is not null || point?.LabelFrom.Count > 0))
        {
            keys.Problem("'rows', 'parts' and 'label_from' belong to a 'column', not to an 'oid'");
        }

        return value is null ? null : point;
    }

    private static SnmpReference? ReadValue(PointKeys keys)
    {
        var scalar = keys["oid"].Scalar("oid");
        var column = keys["column"].Scalar("column");
        if (scalar is null == column is null)
        {
            keys.Problem(scalar is null ? "the point says neither 'oid' (one object) nor 'column' (a table's column)" : "a point has either an 'oid' or a 'column'");
            return null;
        }

        return ReadOid((scalar ?? column)!.Value) is { } oid ? new SnmpReference(oid, column is not null) : null;
    }

    private static (SnmpReference? From, ScaleRule? Rule) ReadScale(PointKeys keys)
    {
        var map = keys["scale_from"].Map("scale_from");
        if (map is null)
        {
            return default;
        }

        var rule = PointKeys.ScaleRule(map);
        var from = ReadReference(map);
        map.RejectUnknownKeys();
        return (from, rule);
    }

    private static List<RowCondition> Conditions(PointKeys keys, SnmpReference? value)
    {
        var maps = keys["where"] is var at && at.IsMap("where") ? [at.RequiredMap("where")] : at.MapList("where");
        return [.. maps.Select(map => ReadCondition(map, value)).OfType<RowCondition>()];
    }

    private static RowCondition? ReadAvailable(PointKeys keys, SnmpReference? value) =>
        keys["available"].Map("available") is { } map ? ReadCondition(map, value) : null;

    private static RowCondition? ReadCondition(YamlMap map, SnmpReference? value)
    {
        var wanted = map.Strings("is").Select(text => text.Text).ToList();
        var unwanted = map.Strings("not").Select(text => text.Text).ToList();
        if (wanted.Count > 0 == unwanted.Count > 0)
        {
            map.Problem("a condition says either what the object 'is' or what it is 'not'");
        }

        var reference = ReadReference(map);
        if (reference is { IsColumn: true } && value is { IsColumn: false })
        {
            map.Problem("column", "one object has no row; use 'oid' in the condition");
        }

        map.RejectUnknownKeys();
        return reference is null ? null : new RowCondition(reference, wanted.Count > 0 ? wanted : unwanted, wanted.Count == 0);
    }

    private static SnmpReference? ReadReference(YamlMap map)
    {
        var scalar = map.Scalar("oid");
        var column = map.Scalar("column");
        if (scalar is null == column is null)
        {
            map.Problem("write either 'oid' or 'column' here");
            return null;
        }

        return ReadOid((scalar ?? column)!.Value) is { } oid ? new SnmpReference(oid, column is not null) : null;
    }

    private static Dictionary<string, string>? ReadParts(PointKeys keys) =>
        keys["parts"].Map("parts")?.Scalars().ToDictionary(
            entry =>
            {
                if (!Oid.TryParse($"1.3.{entry.Key}", out _))
                {
                    entry.Problem($"'{entry.Key}' is no index of a row; write its arcs, such as 2 or 1.4");
                }

                return entry.Key;
            },
            entry => entry.Text,
            StringComparer.Ordinal);

    private static Oid? ReadOid(YamlScalar scalar)
    {
        if (Oid.TryParse(scalar.Text, out var oid))
        {
            return oid;
        }

        scalar.Problem($"'{scalar.Key}' is '{scalar.Text}'; write an OID in numbers, such as 1.3.6.1.2.1.33.1.2.4.0");
        return null;
    }

    private static Dictionary<string, IReadOnlyList<Oid>> ReadIdentity(YamlMap map)
    {
        var identity = new Dictionary<string, IReadOnlyList<Oid>>(StringComparer.Ordinal);
        foreach (var key in new[] { "vendor", "model", "serial", "firmware" })
        {
            var oids = map.Strings(key).Select(ReadOid).OfType<Oid>().ToList();
            if (oids.Count > 0)
            {
                identity[key] = oids;
            }
        }

        map.RejectUnknownKeys();
        return identity;
    }

    private static SnmpFingerprint ReadFingerprint(YamlMap map)
    {
        var objects = new List<(Oid, IReadOnlyList<string>)>();
        var wanted = map.Strings("is").Select(text => text.Text).ToList();
        foreach (var oid in map.Strings("oid").Select(ReadOid).OfType<Oid>())
        {
            objects.Add((oid, wanted));
        }

        var print = new SnmpFingerprint(
            [.. map.Strings("sys_object_id").Select(ReadOid).OfType<Oid>()], [.. map.Strings("sys_descr").Select(text => text.Text)], objects,
            [.. map.Strings("subtree").Select(ReadOid).OfType<Oid>()],
            map.Map("row") is { } row ? ReadRow(row) : null);
        if (print.IsEmpty)
        {
            map.Problem("'identify' says nothing; write sys_object_id, sys_descr, oid, subtree or row");
        }

        map.RejectUnknownKeys();
        return print;
    }

    private static (Oid, IReadOnlyList<string>)? ReadRow(YamlMap map)
    {
        var column = map.Required("column") is { } scalar ? ReadOid(scalar) : null;
        var values = map.Strings("is").Select(text => text.Text).ToList();
        if (values.Count == 0)
        {
            map.Problem("'row' says a 'column' and what one of its rows 'is'");
        }

        map.RejectUnknownKeys();
        return column is { } oid && values.Count > 0 ? (oid, values) : null;
    }

    private void RejectDoubles(List<SnmpPoint> points)
    {
        var plain = points.Where(point => point.Rows is null && point.Where.Count == 0 && point.Parts is null);
        foreach (var twins in plain.GroupBy(point => (point.Metric.Name, point.Part)).Where(group => group.Select(point => point.Choice?.Id ?? -point.Line).Distinct().Count() > 1))
        {
            root.Problems.Add(root.File, twins.Last().Line, 1, $"the metric {twins.Key.Name} of part '{twins.Key.Part ?? "(whole device)"}' stands twice; give each its own part, or write them as alternatives under 'first_of'");
        }
    }

    private enum NumberForm
    {
        Whole,
        Leading,
    }
}
