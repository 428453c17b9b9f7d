using System.Globalization;
using System.Text.Json;
using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Simulator.Http;

/// <summary>Reads the list of faults that a request puts in place of the present one.</summary>
/// <remarks>
/// <c>[{"kind":"leak","at":"cdu-1","size":2,"unit":"L/h","onset":"10m","ramp":"2h"}]</c>; onset counts from now, both may be left out.
/// An empty list heals everything.
/// </remarks>
internal sealed class FaultDesk(IEnumerable<string> points)
{
    private static readonly string[] Cdus = ["cdu-1", "cdu-2"];

    private static readonly Dictionary<FaultKind, Rule> Rules = new()
    {
        [FaultKind.Fouling] = new("%", 0, 90, ["cdu-1", "cdu-2", "tank-1"]),
        [FaultKind.FilterClog] = new("%", 0, 5000, Cdus),
        [FaultKind.PlateClog] = new("%", 0, 5000, Cdus),
        [FaultKind.PumpTrip] = new("1", 1, 3, ["cdu-1", "cdu-2", "tank-1"]),
        [FaultKind.PumpWear] = new("%", 0, 80, Cdus),
        [FaultKind.Air] = new("%", 0, 20, Cdus),
        [FaultKind.ValveStuck] = new("%", 0, 100, Cdus),
        [FaultKind.Hunting] = new("%", 0, 50, ["cdu-1", "cdu-2", "crac-1", "crac-2"]),
        [FaultKind.Leak] = new("L/h", 0, 500, ["cdu-1", "cdu-1/tray", "cdu-2", "cdu-2/tray", "tank-1"]),
        [FaultKind.Bypass] = new("%", 0, 70, Cdus),
        [FaultKind.Contamination] = new("uS/cm", 0, 5000, Cdus),
        [FaultKind.SensorDrift] = new("", -1e6, 1e6, null),
        [FaultKind.SensorGain] = new("%", -90, 500, null),
        [FaultKind.SensorFreeze] = new("", 0, 0, null),
        [FaultKind.SensorSwap] = new("", 0, 0, null),
        [FaultKind.ChillerTrip] = new("%", 0, 100, ["chiller"]),
        [FaultKind.Condensation] = new("K", 0, 30, ["room"]),
        [FaultKind.CracFighting] = new("kW", 0, 9, ["crac-1"]),
        [FaultKind.Recirculation] = new("%", 0, 60, ["rack-1", "rack-2", "rack-3"]),
    };

    private readonly SortedSet<string> _points = new(points, StringComparer.Ordinal);

    public static string Word(FaultKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    public static object Show(Fault fault, double seconds) => new
    {
        kind = Word(fault.Kind),
        at = fault.At,
        size = fault.Size,
        unit = Rules[fault.Kind].Unit,
        sizeNow = fault.SizeAt(seconds),
        onset = Span(fault.OnsetS - seconds),
        ramp = Span(fault.RampS),
        with = fault.With,
    };

    /// <summary>Null when something is wrong; then <paramref name="problem"/> says what. Onsets count from the start of the hall plus <paramref name="seconds"/>.</summary>
    public List<Fault>? Read(JsonElement list, double seconds, out string? problem)
    {
        problem = list.ValueKind == JsonValueKind.Array ? null : "\"faults\" must be a list; [] heals everything.";
        var faults = new List<Fault>();
        foreach (var entry in problem is null ? list.EnumerateArray().ToArray() : [])
        {
            problem ??= ReadOne(entry, seconds, faults);
        }

        return problem is null ? faults : null;
    }

    private string? ReadOne(JsonElement entry, double seconds, List<Fault> faults)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            return "A fault is an object with kind, at and size.";
        }

        string kindText = "", at = "", unit = "";
        string? with = null;
        double? size = null;
        double onset = 0, ramp = 0;
        foreach (var property in entry.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "kind" when value.ValueKind == JsonValueKind.String: kindText = value.GetString()!; break;
                case "at" when value.ValueKind == JsonValueKind.String: at = value.GetString()!; break;
                case "unit" when value.ValueKind == JsonValueKind.String: unit = value.GetString()!; break;
                case "with" when value.ValueKind == JsonValueKind.String: with = value.GetString()!; break;
                case "size" when value.ValueKind == JsonValueKind.Number: size = value.GetDouble(); break;
                case "onset" when Seconds(value) is { } s: onset = s; break;
                case "ramp" when Seconds(value) is { } s: ramp = s; break;
                default: return $"\"{property.Name}\" of a fault: kind, at, unit and with are texts, size is a number, onset and ramp are spans such as \"90s\", \"2h\" or \"3d\".";
            }
        }

        var kinds = Rules.Keys.Where(k => Word(k) == kindText).ToList();
        if (kinds is not [var kind])
        {
            return $"\"{kindText}\" is no kind of fault; one of {string.Join(", ", Rules.Keys.Select(Word))}.";
        }

        var rule = Rules[kind];
        if (rule.Places is { } places ? !places.Contains(at) : !_points.Contains(at))
        {
            return rule.Places is null
                ? $"{kindText} is at a point; \"{at}\" is none. Points: {string.Join(", ", _points)}."
                : $"{kindText} is at one of {string.Join(", ", rule.Places)}, not at \"{at}\".";
        }

        if (kind == FaultKind.SensorSwap ? with is null || !_points.Contains(with) || with == at : with is not null)
        {
            return "\"with\" names the other point of a sensor_swap, and of nothing else.";
        }

        if (unit.Length > 0 && rule.Unit.Length > 0 && unit != rule.Unit)
        {
            return $"The size of {kindText} is in {rule.Unit}, not in \"{unit}\".";
        }

        if (rule.Most > rule.Least && (size is not { } given || given < rule.Least || given > rule.Most))
        {
            return string.Create(CultureInfo.InvariantCulture, $"The size of {kindText} must be from {rule.Least} to {rule.Most} {rule.Unit}.");
        }

        faults.Add(new(kind, at, size ?? 0, seconds + onset, ramp, with));
        return null;
    }

    private static double? Seconds(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not [.. var number, var unit])
        {
            return null;
        }

        var factor = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        return factor > 0 && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) ? n * factor : null;
    }

    private static string Span(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.##}s");

    /// <param name="Places">Null: at any point that has an instrument.</param>
    private sealed record Rule(string Unit, double Least, double Most, string[]? Places);
}
