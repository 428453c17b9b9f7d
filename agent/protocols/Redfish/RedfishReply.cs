using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace EdgeDcim.Protocols.Redfish;

/// <summary>One whole answer of a service.</summary>
internal sealed record RedfishReply(string Path, HttpStatusCode Status, string? ContentType, string? ETag, string? Location, string? Token, TimeSpan? RetryAfter, byte[] Body)
{
    private const int MaxWords = 200;

    /// <summary>DSP0266 and RFC 9110: come again later.</summary>
    public bool IsBusy => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;

    public bool IsRedirect => Status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    public static RedfishReply Of(string path, HttpResponseMessage response, byte[] body, DateTimeOffset now) => new(
        path,
        response.StatusCode,
        response.Content.Headers.ContentType?.MediaType,
        response.Headers.ETag?.ToString(),
        response.Headers.Location?.OriginalString,
        response.Headers.TryGetValues("X-Auth-Token", out var tokens) ? tokens.First() : null,
        After(response.Headers.RetryAfter, now),
        body);

    /// <summary>The resource in the answer; anything else is a fault that says what it is instead.</summary>
    public JsonElement Resource(Func<string, string> at)
    {
        // Few static servers say the right type; HTML is what proxies and login pages send in the place of a resource.
        if (ContentType?.Contains("html", StringComparison.OrdinalIgnoreCase) == true || Body.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("<"u8))
        {
            throw new RedfishException(RedfishFault.BadReply, at($"answers a page ({ContentType ?? "no content type"}) instead of a Redfish resource"));
        }

        if (!RedfishJson.TryParse(Body, out var json, out var problem))
        {
            throw new RedfishException(RedfishFault.BadReply, at($"answers {(ContentType is null or "application/json" ? "" : $"{ContentType} with ")}{problem}"));
        }

        return json;
    }

    /// <summary>DSP0266 clause 8.6: what the service says about its refusal, in one short line; empty when it says nothing.</summary>
    public string Explanation()
    {
        if (!RedfishJson.TryParse(Body, out var json, out _) || !json.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
        {
            return "";
        }

        var words = new List<string?> { Text(error, "code"), Text(error, "message") };
        if (error.TryGetProperty("@Message.ExtendedInfo", out var more) && more.ValueKind == JsonValueKind.Array && more.GetArrayLength() > 0 && more[0].ValueKind == JsonValueKind.Object)
        {
            words.AddRange([Text(more[0], "MessageId"), Text(more[0], "Message")]);
        }

        var line = string.Join(", ", words.OfType<string>().Where(word => word.Length > 0).Distinct());
        return new string([.. line.Take(MaxWords).Select(letter => char.IsControl(letter) ? ' ' : letter)]);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? RedfishJson.Text(value) : null;

    private static TimeSpan? After(RetryConditionHeaderValue? header, DateTimeOffset now) => header?.Delta ?? (header?.Date is { } date ? date - now : null);
}
