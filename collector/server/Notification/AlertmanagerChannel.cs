using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EdgeDcim.Collector.Alarms;

namespace EdgeDcim.Collector.Notification;

/// <summary>
/// Alertmanager's v2 API. It forgets an alert that is not repeated, so what holds is told again every minute with an end a few minutes ahead; what
/// has cleared is told with its real end. The same alert twice is one alert there.
/// </summary>
internal sealed class AlertmanagerChannel(AlertmanagerChannelConfig config, string site, TimeProvider time) : HttpChannel(config)
{
    /// <summary>How long Alertmanager believes us without another word: several refreshes may be lost.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(10);

    private readonly Uri url = new($"{config.Url.AbsoluteUri.TrimEnd('/')}/api/v2/alerts");

    public override Task SendAsync(OutboxMessage message, CancellationToken cancel) => PostAsync(
        message.Events.Select(told => (told.Alarm, EndMs: told.Kind == NotifyKind.Cleared ? told.AtMs : Ahead())), cancel);

    public override Task RefreshAsync(IReadOnlyList<Alarm> told, CancellationToken cancel) =>
        told.Count == 0 ? Task.CompletedTask : PostAsync(told.Select(alarm => (alarm, Ahead())), cancel);

    private long Ahead() => time.GetUtcNow().Add(Believed).ToUnixTimeMilliseconds();

    private Task PostAsync(IEnumerable<(Alarm Alarm, long EndMs)> alerts, CancellationToken cancel)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartArray();
            foreach (var (alarm, endMs) in alerts)
            {
                Write(json, alarm, endMs);
            }

            json.WriteEndArray();
        }

        return PostAsync(url, memory.ToArray(), Authorise, cancel);
    }

    private void Write(Utf8JsonWriter json, Alarm alarm, long endMs)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels");
        json.WriteString("alertname", alarm.Cause);
        json.WriteString("site", site);
        json.WriteString("device", alarm.Device);
        json.WriteString("part", alarm.Part ?? "");
        json.WriteString("severity", alarm.Priority.ToString().ToLowerInvariant());
        json.WriteString("class", alarm.Class.ToString().ToLowerInvariant());
        json.WriteString("alarm", alarm.Id);
        json.WriteEndObject();
        json.WriteStartObject("annotations");
        json.WriteString("summary", alarm.Text);
        json.WriteString("description", alarm.Evidence);
        json.WriteEndObject();
        json.WriteString("startsAt", DateTimeOffset.FromUnixTimeMilliseconds(alarm.RaisedMs));
        json.WriteString("endsAt", DateTimeOffset.FromUnixTimeMilliseconds(endMs));
        json.WriteEndObject();
    }

    private void Authorise(HttpRequestHeaders headers)
    {
        if (config.User is { } user)
        {
            headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{config.Password?.Reveal()}")));
        }
    }
}
