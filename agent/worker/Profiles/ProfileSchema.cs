using System.Text.Json.Nodes;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Profiles;

/// <summary>
/// The JSON schema of profiles, for editors. It is made of what the readers ask for while they read the whole library, so it knows every key that
/// they know and no other; what one protocol has, another has not.
/// </summary>
internal static class ProfileSchema
{
    private static readonly string[] Alternatives = [".first_of", ".decide"];

    public static JsonObject Create(ProtocolCatalog protocols, ProfileLibrary library)
    {
        var watches = new SortedDictionary<string, KeyWatch>(StringComparer.Ordinal);
        var problems = new ConfigProblems();
        foreach (var name in library.Names)
        {
            var watch = new KeyWatch();
            if (library.Watch(name, watch, problems) is { } profile)
            {
                var protocol = profile.Header.Protocol;
                watches[protocol] = watches.GetValueOrDefault(protocol) ?? new KeyWatch();

                // An alternative has the keys of a point.
                watches[protocol].Add(watch, place => Alternatives.Aggregate(place, (known, alternative) => known.Replace(alternative, "", StringComparison.Ordinal)));
            }
        }

        problems.ThrowIfAny();
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "EdgeDcim hardware profile",
            ["type"] = "object",
            ["required"] = new JsonArray("profile", "kind", "vendor", "models", "protocol", "source"),

            // Who takes over the points of a base need not have any of its own.
            ["anyOf"] = new JsonArray(Required("points"), Required("base")),
            ["properties"] = new JsonObject { ["protocol"] = new JsonObject { ["enum"] = Words(watches.Keys.Intersect(protocols.Names)) } },
            ["allOf"] = new JsonArray([.. watches.Select(watch => Condition(watch.Key))]),
            ["$defs"] = new JsonObject(watches.SelectMany(watch => Definitions(watch.Key, watch.Value))),
        };
    }

    private static JsonObject Required(string key) => new() { ["required"] = new JsonArray(key) };

    private static JsonObject Condition(string protocol) => new()
    {
        ["if"] = new JsonObject { ["properties"] = new JsonObject { ["protocol"] = new JsonObject { ["const"] = protocol } }, ["required"] = new JsonArray("protocol") },
        ["then"] = new JsonObject { ["$ref"] = $"#/$defs/{protocol}" },
    };

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Definitions(string protocol, KeyWatch watch) =>
    [
        new(protocol, Mapping(protocol, watch, "")),
        new($"{protocol}-point", Mapping(protocol, watch, "points")),
    ];

    private static JsonObject Mapping(string protocol, KeyWatch watch, string place)
    {
        if (!watch.Places.TryGetValue(place, out var keys))
        {
            return new JsonObject { ["type"] = "object" };
        }

        var properties = new JsonObject();
        foreach (var (key, uses) in keys.Where(entry => entry.Key.Length > 0))
        {
            var child = place.Length == 0 ? key : $"{place}.{key}";
            properties[key] = Any([.. Forms(protocol, watch, child, uses)]);
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = keys.TryGetValue("", out var open) ? Any([.. Forms(protocol, watch, $"{place}.*", open)]) : false,
        };
    }

    /// <summary>A key that was only looked for by one reader is described by what the others do with it.</summary>
    private static IEnumerable<JsonNode> Forms(string protocol, KeyWatch watch, string place, List<KeyUse> uses)
    {
        var told = uses.Where(use => use.Form != KeyForm.Any).ToList();
        var narrow = told.Exists(use => use.Words is not null || use.Form is not KeyForm.Scalar);
        var numbers = told.Where(use => use.Form == KeyForm.Integer).ToList();
        if (numbers.Count > 0)
        {
            yield return Form(protocol, watch, place, new KeyUse(KeyForm.Integer) { Min = numbers.Min(use => use.Min), Max = numbers.Max(use => use.Max) });
        }

        foreach (var use in told.Where(use => use.Form != KeyForm.Integer && (!narrow || use.Words is not null || use.Form != KeyForm.Scalar)))
        {
            yield return Form(protocol, watch, place, use);
        }
    }

    private static JsonObject Form(string protocol, KeyWatch watch, string place, KeyUse use) => use.Form switch
    {
        KeyForm.Map => Mapping(protocol, watch, place),
        KeyForm.MapList when IsPoints(place) => new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = $"#/$defs/{protocol}-point" } },
        KeyForm.MapList => new JsonObject { ["type"] = "array", ["items"] = Mapping(protocol, watch, place) },
        KeyForm.ScalarList => new JsonObject { ["anyOf"] = new JsonArray(Scalar(), new JsonObject { ["type"] = "array", ["items"] = Scalar() }) },
        KeyForm.Number => new JsonObject { ["type"] = new JsonArray("number", "string") },
        KeyForm.Integer => new JsonObject { ["type"] = new JsonArray("integer", "string"), ["minimum"] = use.Min, ["maximum"] = use.Max },
        KeyForm.Boolean => new JsonObject { ["type"] = "boolean" },
        _ when use.Words is { } words => new JsonObject { ["enum"] = Words(words) },
        _ => Scalar(),
    };

    private static bool IsPoints(string place) => place == "points" || Alternatives.Any(alternative => place.EndsWith(alternative, StringComparison.Ordinal));

    private static JsonObject Scalar() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    private static JsonArray Words(IEnumerable<string> words) => [.. words.Order(StringComparer.Ordinal).Select(word => (JsonNode)word)];

    private static JsonNode Any(IReadOnlyList<JsonNode> forms) => forms.Count switch
    {
        0 => true,
        1 => forms[0],
        _ => new JsonObject { ["anyOf"] = new JsonArray([.. forms]) },
    };
}
