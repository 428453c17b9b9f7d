using System.Globalization;
using System.Text.Json;
using EdgeDcim.Simulator.Devices;
using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Simulator.Http;

/// <summary>The switches of the hall as JSON: all of a request is applied, or nothing and the reason is told.</summary>
/// <remarks><c>{"loadFactor":1.1,"outdoorC":31,"outdoorDewPointC":14,"ups":{"ups-a":"eco"},"devices":{"cdu-1":"silent"}}</c>; null returns the weather to the day's course. Faults: <see cref="FaultDesk"/>.</remarks>
internal sealed class ControlDesk(HallRunner hall, Silence silence, IReadOnlyList<SimulatedDevice> devices)
{
    private static readonly Dictionary<string, UpsMode> Modes = new()
    {
        ["double_conversion"] = UpsMode.DoubleConversion,
        ["eco"] = UpsMode.Eco,
        ["bypass"] = UpsMode.Bypass,
        ["battery"] = UpsMode.Battery,
    };

    private readonly FaultDesk _faults = new(hall.Points);

    public object Show()
    {
        object? shown = null;
        var seconds = hall.Current().State.Seconds;
        hall.Control(c => shown = new
        {
            loadFactor = c.LoadFactor,
            outdoorC = c.OutdoorCelsius,
            outdoorDewPointC = c.OutdoorDewPoint,
            ups = c.Ups.ToDictionary(u => u.Key, u => Modes.First(m => m.Value == u.Value).Key),
            silent = silence.Devices,
            faults = c.Faults.All.Select(f => FaultDesk.Show(f, seconds)),
        });
        return shown!;
    }

    /// <summary>Applies a request; the answer is null, or a sentence that says what is wrong with it.</summary>
    public string? Apply(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object)
        {
            return "The body must be a JSON object.";
        }

        var changes = new List<Action<Controls>>();
        foreach (var property in request.EnumerateObject())
        {
            if (Parse(property, changes) is { } problem)
            {
                return problem;
            }
        }

        hall.Control(controls => changes.ForEach(change => change(controls)));
        return null;
    }

    private string? Parse(JsonProperty property, List<Action<Controls>> changes)
    {
        switch (property.Name)
        {
            case "loadFactor":
                return Number(property.Value, 0.05, 1.3, "loadFactor", nullable: false, value => changes.Add(c => c.LoadFactor = value!.Value));
            case "outdoorC":
                return Number(property.Value, -30, 50, "outdoorC", nullable: true, value => changes.Add(c => c.OutdoorCelsius = value));
            case "outdoorDewPointC":
                return Number(property.Value, -30, 30, "outdoorDewPointC", nullable: true, value => changes.Add(c => c.OutdoorDewPoint = value));
            case "ups" when property.Value.ValueKind == JsonValueKind.Object:
                foreach (var ups in property.Value.EnumerateObject())
                {
                    if (!ups.Name.StartsWith("ups-", StringComparison.Ordinal) || devices.All(d => d.Id != ups.Name))
                    {
                        return $"There is no UPS \"{ups.Name}\" in the hall.";
                    }

                    if (ups.Value.ValueKind != JsonValueKind.String || !Modes.TryGetValue(ups.Value.GetString()!, out var mode))
                    {
                        return $"The mode of {ups.Name} must be one of {string.Join(", ", Modes.Keys)}.";
                    }

                    changes.Add(c => c.Ups[ups.Name] = mode);
                }

                return null;
            case "devices" when property.Value.ValueKind == JsonValueKind.Object:
                foreach (var device in property.Value.EnumerateObject())
                {
                    if (devices.All(d => d.Id != device.Name))
                    {
                        return $"There is no device \"{device.Name}\" in the hall.";
                    }

                    if (device.Value.ValueKind != JsonValueKind.String || device.Value.GetString() is not ("silent" or "answering"))
                    {
                        return $"{device.Name} can be \"silent\" or \"answering\".";
                    }

                    var silent = device.Value.GetString() == "silent";
                    changes.Add(_ => silence.Set(device.Name, silent));
                }

                return null;
            case "faults":
                if (_faults.Read(property.Value, hall.Current().State.Seconds, out var problem) is not { } faults)
                {
                    return problem;
                }

                changes.Add(c => c.Faults.Replace(faults));
                return null;
            default:
                return $"\"{property.Name}\" is none of loadFactor (number), outdoorC, outdoorDewPointC (number or null), ups, devices (objects), faults (list).";
        }
    }

    private static string? Number(JsonElement value, double least, double most, string name, bool nullable, Action<double?> accept)
    {
        if (nullable && value.ValueKind == JsonValueKind.Null)
        {
            accept(null);
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || value.GetDouble() is var number && (number < least || number > most))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{name} must be a number from {least} to {most}{(nullable ? " or null" : "")}.");
        }

        accept(value.GetDouble());
        return null;
    }
}
