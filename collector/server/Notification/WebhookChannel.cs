using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeDcim.Collector.Alarms;

namespace EdgeDcim.Collector.Notification;

/// <summary>
/// A signed POST: <c>X-EdgeDcim-Signature: sha256=HEX</c> is the HMAC of the time stamp, a dot and the body, so a receiver can tell who sent it and
/// that it is not played back; <c>Idempotency-Key</c> is the same at every attempt.
/// </summary>
internal sealed class WebhookChannel(WebhookChannelConfig config, string site, TimeProvider time) : HttpChannel(config)
{
    public override Task SendAsync(OutboxMessage message, CancellationToken cancel)
    {
        var body = NotifyJson.Message(site, message);
        var stamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return PostAsync(
            config.Url, body,
            headers =>
            {
                headers.Add("Idempotency-Key", message.Key);
                headers.Add("X-EdgeDcim-Timestamp", stamp);
                if (config.Secret is { } secret)
                {
                    headers.Add("X-EdgeDcim-Signature", $"sha256={Sign(secret.Reveal(), stamp, body)}");
                }
            },
            cancel);
    }

    public static string Sign(string secret, string stamp, byte[] body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes(stamp), (byte)'.', .. body]));
}

/// <summary>The JSON of a message, for webhooks and MQTT.</summary>
internal static class NotifyJson
{
    public static byte[] Message(string site, OutboxMessage message)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteString("site", site);
            json.WriteString("key", message.Key);
            json.WriteStartArray("events");
            foreach (var told in message.Events)
            {
                Write(json, told);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return memory.ToArray();
    }

    private static void Write(Utf8JsonWriter json, NotifyEvent told)
    {
        var alarm = told.Alarm;
        json.WriteStartObject();
        json.WriteString("event", told.Kind.ToString().ToLowerInvariant());
        json.WriteString("route", told.Route);
        json.WriteString("at", DateTimeOffset.FromUnixTimeMilliseconds(told.AtMs));
        json.WriteString("id", alarm.Id);
        json.WriteString("device", alarm.Device);
        json.WriteString("part", alarm.Part);
        json.WriteString("cause", alarm.Cause);
        json.WriteString("priority", alarm.Priority.ToString().ToLowerInvariant());
        json.WriteString("text", alarm.Text);
        json.WriteString("evidence", alarm.Evidence);
        json.WriteBoolean("safety", alarm.Safety);
        json.WriteString("raised", DateTimeOffset.FromUnixTimeMilliseconds(alarm.RaisedMs));
        json.WriteEndObject();
    }
}
