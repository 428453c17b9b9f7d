using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>How a resource marks what it says: DSP0268, <c>Status.State</c>.</summary>
internal enum Presence
{
    /// <summary>It is there and may be believed.</summary>
    Here,

    /// <summary>It is there and out of use: its numbers mean nothing.</summary>
    OutOfUse,

    /// <summary>It is not there; services write 0 all the same.</summary>
    Absent,
}

/// <summary>One place in a resource that a pattern leads to.</summary>
/// <param name="Key">What the pattern's <c>*</c> stands for here; empty when it has none.</param>
/// <param name="Value">Never an object or array.</param>
/// <param name="Owner">The object that holds the value, with its <c>ReadingUnits</c>.</param>
/// <param name="Item">The array item around the value, or the whole resource: names and contexts stand there.</param>
/// <param name="InExcerpt">The pattern ended at an excerpt of a sensor, whose <c>Reading</c> this is.</param>
internal readonly record struct Place(string Key, JsonElement Value, JsonElement Owner, JsonElement Item, Presence Presence, bool InExcerpt);

/// <summary>A JSON pointer (RFC 6901) whose <c>*</c> stands for every item of an array or every property of an object.</summary>
internal sealed class ValuePattern
{
    /// <summary>Items of one array that are looked at; the largest of the field has some hundred.</summary>
    private const int MaxItems = 4096;

    private readonly string[] steps;

    private ValuePattern(string text)
    {
        Text = text;
        steps = [.. text.Split('/').Skip(1).Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
        Wildcards = steps.Count(step => step == "*");
    }

    public string Text { get; }

    public int Wildcards { get; }

    /// <summary>The value is what the sensor's <c>ReadingUnits</c> speaks of, not one of its neighbours.</summary>
    public bool IsReading => steps[^1] == "Reading";

    /// <summary>Null when the text is no pointer.</summary>
    public static ValuePattern? Parse(string text) => text.StartsWith('/') && text.Length > 1 ? new ValuePattern(text) : null;

    /// <summary>The pointer of one place, as it stands in the resource.</summary>
    public string PointerOf(in Place place)
    {
        var keys = place.Key.Length == 0 ? [] : place.Key.Split('\n');
        var pointer = new StringBuilder();
        var used = 0;
        foreach (var step in Text.Split('/').Skip(1))
        {
            pointer.Append('/').Append(step == "*" ? keys[used++].Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal) : step);
        }

        return pointer.Append(place.InExcerpt ? "/Reading" : "").ToString();
    }

    /// <summary>Every place that a resource has for the pattern.</summary>
    public void Find(JsonElement resource, List<Place> places) => Walk(resource, 0, "", resource, resource, Presence.Here, places);

    private void Walk(JsonElement node, int step, string key, JsonElement owner, JsonElement item, Presence presence, List<Place> places)
    {
        if (node.ValueKind == JsonValueKind.Object)
        {
            presence = Worse(presence, PresenceOf(node));
        }

        if (step == steps.Length)
        {
            Take(node, key, owner, item, presence, places);
        }
        else if (steps[step] != "*")
        {
            // What the status says about itself holds, whatever the status is.
            var below = steps[step] == "Status" && presence == Presence.OutOfUse ? Presence.Here : presence;
            if (node.ValueKind == JsonValueKind.Object && node.TryGetProperty(steps[step], out var next))
            {
                Walk(next, step + 1, key, node, item, below, places);
            }
            else if (node.ValueKind == JsonValueKind.Array && int.TryParse(steps[step], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < node.GetArrayLength())
            {
                Walk(node[index], step + 1, key, node, node[index], below, places);
            }
        }
        else if (node.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var each in node.EnumerateArray().Take(MaxItems))
            {
                Walk(each, step + 1, Joined(key, index++.ToString(CultureInfo.InvariantCulture)), node, each, presence, places);
            }
        }
        else if (node.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in node.EnumerateObject().Take(MaxItems))
            {
                if (NameOf(property) is { Length: > 0 and < 128 } name && name[0] != '@')
                {
                    Walk(property.Value, step + 1, Joined(key, name), node, item, presence, places);
                }
            }
        }
    }

    private static void Take(JsonElement node, string key, JsonElement owner, JsonElement item, Presence presence, List<Place> places)
    {
        if (node.ValueKind == JsonValueKind.Object && node.TryGetProperty("Reading", out var reading) && reading.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            places.Add(new Place(key, reading, node, item, presence, true));
        }
        else if (node.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            places.Add(new Place(key, node, owner, item, presence, false));
        }
    }

    private static Presence PresenceOf(JsonElement node) =>
        node.TryGetProperty("Status", out var status) && status.ValueKind == JsonValueKind.Object && status.TryGetProperty("State", out var state)
            ? RedfishJson.Text(state) switch
            {
                "Absent" => Presence.Absent,
                "Disabled" or "UnavailableOffline" => Presence.OutOfUse,
                _ => Presence.Here,
            }
            : Presence.Here;

    private static Presence Worse(Presence left, Presence right) => left > right ? left : right;

    private static string Joined(string key, string next) => key.Length == 0 ? next : $"{key}\n{next}";

    /// <summary>Null for a name whose escapes are no Unicode.</summary>
    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
