using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Configuration;

/// <summary>Reads <c>facility.yaml</c> key by key; what concerns one meter alone is judged here, what concerns the graph in <see cref="MeterGraph"/>.</summary>
internal sealed class FacilityReader(YamlMap root)
{
    private static readonly string[] PlainKeys = ["power", "energy"];
    private static readonly string[] SideKeys = ["input", "output", "input_energy", "output_energy"];

    private readonly FacilityFields fields = new();
    private readonly Dictionary<string, YamlMap> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MeterRole> roles = new(StringComparer.Ordinal);
    private double? defaultAccuracy;

    /// <summary>Null when the file has a problem.</summary>
    public FacilityConfig? Read()
    {
        var before = root.Problems.Sorted.Count;
        var site = root.RequiredString("site");
        var zone = Zone();
        var kpi = root.Map("kpi");
        var level = kpi is not null && kpi.Has("it_measured_at") ? kpi.RequiredEnum<ItPoint>("it_measured_at") : (ItPoint?)null;
        defaultAccuracy = kpi is null ? null : FacilityFields.Accuracy(kpi);
        kpi?.RejectUnknownKeys();
        var meters = Meters();
        var water = root.MapList("water").Select(Water).OfType<WaterConfig>().ToList();
        var cooling = root.Map("cooling") is { } section ? new CoolingReader(section).Read() : null;
        root.RejectUnknownKeys();
        if (!root.IsList("meters"))
        {
            return null;
        }

        var tree = MeterTree.Build(meters, level, (id, key, message) => (entries.GetValueOrDefault(id) ?? root).Problem(key, message));
        return root.Problems.Sorted.Count > before ? null : new FacilityConfig(site, zone, meters, water, tree, cooling);
    }

    private TimeZoneInfo Zone()
    {
        var name = root.String("zone", "UTC");
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            return zone;
        }

