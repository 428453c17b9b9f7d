using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies.Model;

/// <summary>Reads the <c>cooling</c> section of <c>facility.yaml</c>: loops and the machines between them.</summary>
internal sealed class CoolingReader(YamlMap section)
{
    private static readonly string[] Kinds = ["cdu", "immersion", "chiller", "cooling_tower", "crac", "in_row", "pump"];

    private readonly Dictionary<string, YamlMap> ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlMap> devices = new(StringComparer.Ordinal);

    public CoolingConfig Read()
    {
        var loops = section.MapList("loops").Select(Loop).OfType<LoopConfig>().ToList();
        var known = loops.Select(loop => loop.Id).ToList();
        var units = section.MapList("units").Select(entry => Unit(entry, known)).OfType<UnitConfig>().ToList();
        section.RejectUnknownKeys();
        return new CoolingConfig(loops, units);
    }

    private LoopConfig? Loop(YamlMap entry)
    {
        var id = TakeId(entry);
        var coolant = Fluids(entry);
        var volume = Litres(entry, "volume");
        var racks = entry.Strings("racks").Select(scalar => scalar.Text).ToList();
        var heat = new List<Series>();
        foreach (var scalar in entry.Strings("heat"))
        {
            if (FacilityFields.ParseSeries(scalar, "heat", "W") is { } series)
            {
                heat.Add(series);
            }
        }

        var share = entry.OptionalNumber("liquid_share");
        if (share is not null and (<= 0 or > 100))
        {
            entry.Problem("liquid_share", "'liquid_share' is the percent of the heat that the liquid takes; write a number above 0 and up to 100");
            share = null;
        }

        var limit = entry.OptionalNumber("limit");
        entry.RejectUnknownKeys();
        return id is null ? null : new LoopConfig(id, coolant, volume, racks, heat, (share ?? 100) / 100, limit);
    }

    private UnitConfig? Unit(YamlMap entry, List<string> loops)
    {
        var id = TakeId(entry);
        var kind = entry.Required("kind");
        if (kind is { } given && !Kinds.Contains(given.Text))
        {
            given.Problem($"'kind' is '{given.Text}'; write one of: {string.Join(", ", Kinds)}");
        }

        var device = entry.String("device", id ?? "");
        var primary = LoopName(entry, "primary", loops);
        var secondary = LoopName(entry, "secondary", loops);
        var rated = FacilityFields.Watts(entry, "rated");
        var reservoir = Litres(entry, "reservoir");
        var room = entry.String("room");
        var meter = entry.String("meter");
        entry.RejectUnknownKeys();
        if (id is null || kind is null)
        {
            return null;
        }

        if (primary is not null && primary == secondary)
        {
            entry.Problem("secondary", $"'{id}' has the loop '{primary}' on both sides; a machine stands between two loops");
        }

        if (!devices.TryAdd(device, entry))
        {
            entry.Problem(entry.Has("device") ? "device" : "id", $"the device '{device}' is already the machine on line {devices[device].Line}; a device is one machine");
            return null;
        }

        return new UnitConfig(id, kind.Value.Text, device, primary, secondary, rated, reservoir, room, meter);
    }

    private string? TakeId(YamlMap entry)
    {
        var id = FacilityFields.Id(entry);
        if (id is not null && !ids.TryAdd(id, entry))
        {
            entry.Problem("id", $"the id '{id}' is taken on line {ids[id].Line}; give every loop and machine an id of its own");
            return null;
        }

        return id;
    }

    private static Coolant Fluids(YamlMap entry)
    {
        var fluid = entry.Enum("coolant", Fluid.Water);
        var density = FacilityFields.Positive(entry, "density");
        var heat = FacilityFields.Positive(entry, "specific_heat");
        if (density is < 500 or > 2500)
        {
            entry.Problem("density", "'density' is in kg/m3 at 40 °C; write a number between 500 and 2500");
        }

        if (heat is < 500 or > 5000)
        {
            entry.Problem("specific_heat", "'specific_heat' is in J/(kg·K) at 40 °C; write a number between 500 and 5000");
        }

        return new Coolant(fluid, density, heat);
    }

    private static string? LoopName(YamlMap entry, string key, List<string> loops)
    {
        if (entry.Scalar(key) is not { } scalar)
        {
            return null;
        }

        if (!loops.Contains(scalar.Text))
        {
            scalar.Problem($"'{key}' names the loop '{scalar.Text}', which is not under 'loops'{Spelling.DidYouMean(scalar.Text, loops)}");
            return null;
        }

        return scalar.Text;
    }

    /// <summary>A volume such as <c>180L</c> or <c>4m3</c>, in litres.</summary>
    private static double? Litres(YamlMap entry, string key)
    {
        if (entry.Scalar(key) is not { } scalar)
        {
            return null;
        }

        var (suffix, factor) = scalar.Text.EndsWith("m3", StringComparison.Ordinal) ? ("m3", 1000.0) : ("L", 1.0);
        if (scalar.Text.EndsWith(suffix, StringComparison.Ordinal)
            && double.TryParse(scalar.Text.AsSpan(0, scalar.Text.Length - suffix.Length), System.Globalization.NumberStyles.AllowDecimalPoint | System.Globalization.NumberStyles.AllowTrailingWhite, System.Globalization.CultureInfo.InvariantCulture, out var amount)
            && amount > 0)
        {
            return amount * factor;
        }

        scalar.Problem($"'{key}' is '{scalar.Text}'; write a volume with its unit, such as 60L or 4m3");
        return null;
    }
}
