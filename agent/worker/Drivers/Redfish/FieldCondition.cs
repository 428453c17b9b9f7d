using System.IO.Enumeration;
using System.Text.Json;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>Keeps the values beside which, or above which, a field says one of some words: a reading's type, a context, a chassis inside another.</summary>
/// <param name="Above">The resource that is asked, on the way to the value's own; null: the value's own.</param>
/// <param name="Fields">Pointers from the resource's top, or names beside the value; the first that is there counts.</param>
/// <param name="Values">Compared as text; <c>*</c> and <c>?</c> stand for anything.</param>
/// <param name="Excludes">The values that fit are left out instead.</param>
internal sealed record FieldCondition(ResourcePattern? Above, IReadOnlyList<string> Fields, IReadOnlyList<string> Values, bool Excludes)
{
    /// <summary>Split once: a condition is asked of every sensor at every poll.</summary>
    private readonly (bool FromTop, string[] Steps)[] pointers =
        [.. Fields.Select(field => (field.StartsWith('/'), field.Split('/', StringSplitOptions.RemoveEmptyEntries)))];

    private readonly bool[] arePlain = [.. Values.Select(value => value.AsSpan().IndexOfAny('*', '?', '\\') < 0)];

    /// <summary>A field that is not there fits nothing; an object or array fits only <c>*</c>.</summary>
    public bool Keeps(JsonElement resource, JsonElement item) => Fits(resource, item) != Excludes;

    private bool Fits(JsonElement resource, JsonElement item)
    {
        foreach (var (fromTop, steps) in pointers)
        {
            var value = fromTop ? resource : item;
            if (TryGo(ref value, steps) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            {
                return FitsOne(value);
            }
        }

        return false;
    }

    private bool FitsOne(JsonElement value)
    {
        string? text = null;
        for (var i = 0; i < Values.Count; i++)
        {
            if (Values[i] == "*" || (arePlain[i] && value.ValueKind == JsonValueKind.String && value.ValueEquals(Values[i])))
            {
                return true;
            }

            if ((!arePlain[i] || value.ValueKind != JsonValueKind.String) && (text ??= RedfishJson.Text(value)) is not null
                && FileSystemName.MatchesSimpleExpression(Values[i], text))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryGo(ref JsonElement node, string[] steps)
    {
        foreach (var step in steps)
        {
            if (node.ValueKind != JsonValueKind.Object || !node.TryGetProperty(step, out node))
            {
                return false;
            }
        }

        return true;
    }
}
