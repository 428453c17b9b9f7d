using System.Net;
using System.Text;
using System.Text.Json;
using EdgeDcim.Collector.Tests.Hosting;
using EdgeDcim.Collector.Tests.Ingest;
using Xunit;

namespace EdgeDcim.Collector.Tests.Api;

/// <summary>Detectors over HTTP: listed while they learn, and told to learn anew.</summary>
public sealed class AnomalyApiTests : IAsyncLifetime
{
    private RunningCollector collector = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => collector = await RunningCollector.StartAsync(Cancel);

    public ValueTask DisposeAsync() => collector.DisposeAsync();

    [Fact]
    public async Task Detectors_of_a_device_are_listed_with_their_baseline_and_a_person_may_reset_them()
    {
        using var mqtt = await ApiTests.ConnectAsync(collector.MqttPort);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var plc = new EdgeNodeDouble("plc-7", null);
        await ApiTests.PublishAsync(mqtt, plc.NodeBirth(now));
        await ApiTests.PublishAsync(mqtt, plc.DeviceBirth("cdu-9", "cdu", now, ("flow/secondary", "L/min", 120), ("temperature.supply/secondary", "Cel", 30)));
        var page = await ListAsync("/api/v1/anomalies");
        while (page.GetProperty("total").GetInt32() == 0)
        {
            page = await ListAsync("/api/v1/anomalies");
        }

        var detector = page.GetProperty("anomalies")[0];
        Assert.Equal("learning", detector.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, detector.GetProperty("score").ValueKind);
        var (name, subject) = (detector.GetProperty("detector").GetString(), detector.GetProperty("subject").GetString());
        Assert.Equal(0, (await ListAsync("/api/v1/anomalies?state=anomalous")).GetProperty("total").GetInt32());
        Assert.Equal(HttpStatusCode.NoContent, await ResetAsync($$"""{"detector":"{{name}}","subject":"{{subject}}","user":"ann"}"""));
        Assert.Equal(HttpStatusCode.NotFound, await ResetAsync("""{"detector":"none","subject":"none","user":"ann"}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await ResetAsync($$"""{"detector":"{{name}}","subject":"{{subject}}"}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await ResetAsync("[]"));
        Assert.Equal(HttpStatusCode.BadRequest, (await collector.Http.GetAsync("/api/v1/anomalies?state=bad", Cancel)).StatusCode);
    }

    private async Task<JsonElement> ListAsync(string address)
    {
        using var page = JsonDocument.Parse(await collector.Http.GetStringAsync(address, Cancel));
        return page.RootElement.Clone();
    }

    private async Task<HttpStatusCode> ResetAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await collector.Http.PostAsync("/api/v1/anomalies/reset", content, Cancel);
        return answer.StatusCode;
    }
}
