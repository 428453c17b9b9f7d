using System.Text;
using System.Text.Json;

namespace EdgeDcim.Core.Sparkplug;

/// <summary>What a host application says of itself on <c>spBv1.0/STATE/host</c>: JSON with <c>online</c> and <c>timestamp</c>.</summary>
/// <param name="TimestampMs">Milliseconds since 1970-01-01 UTC; birth and will of one connection carry the same.</param>
public sealed record HostState(bool Online, long TimestampMs)
{
    public byte[] ToJson() => Encoding.UTF8.GetBytes($$"""{"online":{{(Online ? "true" : "false")}},"timestamp":{{TimestampMs}}}""");

    /// <exception cref="SparkplugException">Not JSON, or a key is missing or of the wrong type.</exception>
    public static HostState Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new SparkplugException("a STATE payload must be a JSON object");
            }

            bool? online = null;
            long? timestamp = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isOnline = reader.ValueTextEquals("online"u8);
                var isTimestamp = reader.ValueTextEquals("timestamp"u8);
                reader.Read();
                if (isOnline)
                {
                    online = reader.TokenType is JsonTokenType.True or JsonTokenType.False
                        ? reader.GetBoolean()
                        : throw new SparkplugException("'online' of a STATE payload must be true or false");
                }
                else if (isTimestamp)
                {
                    timestamp = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var ms) && ms is >= 0 and <= PayloadReader.MaxTimestampMs
                        ? ms
                        : throw new SparkplugException("'timestamp' of a STATE payload must be milliseconds since 1970");
                }
                else
                {
                    reader.Skip();
                }
            }

            return new HostState(
                online ?? throw new SparkplugException("a STATE payload lacks 'online'"),
                timestamp ?? throw new SparkplugException("a STATE payload lacks 'timestamp'"));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new SparkplugException("a STATE payload is not valid JSON", broken);
        }
    }
}
