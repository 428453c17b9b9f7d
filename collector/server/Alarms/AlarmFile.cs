using System.Globalization;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Notification;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Alarms;

/// <summary>Reads <c>alarms.yaml</c> over the rules that are built in; both are the same notation.</summary>
internal static class AlarmFile
{
    private const string BuiltIn = "default-rules.yaml";

    /// <summary>What holds without a file.</summary>
    public static AlarmConfig Default(FacilityConfig facility)
    {
        var problems = new ConfigProblems();
        var config = Build(null, facility, problems);
        problems.ThrowIfAny();
        return config;
    }

    /// <summary>Every fault lands in <paramref name="problems"/>; null when the file could not be read at all.</summary>
    public static AlarmConfig? Load(string file, FacilityConfig facility, ConfigProblems problems) =>
        YamlMap.Load(file, problems) is { } root ? Build(root, facility, problems) : null;

    public static AlarmConfig? Parse(string file, string text, FacilityConfig facility, ConfigProblems problems) =>
        YamlMap.Parse(file, text, problems) is { } root ? Build(root, facility, problems) : null;

    private static AlarmConfig Build(YamlMap? root, FacilityConfig facility, ConfigProblems problems)
    {
        var rules = new Dictionary<string, AlarmRule>(StringComparer.Ordinal);
        Rules(YamlMap.Parse(BuiltIn, BuiltInText(), problems)?.Map("rules"), rules);
        Rules(root?.Map("rules"), rules);
        var limits = new List<RuleOverride>();
        foreach (var (place, said) in root?.Map("limits")?.Maps() ?? [])
        {
            limits.AddRange(said.Maps().Select(entry => AlarmRuleReader.Override(place, entry.Key, entry.Value, rules.GetValueOrDefault(entry.Key))));
        }

        var places = Places(root?.Map("places"));
        var topology = TopologyOf(facility);
        foreach (var (kind, tree) in root?.Map("topology")?.Maps() ?? [])
        {
            Tree(kind, tree, topology);
        }

        var keep = root?.Duration("keep", TimeSpan.FromDays(400)) ?? TimeSpan.FromDays(400);
        var maintenance = root?.MapList("maintenance").Select(MaintenanceOf).ToList() ?? [];
        var notify = NotifyReader.Read(root?.Map("notify"), facility.Zone);
        var detectors = DetectorLimitsReader.Read(root?.Map("detectors"));
        root?.RejectUnknownKeys();
        return new AlarmConfig(new AlarmPlan([.. rules.Values], limits, places, topology, maintenance, keep) { Detectors = detectors }, notify);
    }

    private static void Rules(YamlMap? entries, Dictionary<string, AlarmRule> into)
    {
        foreach (var (name, entry) in entries?.Maps() ?? [])
        {
            if (name.Contains(':', StringComparison.Ordinal))
            {
                entry.Problem($"the name of the rule '{name}' must not contain ':'");
            }

            if (AlarmRuleReader.Read(name, entry, into.GetValueOrDefault(name)) is { } rule)
            {
                into[name] = rule;
            }
        }
    }

    private static Dictionary<string, string> Places(YamlMap? map)
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var place in map?.Keys ?? [])
        {
            foreach (var inside in map!.Strings(place))
            {
                if (!places.TryAdd(inside.Text, place) && places[inside.Text] != place)
                {
                    inside.Problem($"'{inside.Text}' stands in '{places[inside.Text]}' already; name it once");
                }
            }
        }

        return places;
    }

    /// <summary>The meter tree is the power topology: who is under a meter has no power when that has none.</summary>
    private static Topology TopologyOf(FacilityConfig facility)
    {
        var topology = new Topology();
        var devices = facility.Meters.ToDictionary(meter => meter.Id, DevicesOf, StringComparer.Ordinal);
        foreach (var meter in facility.Meters)
        {
            foreach (var parent in meter.Under.SelectMany(id => devices.GetValueOrDefault(id) ?? []))
            {
                foreach (var child in devices[meter.Id])
                {
                    topology.Add(AlarmClass.Power, parent, child);
                }
            }
        }

        return topology;
    }

    private static IReadOnlyList<string> DevicesOf(MeterConfig meter) =>
        [.. new[] { meter.Load, meter.Output }.OfType<MeterPort>().SelectMany(port => port.Power.Concat(port.Energy)).Select(series => series.Device).Distinct()];

    private static void Tree(string kind, YamlMap tree, Topology into)
    {
        var found = kind switch { "power" => AlarmClass.Power, "cooling" => AlarmClass.Cooling, "communication" => AlarmClass.Communication, _ => (AlarmClass?)null };
        if (found is null)
        {
            tree.Problem($"'topology' has no '{kind}'; write power, cooling or communication");
        }

        foreach (var parent in tree.Keys)
        {
            foreach (var child in tree.Strings(parent))
            {
                into.Add(found ?? AlarmClass.Process, parent, child.Text);
            }
        }
    }

    private static Maintenance MaintenanceOf(YamlMap entry)
    {
        var devices = entry.Strings("devices").Select(scalar => scalar.Text).ToList();
        var (from, to) = (Instant(entry, "from"), Instant(entry, "to"));
        if (devices.Count == 0)
        {
            entry.Problem("a maintenance names its 'devices', such as [cdu-1, pdu-*]");
        }
        else if (to <= from)
        {
            entry.Problem("to", "'to' must be after 'from'");
        }

        var made = new Maintenance(devices, from, to, entry.RequiredString("reason"));
        entry.RejectUnknownKeys();
        return made;
    }

    private static long Instant(YamlMap entry, string key)
    {
        if (entry.Required(key) is not { } scalar)
        {
            return 0;
        }

        if (DateTimeOffset.TryParse(scalar.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return at.ToUnixTimeMilliseconds();
        }

        scalar.Problem($"'{key}' is '{scalar.Text}'; write an instant such as 2026-10-01T08:00:00+02:00");
        return 0;
    }

    private static string BuiltInText()
    {
        using var stream = typeof(AlarmFile).Assembly.GetManifestResourceStream(BuiltIn)
            ?? throw new InvalidOperationException($"{BuiltIn} is not embedded in this build");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>Both halves of <c>alarms.yaml</c>: what is an alarm, and who is told.</summary>
internal sealed record AlarmConfig(AlarmPlan Plan, NotifyConfig Notify);
