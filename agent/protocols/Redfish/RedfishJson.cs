using System.Globalization;
using System.Text.Json;

namespace EdgeDcim.Protocols.Redfish;

/// <summary>From the octets of an answer to JSON, and from JSON to numbers, whatever a service makes of the schema.</summary>
public static class RedfishJson
{
    /// <summary>The deepest resource of the schema has a dozen levels.</summary>
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 48, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The object in an answer; false, with the reason, for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, out JsonElement json, out string problem)
    {
        body = body.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;
        json = default;
        try
        {
            json = JsonElement.Parse(body, Options);
        }
        catch (JsonException broken)
        {
            problem = $"broken JSON ({broken.Message})";
            return false;
        }

        if (body.IndexOf("\\u"u8) >= 0 && !NamesAreText(body))
        {
            problem = "broken JSON (the name of a property is no Unicode)";
            return false;
        }

        problem = json.ValueKind == JsonValueKind.Object ? "" : $"JSON, but a {json.ValueKind} instead of an object";
        return json.ValueKind == JsonValueKind.Object;
    }

    /// <summary>A finite number, also when the service wrote it as text; NaN for null and everything else.</summary>
    public static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.String when TextOf(value) is { } text
            && double.TryParse(text.AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        _ => double.NaN,
    };

    /// <summary>Text, number or truth as text; null for null, objects and arrays.</summary>
    public static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => TextOf(value),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    /// <summary>The <c>@odata.id</c> of an object.</summary>
    public static string? LinkOf(JsonElement target) =>
        target.ValueKind == JsonValueKind.Object && target.TryGetProperty("@odata.id", out var link) && link.ValueKind == JsonValueKind.String ? TextOf(link) : null;

    /// <summary>False when a name has half a surrogate pair: looking a property up would stumble over it.</summary>
    private static bool NamesAreText(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = Options.MaxDepth, AllowTrailingCommas = Options.AllowTrailingCommas, CommentHandling = Options.CommentHandling });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Null for a text whose escapes are no Unicode, such as half a surrogate pair.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
