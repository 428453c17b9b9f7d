using System.Net.Http.Json;
using System.Text.Json;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Hall;

/// <summary>The agent's profiles and clients against the simulated hall: two programs that share no code must agree on every value.</summary>
public sealed class ReadAgainstTruthTests
{
    private const long HallStepMs = 250;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_point_of_every_profile_reads_as_the_truth_within_the_meters_resolution()
    {
        using var folder = new ScratchFolder();
        await using var simulator = OtherProcess.Start(Repository.Simulator, ["--ports-file", folder.File("ports.json"), "--seed", "9"]);
        var text = await Eventually.GetAsync(async () => File.Exists(folder.File("ports.json")) ? await File.ReadAllTextAsync(folder.File("ports.json"), Cancel) : null, "the simulator listens", TimeSpan.FromSeconds(30), Cancel);
        using var ports = JsonDocument.Parse(text);
        using var http = new HttpClient();
        var truth = ports.RootElement.GetProperty("truth").GetString();
        var read = new HashSet<string>();
        var wrong = new List<string>();
        foreach (var (device, profile, address) in OneOfEachModel(ports.RootElement))
        {
            var began = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            var (code, printed, output) = await OtherProcess.ReadAsync(Repository.Agent, ["read", "--profile", profile, "--at", address, "--json"], Cancel);
            Assert.True(code == 0, $"{device}: {output}");
            using var readings = JsonDocument.Parse(printed);
            var known = new Dictionary<long, JsonElement>();
            async Task<JsonElement> SeenAsync(long atMs) => known.TryGetValue(atMs, out var seen)
                ? seen
                : known[atMs] = (await http.GetFromJsonAsync<JsonElement>(new Uri($"{truth}?atMs={atMs}"), Cancel)).GetProperty("seen");

            foreach (var reading in readings.RootElement.EnumerateArray())
            {
                var name = Name(device, reading);
                Assert.True(read.Add(name), $"{name} was read twice");

                var fault = await FaultAsync(name, reading, began, SeenAsync);
                if (fault is not null)
                {
                    wrong.Add(fault);
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(read.Count > 300, $"only {read.Count} values were read");
    }

    /// <summary>
    /// Null when the value is what the device served at some instant since it was asked: until the answer has its time stamp a busy machine may
    /// take its time.
    /// </summary>
    private static async Task<string?> FaultAsync(string name, JsonElement reading, long beganMs, Func<long, Task<JsonElement>> seenAsync)
    {
        var stampedMs = reading.GetProperty("at").GetDateTimeOffset().ToUnixTimeMilliseconds();
        string? first = null;
        for (var atMs = stampedMs; atMs == stampedMs || atMs >= beganMs; atMs -= HallStepMs)
        {
            if (Judge(name, reading, await seenAsync(atMs)) is not { } fault)
            {
                return null;
            }

            first ??= fault;
        }

        return first;
    }

    /// <summary>Null when it is right.</summary>
    private static string? Judge(string name, JsonElement reading, JsonElement truth)
    {
        if (!truth.TryGetProperty(name, out var expected))
        {
            return $"{name}: read, but the hall knows no truth of that name";
        }

        var value = reading.GetProperty("value");
        if (value.ValueKind != JsonValueKind.Number || reading.GetProperty("quality").GetString() != "good")
        {
            return $"{name}: {reading}";
        }

        var (got, want) = (value.GetDouble(), expected.GetDouble());

        // Half of the coarsest step that a card of the hall has for the unit; the hall may move 0.3 % within the second.
        var half = reading.GetProperty("unit").GetString() switch
        {
            "W" or "V.A" or "var" => 5.5,
            "V" or "A" or "Cel" or "%" => 0.51,
            "kPa" => 5.1,
            "s" => 30.1,
            "kW.h" => 0.051,
            "1" or null => 0.0051,
            _ => 0.06,
        };
        return Math.Abs(got - want) > half + (0.003 * Math.Abs(want)) ? $"{name}: read {got}, true {want}" : null;
    }

    private static string Name(string device, JsonElement reading)
    {
        var part = reading.GetProperty("part");
        return $"{device}/{reading.GetProperty("metric").GetString()}{(part.ValueKind == JsonValueKind.String ? "/" + part.GetString() : "")}";
    }

    private static IEnumerable<(string Device, string Profile, string Address)> OneOfEachModel(JsonElement ports)
    {
        string Modbus(string server, int unit) => $"modbus://127.0.0.1:{ports.GetProperty("modbus").GetProperty(server).GetInt32()}?unit={unit}";
        string Snmp(string device) => $"snmp://127.0.0.1:{ports.GetProperty("snmp").GetProperty(device).GetInt32()}?community=public";
        yield return ("main", "janitza-umg96rm", Modbus("main", 1));
        yield return ("ups-a", "rfc1628", Snmp("ups-a"));
        yield return ("ups-b", "eaton-xups", Snmp("ups-b"));
        yield return ("pdu-a1", "apc-rpdu2", Snmp("pdu-a1"));
        yield return ("pdu-b2", "raritan-px", Snmp("pdu-b2"));
        yield return ("cdu-2", "supermicro-cdu", Modbus("hall", 2));
        yield return ("tank-1", "fx5u-immersion", Modbus("hall", 3));
        yield return ("m-tank-it", "carlo-gavazzi-em24", Modbus("hall", 4));
        yield return ("m-cdu", "siemens-pac3200", Modbus("hall", 6));
        yield return ("chiller", "liebert-hpc", Modbus("hall", 7));
        yield return ("m-chiller", "eastron-sdm630", Modbus("hall", 8));
        yield return ("heat-1", "kamstrup-multical", Modbus("hall", 9));
        yield return ("water-1", "siemens-mag6000", Modbus("hall", 10));
        yield return ("m-lights", "schneider-iem3000", Modbus("hall", 11));
        yield return ("heat-cdu-2", "kamstrup-multical", Modbus("hall", 13));
        yield return ("crac", "stulz-wib8000", Snmp("crac"));
        yield return ("inlets", "akcp-sensorprobe", Snmp("inlets"));
        yield return ("leaks", "hwg-wld", Snmp("leaks"));
    }
}
