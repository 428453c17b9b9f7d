using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Simulator.Tests;

/// <summary>The running servers, asked over sockets by our own hands and by tools that we did not write.</summary>
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

    [Theory]
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

    [Theory]
    [InlineData("main", 1, 19026, "float", "main/power.active", 1.0)]
    [InlineData("main", 1, 19068, "float", "main/energy.active.import", 1000.0)]
    [InlineData("hall", 3, 112, "int16", "tank-1/temperature.return/primary", 10.0)]
    [InlineData("hall", 7, 490, "int16-in", "chiller/temperature.return", 10.0)]
    [InlineData("hall", 8, 52, "float-in", "m-chiller/power.active", 1.0)]
    [InlineData("hall", 11, 3059, "float", "m-lights/power.active", 0.001)]
    [InlineData("hall", 1, 5000, "float-low", "cdu-1/temperature.supply/secondary", 1.0)]
    [InlineData("hall", 4, 0x28, "int32-low", "m-tank-it/power.active", 10.0)]
    public async Task Registers_read_with_mbpoll_are_the_truth_within_the_meters_resolution(string server, int unit, int address, string format, string name, double scale)
    {
        var port = server == "main" ? _host.Ports.Main : _host.Ports.Hall;
        var table = format.EndsWith("-in", StringComparison.Ordinal) ? "3" : "4";
        var type = format.Split('-')[0] switch { "float" => ":float", "int32" => ":int", _ => ":int16" };
        type = type == ":int16" ? "" : type;

        // mbpoll takes the low word first unless told otherwise (-B).
        List<string> arguments = ["-m", "tcp", "-p", port.ToString(CultureInfo.InvariantCulture), "-a", unit.ToString(CultureInfo.InvariantCulture), "-0", "-r", address.ToString(CultureInfo.InvariantCulture), "-c", "1", "-t", table + type, "-1"];
        if (!format.EndsWith("-low", StringComparison.Ordinal))
        {
            arguments.Add("-B");
        }

        var output = await Tool.RunAsync("mbpoll", [.. arguments, "127.0.0.1"], Cancel);
        var line = output.Split('\n').Single(l => l.StartsWith($"[{address}]:", StringComparison.Ordinal));
        var raw = double.Parse(line.Split(':')[1].Split('(')[0].Trim(), CultureInfo.InvariantCulture);
        var expected = await ValueAsync(name) * scale;
        Assert.InRange(raw, expected - 0.51 - (Math.Abs(expected) * 1e-5), expected + 0.51 + (Math.Abs(expected) * 1e-5));
    }

    [Theory]
    [InlineData("ups-a", "1.3.6.1.2.1.33.1.4.4.1.4.2", "ups-a/power.active.output/L2", 1.0)]
    [InlineData("ups-a", "1.3.6.1.2.1.33.1.2.3.0", "ups-a/battery.runtime", 1 / 60.0)]
    [InlineData("ups-b", "1.3.6.1.4.1.534.1.3.4.1.4.1", "ups-b/power.active.input/L1", 1.0)]
    [InlineData("pdu-a2", "1.3.6.1.4.1.318.1.1.26.4.3.1.5.1", "pdu-a2/power.active", 0.1)]
    [InlineData("pdu-a2", "1.3.6.1.4.1.318.1.1.26.4.3.1.9.1", "pdu-a2/energy.active.import", 10.0)]
    [InlineData("pdu-b3", "1.3.6.1.4.1.13742.6.5.2.3.1.4.1.1.5", "pdu-b3/power.active", 1.0)]
    [InlineData("pdu-b3", "1.3.6.1.4.1.13742.6.5.2.4.1.4.1.1.3.1", "pdu-b3/current/L3", 1000.0)]
    public async Task Objects_read_with_snmpget_are_the_truth_within_the_cards_resolution(string device, string oid, string name, double scale)
    {
        foreach (var version in new[] { "1", "2c" })
        {
            var output = await Tool.RunAsync("snmpget", ["-v", version, "-c", "public", "-Oqv", $"127.0.0.1:{_host.Ports.Snmp[device]}", oid], Cancel);
            var expected = await ValueAsync(name) * scale;
            Assert.InRange(double.Parse(output, CultureInfo.InvariantCulture), expected - 0.5001, expected + 0.5001);
        }
    }

    [Fact]
    public async Task Every_object_is_reached_by_walk_and_by_bulk_walk_alike()
    {
        foreach (var device in _host.Devices.Where(d => d.Mib is not null))
        {
            var peer = $"127.0.0.1:{_host.Ports.Snmp[device.Id]}";
            var walk = await Tool.RunAsync("snmpwalk", ["-v", "1", "-c", "public", "-On", "-Cc", peer, "1"], Cancel);
            var bulk = await Tool.RunAsync("snmpbulkwalk", ["-v", "2c", "-c", "public", "-On", peer, "1"], Cancel);
            Assert.Equal(device.Mib!.Count, walk.Split('\n').Count(IsObject));
            Assert.Equal(walk.Split('\n').Where(IsObject), bulk.Split('\n').Where(IsObject));
        }

        static bool IsObject(string line) => line.StartsWith(".1", StringComparison.Ordinal) && !line.Contains("No more variables", StringComparison.Ordinal);
    }

    private async Task<double> ValueAsync(string name) => (await TruthAsync()).GetProperty("values").GetProperty(name).GetDouble();

    private async Task<JsonElement> TruthAsync(string query = "") => await _http.GetFromJsonAsync<JsonElement>("/truth" + query, Cancel);

    private async Task<HttpResponseMessage> PostAsync(string json)
    {
        using var content = new StringContent(json);
        return await _http.PostAsync(new Uri("/control", UriKind.Relative), content, Cancel);
    }
}
