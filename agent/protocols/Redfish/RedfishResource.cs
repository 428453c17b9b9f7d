using System.Text.Json;

namespace EdgeDcim.Protocols.Redfish;

/// <summary>One resource as the service gave it.</summary>
/// <param name="Path">Where it was read, without the host.</param>
/// <param name="ETag">Its version for <c>If-None-Match</c>; null when the service gave none.</param>
/// <param name="Json">The object itself; independent of the answer's buffer.</param>
public sealed record RedfishResource(string Path, string? ETag, JsonElement Json)
{
    /// <summary>The text of a property; null when it is not there or no text.</summary>
    public string? Text(string property) =>
        Json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? RedfishJson.Text(value) : null;

    /// <summary>Where a navigation property leads, as the service wrote it; null when there is none.</summary>
    public string? LinkOf(string property) => Json.TryGetProperty(property, out var target) ? RedfishJson.LinkOf(target) : null;
}

/// <summary>A member of a collection: its link, and itself where the service expanded it.</summary>
public readonly record struct RedfishMember(string Path, RedfishResource? Resource);
