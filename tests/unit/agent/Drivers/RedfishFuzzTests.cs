using System.Text;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Drivers.Redfish;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Tests.Drivers;

/// <summary>
/// From octets to values: whatever a service sends, there is a number that it wrote, nothing, or a reason; never an exception.
/// <c>EDGEDCIM_FUZZ</c> asks for a longer run.
/// </summary>
public sealed class RedfishFuzzTests(ITestOutputHelper output)
{
    private const int PointsAnInput = 12;

    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            """{"Reading":41.5,"ReadingUnits":"Cel","ReadingType":"Temperature","PhysicalContext":"CPU","Name":"CPU1 \u00b5","Status":{"State":"Enabled","Health":"OK"}}""",
            """{"PowerControl":[{"MemberId":"0","PowerConsumedWatts":344,"PowerMetrics":{"MinConsumedWatts":"271"}}],"Voltages":[{"Name":"12V","ReadingVolts":12.1,"Status":{"State":"Absent"}}],"PowerSupplies":[{"Status":{"Health":"OK"}}]}""",
            """{"PolyPhaseVoltage":{"Line1ToNeutral":{"Reading":230.1,"THDPercent":1.1},"Line1ToLine2":{"Reading":null}},"PowerWatts":{"Reading":1e3,"ApparentVA":1100},"BreakerState":"Tripped","PowerState":"On"}""",
            """{"FlowLitersPerMinute":{"Reading":41},"LeakDetectorGroups":[{"Detectors":[{"DeviceName":"Rope","DetectorState":"Warning"}],"HumidityPercent":{"Reading":21}}],"FluidLevelStatus":"Critical","Temperatures":[{"ReadingCelsius":20}],"Fans":[{"Reading":1200,"ReadingUnits":"RPM"}]}""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly string[] Words = ["{", "}", "[", "]", "\"", ",", ":", "null", "true", "1e309", "-0", "\"\\ud800\"", "\"Reading\"", "\"Status\"", "{\"State\":\"Absent\"}", "{\"Reading\":", "\"\\u0000\"", "[[[[[[", "\xEF\xBB\xBF", "99999999999999999999999"];

    [Fact]
    public async Task Octets_of_any_kind_give_values_or_nothing()
    {
        var rounds = long.TryParse(Environment.GetEnvironmentVariable("EDGEDCIM_FUZZ"), out var asked) ? asked : 20_000;

        var (objects, values) = await RunAsync(seed: 4711, rounds);

        output.WriteLine($"{rounds} inputs, {objects} objects, {values} values");
        Assert.True(objects > rounds / 20 && values > rounds / 20, $"the inputs must reach the values: {objects} objects, {values} values");
    }

    private static async Task<(long Objects, long Values)> RunAsync(int seed, long rounds)
    {
        var random = new Random(seed);
        var points = await PointsAsync();
        var places = new List<Place>();
        var (objects, values) = (0L, 0L);
        for (var round = 0L; round < rounds; round++)
        {
            if (!RedfishJson.TryParse(Mutated(random), out var json, out _))
            {
                continue;
            }

            objects++;
            for (var i = 0; i < PointsAnInput; i++)
            {
                var point = points[random.Next(points.Length)];
                places.Clear();
                point.At.Find(json, places);
                foreach (var place in places)
                {
                    var kept = point.Where.All(condition => condition.Above is not null || condition.Keeps(json, place.Item));
                    var value = point.Convert(place);
                    Assert.False(double.IsInfinity(value));
                    Assert.StartsWith("/", point.At.PointerOf(place), StringComparison.Ordinal);
                    values += kept && !double.IsNaN(value) ? 1 : 0;
                }
            }
        }

        return (objects, values);
    }

    private static async Task<RedfishPoint[]> PointsAsync()
    {
        await using var protocols = ProtocolCatalog.Standard(TimeProvider.System);
        var problems = new ConfigProblems();
        var library = ProfileLibrary.Open(protocols).LoadAll(problems);
        problems.ThrowIfAny();
        return [.. library.OfType<RedfishProfile>().SelectMany(profile => profile.Values).DistinctBy(point => (point.At.Text, point.Metric.Name, point.Where.Count))];
    }

    private static byte[] Mutated(Random random)
    {
        var octets = new List<byte>(Seeds[random.Next(Seeds.Length)]);
        for (var change = random.Next(0, 4); change > 0; change--)
        {
            var at = random.Next(octets.Count);
            switch (random.Next(4))
            {
                case 0:
                    octets[at] = (byte)random.Next(256);
                    break;
                case 1:
                    octets.InsertRange(at, Encoding.Latin1.GetBytes(Words[random.Next(Words.Length)]));
                    break;
                case 2:
                    octets.RemoveRange(at, Math.Min(octets.Count - at - 1, random.Next(1, 12)));
                    break;
                default:
                    octets.InsertRange(at, octets.GetRange(at, Math.Min(octets.Count - at, random.Next(1, 40))));
                    break;
            }
        }

        return [.. octets];
    }
}