        root.Problem("zone", $"'zone' is '{name}', which is no time zone; write an IANA name such as Europe/Amsterdam, Asia/Shanghai or UTC");
        return TimeZoneInfo.Utc;
    }

    private List<MeterConfig> Meters()
    {
        if (!root.IsList("meters"))
        {
            root.Has("meters");
            root.Problem("meters", "'meters' must be a list of meters: at least the utility meter with role: total and one meter with role: it");
            return [];
        }

        var meters = root.MapList("meters").Select(Meter).OfType<MeterConfig>().ToList();
        return [.. meters.Select(meter => Inherit(meter, meters))];
    }

    private MeterConfig? Meter(YamlMap entry)
    {
        var id = FacilityFields.Id(entry);
        var sum = entry.Strings("sum").Select(scalar => scalar.Text).ToList();
        var owner = id ?? "";
        var role = entry.Has("role") ? entry.RequiredEnum<MeterRole>("role") : (MeterRole?)null;
        var point = entry.Has("point") ? entry.RequiredEnum<ItPoint>("point") : (ItPoint?)null;
        var carrier = entry.Enum("carrier", Carrier.Electricity);
        var weight = FacilityFields.Positive(entry, "weight");
        var accuracy = FacilityFields.Accuracy(entry) ?? defaultAccuracy;
        var rated = FacilityFields.Watts(entry, "rated");
        var rollover = FacilityFields.Positive(entry, "rollover");
        var eco = entry.Boolean("eco_allowed", false);
        var label = entry.String("label", owner);
        var under = entry.Strings("under").Select(scalar => scalar.Text).ToList();
        var power = fields.Series(entry, "power", owner, "W");
        var integrated = entry.Strings("energy") is [{ Text: "integrated" }];
        var energy = integrated ? [] : fields.Series(entry, "energy", owner, "kW.h");
        var input = fields.Series(entry, "input", owner, "W");
        var output = fields.Series(entry, "output", owner, "W");
        var inputEnergy = fields.Series(entry, "input_energy", owner, "kW.h");
        var outputEnergy = fields.Series(entry, "output_energy", owner, "kW.h");
        entry.RejectUnknownKeys();
        if (id is null)
        {
            return null;
        }

        if (!entries.TryAdd(id, entry))
        {
            entry.Problem("id", $"the id '{id}' is taken by the meter on line {entries[id].Line}; give every meter an id of its own");
            return null;
        }

        if (role is { } given)
        {
            roles[id] = given;
        }

        JudgeKeys(entry, id, role, point, sum.Count > 0);
        if (carrier != Carrier.Electricity && weight is null)
        {
            entry.Problem("carrier", $"'{id}' brings {Quantities.SnakeCase(carrier.ToString())}; write 'weight', the factor that turns its kWh into the kWh of PUE (ISO/IEC 30134-2)");
        }

        // A UPS rarely has energy counters: a side without one is integrated from its power.
        var twoSided = SideKeys.Any(entry.Has);
        var load = sum.Count > 0 ? null
            : twoSided ? new MeterPort($"{id} input", input, inputEnergy, inputEnergy.Count == 0 && input.Count > 0, rollover, rated, accuracy)
            : new MeterPort(id, power, energy, integrated, rollover, rated, accuracy);
        var outlet = entry.Has("output") || entry.Has("output_energy")
            ? new MeterPort($"{id} output", output, outputEnergy, outputEnergy.Count == 0 && output.Count > 0, rollover, rated, accuracy)
            : null;
        return new MeterConfig(id, label, role ?? MeterRole.Other, under, point, load, outlet, sum, carrier, weight ?? 1, eco);
    }

    private static void JudgeKeys(YamlMap entry, string id, MeterRole? role, ItPoint? point, bool isSum)
    {
        var plain = PlainKeys.FirstOrDefault(entry.Has);
        var side = SideKeys.FirstOrDefault(entry.Has);
        if (point is not null && role is not null and not MeterRole.It)
        {
            entry.Problem("point", $"'point' says where IT power is measured, but '{id}' has role: {Quantities.SnakeCase(role.Value.ToString())}; leave it out");
        }

        if (isSum && (plain ?? side) is { } own)
        {
            entry.Problem(own, $"'{id}' is a sum of other meters and cannot have '{own}' of its own; keep one of the two");
        }
        else if (plain is not null && side is not null)
        {
            entry.Problem(plain, $"'{id}' has both '{plain}' and '{side}'; a UPS or transformer has input, output, input_energy and output_energy, any other meter power and energy");
        }
        else if (side is not null && role is not MeterRole.PowerChain)
        {
            entry.Problem(side, $"only a meter with role: power_chain has '{side}'; give '{id}' its 'power' and 'energy'");
        }
        else if (!isSum && plain is null && side is null)
        {
            entry.Problem("id", $"'{id}' measures nothing; give it 'power' and 'energy', or 'input' and 'output', or 'sum'");
        }

        if (!entry.Has("power") && entry.String("energy") == "integrated")
        {
            entry.Problem("energy", "'energy: integrated' needs 'power', the series that is integrated");
        }
    }

    /// <summary>A part of a sum takes the sum's role and parents where it names none; a sum takes the role that all its parts share.</summary>
    private MeterConfig Inherit(MeterConfig meter, List<MeterConfig> all)
    {
        var sums = all.Where(other => other.Sum.Contains(meter.Id)).ToList();
        var inherited = meter;
        if (!roles.ContainsKey(meter.Id))
        {
            var candidates = sums.Select(sum => sum.Id).Concat(meter.Sum).Where(roles.ContainsKey).Select(id => roles[id]).Distinct().ToList();
            if (candidates.Count == 1)
            {
                inherited = inherited with { Role = candidates[0] };
            }
            else
            {
                entries[meter.Id].Problem("id", $"'{meter.Id}' has no role; write one of: {string.Join(", ", Enum.GetNames<MeterRole>().Select(Quantities.SnakeCase))}");
            }
        }

        return inherited.Under.Count == 0 && sums.Count > 0 && meter.Sum.Count == 0
            ? inherited with { Under = [.. sums.SelectMany(sum => sum.Under).Distinct()] }
            : inherited;
    }

    private WaterConfig? Water(YamlMap entry)
    {
        var id = FacilityFields.Id(entry);
        var volume = fields.Series(entry, "volume", id ?? "", "m3");
        var flow = fields.Series(entry, "flow", id ?? "", "L/min");
        var rollover = FacilityFields.Positive(entry, "rollover");
        var accuracy = FacilityFields.Accuracy(entry) ?? defaultAccuracy;
        if (!entry.Has("volume") && !entry.Has("flow"))
        {
            entry.Problem("id", $"the water meter '{id}' measures nothing; give it 'volume' (a counter in m3), 'flow' (in L/min) or both");
        }

        entry.RejectUnknownKeys();
        if (id is null)
        {
            return null;
        }

        if (!entries.TryAdd(id, entry))
        {
            entry.Problem("id", $"the id '{id}' is taken by the meter on line {entries[id].Line}; give every meter an id of its own");
            return null;
        }

        return new WaterConfig(id, volume, flow, rollover, accuracy);
    }
}
