using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeDcim.Agent.Recording;

/// <summary>
/// Takes out of Redfish resources what tells whose they are: the values of properties that are private by their name, the same words wherever else
/// they stand, links included, and everything that looks like an address. Numbers stay.
/// </summary>
internal sealed partial class ResourceScrubber
{
    private const string Scrubbed = "scrubbed";
    private const string NoUuid = "00000000-0000-0000-0000-000000000000";

    private readonly Scrubber scrubber;

    /// <param name="resources">All of them, so that a word that is private in one is found in the others.</param>
    public ResourceScrubber(IEnumerable<JsonNode> resources) => scrubber = new Scrubber(resources.SelectMany(Privates).Distinct(StringComparer.OrdinalIgnoreCase).ToList());

    public string Text(string text) => Uuid().Replace(scrubber.Text(text), NoUuid);

    /// <summary>A copy.</summary>
    public JsonNode Scrub(JsonNode resource) => Clean(resource, isPrivate: false)!;

    private JsonNode? Clean(JsonNode? node, bool isPrivate) => node switch
    {
        JsonObject branch => new JsonObject(branch.Select(each => KeyValuePair.Create(each.Key, Clean(each.Value, isPrivate || IsPrivate(each.Key))))),
        JsonArray list => new JsonArray([.. list.Select(each => Clean(each, isPrivate))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(isPrivate ? Replacement(value.GetValue<string>()) : Text(value.GetValue<string>())),
        _ => node?.DeepClone(),
    };

    private static string Replacement(string text) => text.Length == 0 ? text : Uuid().IsMatch(text) ? NoUuid : Scrubbed;

    private static IEnumerable<string> Privates(JsonNode? node) => Privates(node, isPrivate: false);

    /// <summary>A private text with a digit, or of a host, may stand in other texts too; a word such as "Rack" in a label is everybody's.</summary>
    private static IEnumerable<string> Privates(JsonNode? node, bool isPrivate) => node switch
    {
        JsonObject branch => branch.SelectMany(each => Privates(each.Value, isPrivate || IsPrivate(each.Key))),
        JsonArray list => list.SelectMany(each => Privates(each, isPrivate)),
        JsonValue value when isPrivate && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is var text && (text.Any(char.IsAsciiDigit) || text.Contains('.', StringComparison.Ordinal)) => [text],
        _ => [],
    };

    private static bool IsPrivate(string property) => Private().IsMatch(property);

    [GeneratedRegex(
        "Serial(No|Num)|UUID|GUID|^MAC|MACAddress|HostName|FQDN|AssetTag|ServiceTag|^SKU$|NodeId|ExpressServiceCode|Contact|E-?Mail|UserLabel|DisplayName|ElectricalSourceName|AssetOwner|Owner|"
        + "IPv[46]|^Address$|DNS|Domain|NameServers|PostalAddress|^Placement$|PartLocationContext|WWN|IQN|UserName|Password|PhysicalAddress|DurableName$|LicenseKey",
        RegexOptions.IgnoreCase)]
    private static partial Regex Private();

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")]
    private static partial Regex Uuid();
}
