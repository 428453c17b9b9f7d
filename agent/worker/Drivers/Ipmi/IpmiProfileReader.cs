using System.Globalization;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Protocols.Ipmi;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>Reads the IPMI part of a profile.</summary>
internal sealed class IpmiProfileReader(ProfileHeader header, YamlMap root)
{
    private const int MaxState = 14;

    public IpmiProfile Read()
    {
        var inherited = header.Base as IpmiProfile;
        var points = new List<IpmiPoint>();
        foreach (var (keys, choice, isLast) in PointKeys.Each(root))
        {
            if (ReadPoint(keys, choice, isLast) is { } point)
            {
                points.Add(point);
            }
        }

        var session = root.Map("ipmi");
        // Own points come before those of the base, since a sensor belongs to the first that takes it.
        var all = ProfileReader.Inherit(header, points);
        var profile = new IpmiProfile(header, [.. points, .. all.Except(points, ReferenceEqualityComparer.Instance).Cast<IpmiPoint>()])
        {
            Privilege = session?.Enum("privilege", inherited?.Privilege ?? IpmiPrivilege.User) ?? inherited?.Privilege ?? IpmiPrivilege.User,
            Events = session?.Boolean("events", inherited?.Events ?? true) ?? inherited?.Events ?? true,
            Fingerprint = root.Map("identify") is { } identify ? ReadFingerprint(identify) : IpmiFingerprint.None,
        };
        session?.RejectUnknownKeys();
        return profile;
    }

    private static IpmiPoint? ReadPoint(PointKeys keys, Choice? choice, bool isLast)
    {
        var metric = keys.Metric();
        var names = keys["sensor"].Strings("sensor").Select(name => new SensorPattern(name.Text)).ToList();
        var not = keys["not"].Strings("not").Select(name => new SensorPattern(name.Text)).ToList();
        var reading = Codes(keys, "reading", SensorWords.Readings);
        var types = Codes(keys, "sensor_type", SensorWords.Types);
        var entities = Codes(keys, "entity", SensorWords.Entities);
        DcmiFigure? dcmi = keys.Has("dcmi") ? keys["dcmi"].Enum("dcmi", DcmiFigure.Power) : null;
        ChassisFlag? chassis = keys.Has("chassis") ? keys["chassis"].Enum("chassis", ChassisFlag.Power) : null;
        var isSensor = keys.Has("sensor") | keys.Has("sensor_type") | keys.Has("entity");
        if ((isSensor ? 1 : 0) + (dcmi is null ? 0 : 1) + (chassis is null ? 0 : 1) != 1)
        {
            keys.Problem("the point says not exactly one of: which sensors ('sensor', 'sensor_type', 'entity'), 'dcmi' or 'chassis'");
        }

        var silentOnOther = choice is { Kind: ChoiceKind.Decide } && !isLast;
        var part = keys.Part("match", "name", "instance");
        if (metric is null)
        {
            return null;
        }

        var point = new IpmiPoint
        {
            Metric = metric,
            Part = part,
            Every = keys.Every(),
            Conversion = keys.Conversion(metric, silentOnOther),
            Rollover = keys.Rollover(metric),
            Choice = choice,
            Line = keys.Line,
            Names = names,
            Not = not,
            Reading = reading.Count > 0 ? reading[0] : Protocols.Ipmi.Sdr.SensorRecord.SpecificReading,
            Types = types,
            Entities = entities,
            Dcmi = dcmi,
            Chassis = chassis,
        };
        CheckKinds(keys, point);
        return isSensor && metric.Kind == MetricKind.State ? WithStates(keys, point) : point;
    }

    private static void CheckKinds(PointKeys keys, IpmiPoint point)
    {
        if (point.Dcmi is not null && (point.TemperaturePlace is null ? "W" : "Cel") is var unit && point.Metric.Unit != unit)
        {
            keys.Problem("dcmi", $"this figure of 'dcmi' is in {unit}, but {point.Metric.Name} is in {point.Metric.Unit}");
        }

        if (point.Chassis is not null && !point.IsState)
        {
            keys.Problem("chassis", $"a flag of 'chassis' is a state, but {point.Metric.Name} is none");
        }

        if ((keys.Has("not") && !point.IsSensor) || (keys.Has("reading") && !(point.IsSensor && point.IsState)))
        {
            keys.Problem("'not' belongs to sensors, 'reading' to sensors with states");
        }

        if (!point.IsSensor && (point.TemperaturePlace is null ? point.Spreads : point.Part?.Replace("{instance}", "", StringComparison.Ordinal).Contains('{', StringComparison.Ordinal) == true))
        {
            keys.Problem("part", "only sensors have '{match}', '{name}' and '{instance}', and temperatures of DCMI '{instance}'");
        }
    }

    /// <summary>The states that a sensor asserts have numbers; the order of the profile says which one counts when there are several.</summary>
    private static IpmiPoint WithStates(PointKeys keys, IpmiPoint point)
    {
        var states = new List<(int, int)>();
        int? none = null;
        foreach (var entry in keys["states"].Map("states")?.Scalars() ?? [])
        {
            var code = point.Metric.StateCode(entry.Text);
            if (entry.Key == "none")
            {
                none = code;
            }
            else if (int.TryParse(entry.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var state) && state <= MaxState)
            {
                states.Add((state, code ?? 0));
            }
            else
            {
                entry.Problem($"'{entry.Key}' is no state of a sensor; write its number from 0 to {MaxState}, or 'none' for when none is asserted");
            }
        }

        return point with { States = states, NoState = none };
    }

    private static List<byte> Codes(PointKeys keys, string key, IReadOnlyDictionary<string, byte> words)
    {
        var codes = new List<byte>();
        foreach (var word in keys[key].Strings(key))
        {
            if (words.TryGetValue(word.Text, out var code)
                || (word.Text.StartsWith("0x", StringComparison.Ordinal) && byte.TryParse(word.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code)))
            {
                codes.Add(code);
            }
            else
            {
                word.Problem($"'{key}' is '{word.Text}'{Spelling.DidYouMean(word.Text, words.Keys)}; write one of: {string.Join(", ", words.Keys)}, or a code such as 0xC0");
            }
        }

        return codes;
    }

    private static IpmiFingerprint ReadFingerprint(YamlMap map)
    {
        var manufacturers = new List<uint>();
        foreach (var text in map.Strings("manufacturer"))
        {
            if (uint.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                manufacturers.Add(number);
            }
            else
            {
                text.Problem($"'manufacturer' is '{text.Text}'; write an enterprise number of IANA, such as 674");
            }
        }

        var print = new IpmiFingerprint(manufacturers, [.. map.Strings("model").Select(text => text.Text)], map.Boolean("dcmi", false), map.Boolean("any", false));
        if (print.IsEmpty)
        {
            map.Problem("'identify' says nothing; write manufacturer, model, dcmi: true or any: true");
        }

        map.RejectUnknownKeys();
        return print;
    }
}
