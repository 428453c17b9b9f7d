using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Simulator.Tests;

/// <summary>The running servers, asked over sockets by our own hands.</summary>
public sealed class SimulatorHostTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly HttpClient _http = new();
    private SimulatorHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await SimulatorHost.StartAsync(new(0, 0, 0, null, null, 1883, 8080, 5, 10, 1), _time, Cancel);
        _http.BaseAddress = new($"http://127.0.0.1:{_host.Ports.Http}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Truth_names_only_metrics_of_the_vocabulary()
    {
        var vocabulary = EdgeDcim.Core.Telemetry.Vocabulary.Default;
        var truth = await TruthAsync();
        foreach (var value in truth.GetProperty("values").EnumerateObject())
        {
            var metric = value.Name.Split('/')[1];
            Assert.True(vocabulary.Find(metric) is not null, value.Name);
        }
    }

    [Fact]
    public async Task Truth_at_an_instant_of_the_past_is_what_was_served_then()
    {
        var before = await TruthAsync();
        _time.Advance(TimeSpan.FromSeconds(30));
        var after = await TruthAsync();
        Assert.NotEqual(before.GetProperty("totalW").GetDouble(), after.GetProperty("totalW").GetDouble());

        var again = await TruthAsync($"?atMs={Start.ToUnixTimeMilliseconds() + 100}");
        Assert.Equal(before.GetProperty("totalW").GetDouble(), again.GetProperty("totalW").GetDouble());
        Assert.Equal(Start.ToUnixTimeMilliseconds(), again.GetProperty("atMs").GetInt64());

        using var tooEarly = await _http.GetAsync(new Uri($"/truth?atMs={Start.ToUnixTimeMilliseconds() - 1}", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, tooEarly.StatusCode);
    }

    [Fact]
    public async Task Control_changes_the_hall_and_shows_what_it_is_set_to()
    {
        var before = await TruthAsync();
        using var answer = await PostAsync("""{"loadFactor":0.6,"outdoorC":33,"ups":{"ups-a":"eco"},"devices":{"m-cdu":"silent"}}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var shown = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("eco", shown.RootElement.GetProperty("ups").GetProperty("ups-a").GetString());
        Assert.Equal("m-cdu", shown.RootElement.GetProperty("silent")[0].GetString());

        _time.Advance(TimeSpan.FromMinutes(2));
        var after = await TruthAsync();
        Assert.InRange(after.GetProperty("itW").GetDouble() / before.GetProperty("itW").GetDouble(), 0.57, 0.63);
        Assert.Equal(33, after.GetProperty("values").GetProperty("chiller/temperature.outdoor").GetDouble());
    }

    [Fact]
    public async Task Faults_given_by_command_break_the_hall_and_an_empty_list_heals_it()
    {
        using (var answer = await PostAsync("""{"faults":[{"kind":"leak","at":"cdu-1","size":20,"unit":"L/h","onset":"60s"},{"kind":"sensor_gain","at":"cdu-2/flow/secondary","size":-10}]}"""))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var shown = (await _http.GetFromJsonAsync<JsonElement>("/control", Cancel)).GetProperty("faults");
            Assert.Equal(2, shown.GetArrayLength());
            Assert.Equal(0, shown[0].GetProperty("sizeNow").GetDouble());
        }

        _time.Advance(TimeSpan.FromMinutes(30));
        var truth = await TruthAsync();
        Assert.True(truth.GetProperty("values").GetProperty("cdu-1/water.volume.makeup").GetDouble() > 0);
        var ratio = truth.GetProperty("seen").GetProperty("cdu-2/flow/secondary").GetDouble() / truth.GetProperty("values").GetProperty("cdu-2/flow/secondary").GetDouble();
        Assert.InRange(ratio, 0.87, 0.93);

        using (await PostAsync("""{"faults":[]}"""))
        {
        }

        Assert.Equal(0, (await _http.GetFromJsonAsync<JsonElement>("/control", Cancel)).GetProperty("faults").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"faults":{}}""")]
    [InlineData("""{"faults":[{"kind":"earthquake","at":"cdu-1","size":1}]}""")]
    [InlineData("""{"faults":[{"kind":"leak","at":"cdu-9","size":1}]}""")]
    [InlineData("""{"faults":[{"kind":"leak","at":"cdu-1","size":1,"unit":"%"}]}""")]
    [InlineData("""{"faults":[{"kind":"leak","at":"cdu-1"}]}""")]
    [InlineData("""{"faults":[{"kind":"leak","at":"cdu-1","size":1,"onset":"soon"}]}""")]
    [InlineData("""{"faults":[{"kind":"sensor_swap","at":"cdu-1/flow/secondary"}]}""")]
    [InlineData("""{"faults":[{"kind":"sensor_freeze","at":"cdu-1/colour"}]}""")]
    [InlineData("""{"loadfactor":0.6}""")]
    [InlineData("""{"loadFactor":5}""")]
    [InlineData("""{"loadFactor":null}""")]
    [InlineData("""{"ups":{"ups-z":"eco"}}""")]
    [InlineData("""{"ups":{"ups-a":"turbo"}}""")]
    [InlineData("""{"devices":{"cdu-9":"silent"}}""")]
    [InlineData("""{"devices":{"cdu-1":"off"}}""")]
    [InlineData("""{"loadFactor":0.6,"nonsense":1}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task Control_with_a_mistake_is_refused_whole(string body)
    {
        using var answer = await PostAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(1, (await _http.GetFromJsonAsync<JsonElement>("/control", Cancel)).GetProperty("loadFactor").GetDouble());
    }

    [Fact]
    public async Task Gateway_keeps_silent_for_a_silenced_unit_and_answers_its_neighbour_on_the_same_connection()
    {
        using (await PostAsync("""{"devices":{"cdu-1":"silent"}}"""))
        {
        }

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _host.Ports.Hall, Cancel);
        var stream = client.GetStream();

        // Transaction 1 to unit 1 (silent), transaction 2 to unit 2: only the second is answered.
        await stream.WriteAsync(Convert.FromHexString("000100000006010313880002" + "000200000006020313880002"), Cancel);
        var answer = new byte[13];
        await stream.ReadExactlyAsync(answer, Cancel);
        Assert.Equal("0002000000070203" + "04", Convert.ToHexString(answer, 0, 9));
    }

    [Fact]
    public async Task Gateway_closes_on_a_frame_that_is_not_modbus()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _host.Ports.Hall, Cancel);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Cancel);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Cancel));
    }

    private async Task<JsonElement> TruthAsync(string query = "") => await _http.GetFromJsonAsync<JsonElement>("/truth" + query, Cancel);

    private async Task<HttpResponseMessage> PostAsync(string json)
    {
        using var content = new StringContent(json);
        return await _http.PostAsync(new Uri("/control", UriKind.Relative), content, Cancel);
    }
}
