using System.Buffers;
using System.Net;
using System.Text.Json;
using EdgeDcim.Collector.Tests.Hosting;
using EdgeDcim.Collector.Tests.Ingest;
using EdgeDcim.Core.Telemetry;
using MQTTnet;
using Xunit;

namespace EdgeDcim.Collector.Tests.Api;

/// <summary>The HTTP side of a running collector, as a client sees it.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private RunningCollector collector = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => collector = await RunningCollector.StartAsync(Cancel);

    public ValueTask DisposeAsync() => collector.DisposeAsync();

    [Fact]
    public async Task The_description_names_every_address_and_each_of_them_answers_a_stray_parameter_with_a_problem()
    {
        using var description = await JsonAsync("/api/v1/openapi.json");
        var paths = description.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Equal(
            ["/api/v1/alarms", "/api/v1/alarms/history", "/api/v1/alarms/report", "/api/v1/alarms/{id}", "/api/v1/alarms/{id}/{action}", "/api/v1/anomalies", "/api/v1/anomalies/reset", "/api/v1/devices", "/api/v1/history", "/api/v1/kpi", "/api/v1/live", "/api/v1/notify", "/api/v1/notify/test", "/api/v1/openapi.json", "/api/v1/readings", "/api/v1/state", "/healthz", "/metrics", "/readyz"],
            paths.Order(StringComparer.Ordinal));
        foreach (var path in paths.Where(path => path.StartsWith("/api/v1/", StringComparison.Ordinal) && !path.EndsWith("json", StringComparison.Ordinal) && !path.Contains("/{", StringComparison.Ordinal) && path is not ("/api/v1/notify/test" or "/api/v1/anomalies/reset")))
        {
            await ProblemAsync($"{path}?stray=1", HttpStatusCode.BadRequest, "'stray'");
        }
    }

    [Theory]
    [InlineData("/api/v1/history", "give either 'series'")]
    [InlineData("/api/v1/history?series=main", "write device/metric")]
    [InlineData("/api/v1/history?series=main/x&kpi=pue", "give either 'series'")]
    [InlineData("/api/v1/history?series=main/x&window=now", "belong to 'kpi'")]
    [InlineData("/api/v1/history?kpi=pue&from=yesterday", "write an instant")]
    [InlineData("/api/v1/history?kpi=pue&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "'from' must be before 'to'")]
    [InlineData("/api/v1/history?kpi=pue&step=soon", "write a duration")]
    [InlineData("/api/v1/history?kpi=pue&from=0&to=86400000&step=1ms", "more than 20000 points")]
    [InlineData("/api/v1/history?kpi=pue&kpi=wue", "given 2 times")]
    [InlineData("/api/v1/readings", "'device' is missing")]
    public async Task A_wrong_question_is_told_what_is_wrong(string address, string said) => await ProblemAsync(address, HttpStatusCode.BadRequest, said);

    [Theory]
    [InlineData("/api/v1/readings?device=nobody", "no device 'nobody'")]
    [InlineData("/api/v1/history?series=nobody/power.active", "no series 'nobody/power.active'")]
    [InlineData("/api/v1/history?kpi=nonsense", "no KPI 'nonsense'")]
    [InlineData("/api/v1/nonsense", "nothing is at this address")]
    public async Task What_is_not_known_is_not_found(string address, string said) => await ProblemAsync(address, HttpStatusCode.NotFound, said);

    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        foreach (var address in (string[])["/", "/healthz", "/api/v1/state", "/api/v1/nonsense"])
        {
            using var answer = await collector.Http.GetAsync(address, Cancel);
            Assert.StartsWith("default-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Data_of_a_foreign_edge_node_is_shown_with_its_unit_state_and_age_and_is_in_the_history()
    {
        using var mqtt = await ConnectAsync(collector.MqttPort);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var plc = new EdgeNodeDouble("plc-7", null);
        await PublishAsync(mqtt, plc.NodeBirth(now));
        await PublishAsync(mqtt, plc.DeviceBirth("ups-9", "ups", now, ("ups.mode", null, 2), ("power.active.output", "kW", 12.5), ("oil/level", "mm", 7)));
        await PublishAsync(mqtt, plc.Data("ups-9", ("power.active.output", now + 500, 13, Quality.Good)));
        using var devices = await WhenAsync("/api/v1/devices", root => root.GetArrayLength() == 1);
        var device = devices.RootElement[0];
        Assert.Equal("ups-9", device.GetProperty("id").GetString());
        Assert.Equal("online", device.GetProperty("state").GetString());
        Assert.Equal("plc-7", device.GetProperty("agent").GetString());
        var vitals = device.GetProperty("vitals").EnumerateArray().ToDictionary(vital => vital.GetProperty("metric").GetString()!);
        Assert.Equal("eco", vitals["ups.mode"].GetProperty("state").GetString());

        using var readings = await WhenAsync(
            "/api/v1/readings?device=ups-9", root => root.GetProperty("readings").EnumerateArray().Any(reading => reading.GetProperty("value").ValueKind == JsonValueKind.Number && reading.GetProperty("value").GetDouble() == 13_000));
        var power = readings.RootElement.GetProperty("readings").EnumerateArray().Single(reading => reading.GetProperty("metric").GetString() == "power.active.output");
        Assert.Equal("W", power.GetProperty("unit").GetString());
        Assert.Equal(now + 500, power.GetProperty("at").GetDateTimeOffset().ToUnixTimeMilliseconds());
        var oil = readings.RootElement.GetProperty("readings").EnumerateArray().Single(reading => reading.GetProperty("metric").GetString() == "oil");
        Assert.Equal("mm", oil.GetProperty("unit").GetString());
        Assert.Equal("level", oil.GetProperty("part").GetString());

        using var history = await WhenAsync($"/api/v1/history?series=ups-9/power.active.output&from={now}", root => root.GetProperty("points").GetArrayLength() == 2);
        Assert.Equal($"[[{now},12500],[{now + 500},13000]]", history.RootElement.GetProperty("points").GetRawText());
        Assert.Equal("W", history.RootElement.GetProperty("unit").GetString());
    }

    [Fact]
    public async Task The_live_feed_begins_with_the_state_and_then_tells_only_what_changed()
    {
        using var mqtt = await ConnectAsync(collector.MqttPort);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var plc = new EdgeNodeDouble("plc-7", null);
        await PublishAsync(mqtt, plc.NodeBirth(now));
        await PublishAsync(mqtt, plc.DeviceBirth("a", "meter", now, ("power.active", "W", 1)));
        await PublishAsync(mqtt, plc.DeviceBirth("b", "meter", now, ("power.active", "W", 2)));
        using var both = await WhenAsync("/api/v1/devices", root => root.GetArrayLength() == 2);
        await using var feed = await collector.Http.GetStreamAsync("/api/v1/live", Cancel);
        using var lines = new StreamReader(feed);
        var (first, state) = await EventAsync(lines);
        Assert.Equal("state", first);
        Assert.Equal(2, state.GetProperty("devices").GetArrayLength());
        await PublishAsync(mqtt, plc.Data("b", ("power.active", now + 2000, 3, Quality.Good)));
        for (var i = 0; i < 20; i++)
        {
            var (name, delta) = await EventAsync(lines);
            Assert.Equal("delta", name);
            Assert.True(delta.GetProperty("summary").GetProperty("devices").GetProperty("known").GetInt32() == 2);
            if (delta.GetProperty("devices").GetArrayLength() > 0)
            {
                Assert.Equal(["b"], delta.GetProperty("devices").EnumerateArray().Select(device => device.GetProperty("id").GetString()!));
                return;
            }
        }

        Assert.Fail("the change of b never came");
    }

    [Fact]
    public async Task Metrics_are_text_that_Prometheus_reads()
    {
        var text = await collector.Http.GetStringAsync("/metrics", Cancel);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Matches("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? [0-9.eE+-]+)$", line);
        }

        Assert.Contains("edgedcim_ingest_readings_received_total 0\n", text, StringComparison.Ordinal);
    }

    internal static async Task<IMqttClient> ConnectAsync(int port, string? user = null, string? password = null)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port);
        if (user is not null)
        {
            options.WithCredentials(user, password);
        }

        var answer = await client.ConnectAsync(options.Build(), Cancel);
        Assert.Equal(MqttClientConnectResultCode.Success, answer.ResultCode);
        return client;
    }

    internal static Task PublishAsync(IMqttClient client, Collector.Broker.InboundMessage message) => client.PublishAsync(
        new MqttApplicationMessage { Topic = message.Topic, Payload = new ReadOnlySequence<byte>(message.Payload) }, Cancel);

    private static async Task<(string Name, JsonElement Data)> EventAsync(StreamReader lines)
    {
        var name = "";
        while (await lines.ReadLineAsync(Cancel) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using var json = JsonDocument.Parse(line[6..]);
                return (name, json.RootElement.Clone());
            }
        }

        throw new EndOfStreamException("the feed ended");
    }

    private async Task ProblemAsync(string address, HttpStatusCode status, string said)
    {
        using var answer = await collector.Http.GetAsync(address, Cancel);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal((int)status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Contains(said, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private async Task<JsonDocument> JsonAsync(string address) => JsonDocument.Parse(await collector.Http.GetStringAsync(address, Cancel));

    private async Task<JsonDocument> WhenAsync(string address, Func<JsonElement, bool> condition)
    {
        for (var i = 0; i < 300; i++)
        {
            using var answer = await collector.Http.GetAsync(address, Cancel);
            if (answer.IsSuccessStatusCode)
            {
                var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
                if (condition(json.RootElement))
                {
                    return json;
                }

                json.Dispose();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }

        throw new TimeoutException($"{address} never came to say what was expected");
    }
}
