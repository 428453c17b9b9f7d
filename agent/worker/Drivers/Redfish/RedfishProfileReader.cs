using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>Reads the Redfish part of a profile.</summary>
internal sealed class RedfishProfileReader(ProfileHeader header, YamlMap root)
{
    /// <summary>Excerpts say DeviceName, resources Name; items of the old schema may have only their number.</summary>
    private static readonly string[] Labels = ["DeviceName", "Name", "MemberId", "Id"];

    public RedfishProfile Read()
    {
        var points = new List<RedfishPoint>();
        foreach (var (keys, choice, _) in PointKeys.Each(root))
        {
            if (choice is { Kind: ChoiceKind.Decide })
            {
                keys.Problem("a Redfish value stands in one place at a time; write 'first_of' instead of 'decide'");
            }

            points.AddRange(ReadPoints(keys, choice));
        }

        return new RedfishProfile(header, ProfileReader.Inherit(header, points))
        {
            Fingerprint = root.Map("identify") is { } identify ? ReadFingerprint(identify) : (header.Base as RedfishProfile)?.Fingerprint ?? RedfishFingerprint.None,
        };
    }

    /// <summary>One point for each place of a list of places.</summary>
    private static IEnumerable<RedfishPoint> ReadPoints(PointKeys keys, Choice? choice)
    {
        var gets = keys["get"].Strings("get").Select(text => ReadPattern(text)).ToList();
        if (gets.Count == 0)
        {
            keys.Problem("the point says no 'get': the links to its resource, such as /Chassis/*/Power");
        }

        return ReadPoint(keys, choice, gets is [{ } first, ..] ? first : null) is { } point && !gets.Contains(null)
            ? gets.Select(get => point with { Get = get! })
            : [];
    }

    private static RedfishPoint? ReadPoint(PointKeys keys, Choice? choice, ResourcePattern? get)
    {
        var metric = keys.Metric();
        var at = ReadValue(keys["at"].Required("at"));
        var part = keys.Part("1", "label", "index", "part", "kind");
        var labels = keys["label_from"].Strings("label_from").Select(label => label.Text).ToList();
        var point = metric is null ? null : new RedfishPoint
        {
            Metric = metric,
            Part = part,
            Every = keys.Every(),
            Conversion = keys.Conversion(metric, silentOnOther: false),
            Rollover = keys.Rollover(metric),
            Choice = choice,
            Line = keys.Line,
            Get = get ?? new ResourcePattern("/"),
            At = at ?? ValuePattern.Parse("/Reading")!,
            Where = [.. Conditions(keys, get)],
            LabelFrom = labels.Count > 0 ? labels : Labels,
            Parts = keys["parts"].Map("parts")?.Scalars().ToDictionary(entry => entry.Key, entry => entry.Text, StringComparer.Ordinal),
        };
        if (point is { At.Wildcards: > 0, Parts: null } && part?.Contains('{', StringComparison.Ordinal) != true)
        {
            keys.Problem("part", "the '*' of 'at' gives one value an item; tell them apart by a part such as \"fan/{label}\" or \"{index}\", or pick items by 'parts'");
        }

        if (point is { Parts: not null, At.Wildcards: 0 })
        {
            keys.Problem("parts", "'parts' names what the '*' of 'at' stands for, and 'at' has none");
        }

        return get is null || at is null ? null : point;
    }

    private static IEnumerable<FieldCondition> Conditions(PointKeys keys, ResourcePattern? get)
    {
        var maps = keys["where"] is var at && at.IsMap("where") ? [at.RequiredMap("where")] : at.MapList("where");
        foreach (var map in maps)
        {
            var above = map.Scalar("get") is { } text ? ReadPattern(text) : null;
            if (above is not null && get?.StartsWith(above) == false)
            {
                map.Problem("get", $"'get' of a condition must lie on the way to the point's own, {get.Text}");
            }

            if (ReadCondition(map, above) is { } condition)
            {
                yield return condition;
            }

            map.RejectUnknownKeys();
        }
    }

    private static FieldCondition? ReadCondition(YamlMap map, ResourcePattern? above)
    {
        var fields = map.Strings("at").Select(field => field.Text).ToList();
        var wanted = map.Strings("is").Select(text => text.Text).ToList();
        var unwanted = map.Strings("not").Select(text => text.Text).ToList();
        if (fields.Count == 0)
        {
            map.Problem("a condition says 'at' which field it looks: a name beside the value, or a pointer such as /Links/ContainedBy");
            return null;
        }

        if (wanted.Count > 0 == unwanted.Count > 0)
        {
            map.Problem("a condition says either what the field 'is' or what it is 'not'");
        }

        return new FieldCondition(above, fields, wanted.Count > 0 ? wanted : unwanted, wanted.Count == 0);
    }

    private static RedfishFingerprint ReadFingerprint(YamlMap map)
    {
        var gets = map.Strings("get").Select(text => ReadPattern(text)).OfType<ResourcePattern>().ToList();
        if (gets.Count == 0)
        {
            map.Problem("'identify' says by 'get' which resource the service must hold, such as /PowerEquipment/RackPDUs/*");
        }

        map.May("at", "is", "not");
        var conditions = map.Has("at") && ReadCondition(map, null) is { } condition ? new List<FieldCondition> { condition } : [];
        map.RejectUnknownKeys();
        return new RedfishFingerprint(gets, conditions);
    }

    private static ResourcePattern? ReadPattern(YamlScalar? scalar)
    {
        if (scalar is { } text && ResourcePattern.Parse(text.Text) is { } pattern)
        {
            return pattern;
        }

        scalar?.Problem($"'{scalar.Value.Key}' is '{scalar.Value.Text}'; write the links from the service root with * for the members of a collection, such as /Chassis/*/Sensors/*");
        return null;
    }

    private static ValuePattern? ReadValue(YamlScalar? scalar)
    {
        if (scalar is { } text && ValuePattern.Parse(text.Text) is { } pattern)
        {
            return pattern;
        }

        scalar?.Problem($"'at' is '{scalar.Value.Text}'; write a JSON pointer with * for every item, such as /Temperatures/*/ReadingCelsius");
        return null;
    }
}
