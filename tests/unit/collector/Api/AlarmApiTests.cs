using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using EdgeDcim.Collector.Tests.Hosting;
using EdgeDcim.Collector.Tests.Ingest;
using EdgeDcim.Core.Telemetry;
using MQTTnet;
using Xunit;

namespace EdgeDcim.Collector.Tests.Api;

/// <summary>Alarms over HTTP and MQTT: from the reading to the operator's hand and the audit trail.</summary>
public sealed class AlarmApiTests : IAsyncLifetime
{
    private RunningCollector collector = null!;
    private IMqttClient mqtt = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        collector = await RunningCollector.StartAsync(Cancel);
        mqtt = await ApiTests.ConnectAsync(collector.MqttPort);
    }

    public async ValueTask DisposeAsync()
    {
        mqtt.Dispose();
        await collector.DisposeAsync();
    }

    [Fact]
    public async Task A_breaker_that_trips_is_listed_acknowledged_with_a_name_told_live_and_as_retained_json_and_described_truly()
    {
        var id = await TripAsync();
        using var live = await StateAsync();
        Assert.Equal(id, live.RootElement.GetProperty("alarms")[0].GetProperty("id").GetString());
        Assert.Equal(1, live.RootElement.GetProperty("summary").GetProperty("alarms").GetProperty("high").GetInt32());

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync($"/api/v1/alarms/{id}/acknowledge", "{}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync($"/api/v1/alarms/{id}/shelve", """{"user":"ann"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync($"/api/v1/alarms/{id}/shelve", """{"user":"ann","reason":"r","for":"25h"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync($"/api/v1/alarms/{id}/acknowledge", """{"user":"ann","surprise":1}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync($"/api/v1/alarms/{id}/delete", """{"user":"ann"}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("/api/v1/alarms/abc/acknowledge", """{"user":"ann"}""")).Status);
        var (status, body) = await PostAsync($"/api/v1/alarms/{id}/acknowledge", """{"user":"ann","reason":"on my way"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("active_acknowledged", body.GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync($"/api/v1/alarms/{id}/acknowledge", """{"user":"ann"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync($"/api/v1/alarms/{id}/shelve", """{"user":"bob","reason":"spare ordered","for":"8h"}""")).Status);

        using var shown = JsonDocument.Parse(await collector.Http.GetStringAsync("/api/v1/alarms", Cancel));
        Assert.Equal(0, shown.RootElement.GetProperty("total").GetInt32());
        using var shelved = JsonDocument.Parse(await collector.Http.GetStringAsync("/api/v1/alarms?list=shelved&priority=high&device=pdu-1&limit=1", Cancel));
        Assert.Equal("spare ordered", shelved.RootElement.GetProperty("alarms")[0].GetProperty("shelf").GetProperty("reason").GetString());
        using var story = JsonDocument.Parse(await collector.Http.GetStringAsync($"/api/v1/alarms/{id}", Cancel));
        Assert.Equal(["raised", "acknowledged", "shelved"], story.RootElement.GetProperty("trail").EnumerateArray().Select(change => change.GetProperty("event").GetString()!));
        Assert.Equal(["edgedcim", "ann", "bob"], story.RootElement.GetProperty("trail").EnumerateArray().Select(change => change.GetProperty("user").GetString()!));

        using var history = JsonDocument.Parse(await collector.Http.GetStringAsync("/api/v1/alarms/history?device=pdu-1&limit=2", Cancel));
        Assert.True(history.RootElement.GetProperty("more").GetBoolean());
        Assert.Equal(["acknowledged", "shelved"], history.RootElement.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("event").GetString()!));
        Assert.All(history.RootElement.GetProperty("events").EnumerateArray(), one => Assert.Equal((id, "pdu-1", "breaker"), (one.GetProperty("id").GetString(), one.GetProperty("device").GetString(), one.GetProperty("cause").GetString())));
        using var elsewhere = JsonDocument.Parse(await collector.Http.GetStringAsync("/api/v1/alarms/history?device=none", Cancel));
        Assert.Equal(0, elsewhere.RootElement.GetProperty("events").GetArrayLength());

        var retained = await RetainedAsync($"edgedcim/demo/alarm/{id}");
        Assert.Equal("active_acknowledged", retained.GetProperty("state").GetString());
        using var report = JsonDocument.Parse(await collector.Http.GetStringAsync("/api/v1/alarms/report?period=1d", Cancel));
        Assert.Equal(1, report.RootElement.GetProperty("raised").GetInt32());

        using var description = JsonDocument.Parse(await collector.Http.GetStringAsync("/api/v1/openapi.json", Cancel));
        Matches(description.RootElement, "AlarmPage", shelved.RootElement);
        Matches(description.RootElement, "AlarmStory", story.RootElement);
        Matches(description.RootElement, "AlarmReport", report.RootElement);
        Matches(description.RootElement, "Summary", live.RootElement.GetProperty("summary"));
        Matches(description.RootElement, "Alarm", retained);
    }

    [Theory]
    [InlineData("/api/v1/alarms?list=mine", "write one of: shown, active")]
    [InlineData("/api/v1/alarms?priority=urgent", "write low, medium, high or critical")]
    [InlineData("/api/v1/alarms?limit=5000", "write a whole number up to 1000")]
    public async Task A_wrong_question_is_told_what_is_wrong(string address, string said)
    {
        using var answer = await collector.Http.GetAsync(address, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "10.0.0.7", HttpStatusCode.Unauthorized)]
    [InlineData("Origin", "http://elsewhere.example", HttpStatusCode.Forbidden)]
    [InlineData("Authorization", "Bearer 0123456789abcdef0123", HttpStatusCode.Unauthorized)]
    public async Task Who_is_not_at_this_machine_or_comes_from_another_page_may_not_act(string header, string value, object expected)
    {
        var id = await TripAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/alarms/{id}/acknowledge") { Content = new StringContent("""{"user":"eve"}""", Encoding.UTF8, "application/json") };
        request.Headers.Add(header, value);
        using var answer = await collector.Http.SendAsync(request, Cancel);
        Assert.Equal(expected, answer.StatusCode);
        using var form = await collector.Http.PostAsync($"/api/v1/alarms/{id}/acknowledge", new StringContent("""{"user":"eve"}"""), Cancel);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
    }

    private async Task<string> TripAsync()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var plc = new EdgeNodeDouble("plc-7", null);
        await ApiTests.PublishAsync(mqtt, plc.NodeBirth(now));
        await ApiTests.PublishAsync(mqtt, plc.DeviceBirth("pdu-1", "pdu", now, ("state.breaker", null, 3)));
        while (true)
        {
            using var answer = JsonDocument.Parse(await collector.Http.GetStringAsync("/api/v1/alarms", Cancel));
            if (answer.RootElement.GetProperty("total").GetInt32() == 1)
            {
                var alarm = answer.RootElement.GetProperty("alarms")[0];
                Assert.Equal(("breaker", "high"), (alarm.GetProperty("cause").GetString(), alarm.GetProperty("priority").GetString()));
                return alarm.GetProperty("id").GetString()!;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancel);
        }
    }

    /// <summary>The picture of the second in which the alarm is there.</summary>
    private async Task<JsonDocument> StateAsync()
    {
        while (true)
        {
            var state = JsonDocument.Parse(await collector.Http.GetStringAsync("/api/v1/state", Cancel));
            if (state.RootElement.GetProperty("alarms").GetArrayLength() > 0)
            {
                return state;
            }

            state.Dispose();
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancel);
        }
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string address, string json)
    {
        using var answer = await collector.Http.PostAsync(address, new StringContent(json, Encoding.UTF8, "application/json"), Cancel);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        return (answer.StatusCode, body.RootElement.Clone());
    }

    private async Task<JsonElement> RetainedAsync(string topic)
    {
        using var reader = await ApiTests.ConnectAsync(collector.MqttPort);
        var heard = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        reader.ApplicationMessageReceivedAsync += message =>
        {
            using var json = JsonDocument.Parse(message.ApplicationMessage.Payload.ToArray());
            heard.TrySetResult(json.RootElement.Clone());
            return Task.CompletedTask;
        };
        await reader.SubscribeAsync(topic, cancellationToken: Cancel);
        return await heard.Task.WaitAsync(Cancel);
    }

    /// <summary>Every property that the description names is there with its type, and none that it does not name.</summary>
    private static void Matches(JsonElement description, string schema, JsonElement value) =>
        Matches(description, description.GetProperty("components").GetProperty("schemas").GetProperty(schema), value, schema);

    private static void Matches(JsonElement description, JsonElement schema, JsonElement value, string place)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Matches(description, reference.GetString()!.Split('/')[^1], value);
            return;
        }

        if (schema.TryGetProperty("oneOf", out var choices))
        {
            if (value.ValueKind != JsonValueKind.Null)
            {
                Matches(description, choices.EnumerateArray().First(choice => !(choice.TryGetProperty("type", out var type) && type.ToString() == "null")), value, place);
            }

            return;
        }

        var types = schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } several ? several.EnumerateArray().Select(type => type.GetString()!).ToList() : [schema.GetProperty("type").GetString()!];
        var found = value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Null => "null",
            JsonValueKind.Number => types.Contains("integer") ? "integer" : "number",
            _ => "boolean",
        };
        Assert.True(types.Contains(found), $"{place} is {found}, described as {string.Join(" or ", types)}");
        if (found == "object" && schema.TryGetProperty("properties", out var properties))
        {
            Assert.Equal(properties.EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal), value.EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal));
            foreach (var property in properties.EnumerateObject())
            {
                Matches(description, property.Value, value.GetProperty(property.Name), $"{place}.{property.Name}");
            }
        }

        if (found == "array")
        {
            foreach (var item in value.EnumerateArray())
            {
                Matches(description, schema.GetProperty("items"), item, $"{place}[]");
            }
        }
    }
}
