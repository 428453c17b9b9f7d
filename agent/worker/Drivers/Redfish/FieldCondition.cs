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
    /// <summary>A field that is not there fits nothing; an object or array fits only <c>*</c>.</summary>
    public bool Keeps(JsonElement resource, JsonElement item) => Fits(resource, item) != Excludes;

    private bool Fits(JsonElement resource, JsonElement item)
    {
        foreach (var field in Fields)
        {
            var found = field.StartsWith('/') ? At(resource, field) : At(item, "/" + field);
            if (found is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value)
            {
                var text = RedfishJson.Text(value);
                return Values.Any(wanted => text is null ? wanted == "*" : FileSystemName.MatchesSimpleExpression(wanted, text));
            }
        }

        return false;
    }

    private static JsonElement? At(JsonElement node, string pointer)
    {
        foreach (var step in pointer.Split('/').Skip(1))
        {
            if (node.ValueKind != JsonValueKind.Object || !node.TryGetProperty(step, out node))
            {
                return null;
            }
        }

        return node;
    }
}
