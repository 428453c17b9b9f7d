using System.Text.Json;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>A point of a Redfish profile: which resources, and where in each the value stands.</summary>
internal sealed record RedfishPoint : Point
{
    public override string Place => $"{Get}#{At.Text}";

    public required ResourcePattern Get { get; init; }

    public required ValuePattern At { get; init; }

    public IReadOnlyList<FieldCondition> Where { get; init; } = [];

    /// <summary>Fields beside the value that may hold its name, for <c>{label}</c>; the first that is there counts.</summary>
    public required IReadOnlyList<string> LabelFrom { get; init; }

    /// <summary>What the pattern's <c>*</c> stands for to part, for objects whose keys mean something; keys without an entry are left out.</summary>
    public IReadOnlyDictionary<string, string>? Parts { get; init; }

    /// <summary>The value in the metric's unit; NaN when there is none.</summary>
    public double Convert(in Place place)
    {
        if (place.Presence != Presence.Here || place.Value.ValueKind == JsonValueKind.Null)
        {
            return double.NaN;
        }

        if (Conversion.States is not null)
        {
            var number = place.Value.ValueKind == JsonValueKind.Number ? RedfishJson.Number(place.Value) : double.NaN;
            return RedfishJson.Text(place.Value) is not { } word ? double.NaN
                : !double.IsNaN(number) && Conversion.States.ContainsKey(number) ? Conversion.Apply(number)
                : Conversion.ApplyText(word);
        }

        var value = Conversion.Apply(RedfishJson.Number(place.Value));
        if (double.IsNaN(value) || UnitOf(place) is not { } unit)
        {
            return value;
        }

        return ReadingUnits.Between(unit, Metric.Unit) is var (factor, offset) ? value * factor + offset : double.NaN;
    }

    /// <summary>Null when the value says no unit of its own.</summary>
    public string? UnitOf(in Place place) => place.InExcerpt || At.IsReading ? UnitOf(place.Owner) : null;

    private static string? UnitOf(JsonElement owner) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty("ReadingUnits", out var units) && RedfishJson.Text(units) is { Length: > 0 } unit ? unit : null;
}
