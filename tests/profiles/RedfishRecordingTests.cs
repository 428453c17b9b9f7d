using System.Text.Json;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Scenarios.Redfish;

namespace EdgeDcim.Profiles.Tests;

/// <summary>Every number that the mock-ups of others hold is read with the right value and unit, or its absence has a reason.</summary>
public sealed class RedfishRecordingTests(ITestOutputHelper output)
{
    /// <summary>Mock-up, and the profile that identification must choose.</summary>
    public static TheoryData<string, string> Expected { get; } = new()
    {
        { "dmtf-rackmount1", "redfish-server" },
        { "hpe-dl380a", "redfish-server" },
        { "ocp-cdu", "redfish-cdu" },
        { "ocp-rackpdu", "redfish-pdu" },
        { "supermicro-x10", "redfish-server" },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Read_mockup_givesEveryExpectedNumberRightOrSaysWhyNot(string mockup, string profileName)
    {
        var folder = Repository.Recordings is { } recordings ? Path.Combine(recordings, "redfish", mockup) : null;
        Assert.SkipUnless(Directory.Exists(folder), "the recordings of real devices are not beside the repository");

        var (profile, samples) = await ReadAsync(folder!);
        var bySource = samples.GroupBy(sample => sample.Instance.Source).ToDictionary(group => group.Key, group => group.First());
        var (read, absent, reasons, wrong) = (0, new List<string>(), new List<string>(), new List<string>());
        var numbers = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(folder!, "readings.json"), Cancel)).EnumerateArray().ToList();
        foreach (var number in numbers)
        {
            var place = $"{number.GetProperty("resource").GetString()}#{number.GetProperty("pointer").GetString()}";
            if (!bySource.TryGetValue(place, out var sample))
            {
                var reason = Reason(folder!, number, place);
                (reason is null ? absent : reasons).Add($"  {place} = {number.GetProperty("value")}: {reason}");
                continue;
            }

            read++;
            var expected = number.GetProperty("value").GetDouble() * Factor(number.GetProperty("unit").GetString(), sample.Instance.Point.Metric.Unit, place);
            if (Math.Abs(sample.Value - expected) > 1e-9 * Math.Max(1, Math.Abs(expected)) || sample.Quality != Core.Telemetry.Quality.Good)
            {
                wrong.Add($"{place} = {expected} was read as {sample.Value}, {sample.Quality}");
            }
        }

        output.WriteLine($"{mockup}: {profile} reads {read} of {numbers.Count} numbers, {samples.Count} values in all; left out:");
        reasons.ForEach(output.WriteLine);
        Assert.Equal(profileName, profile);
        Assert.Empty(wrong);
        Assert.Empty(absent);
        Assert.Empty(samples.GroupBy(sample => (sample.Instance.Point.Metric.Name, sample.Instance.Part)).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    private static async Task<(string Profile, IReadOnlyList<Sample> Samples)> ReadAsync(string tree)
    {
        using var folder = new ScratchFolder();
        await using var service = await RedfishPeers.StartAsync(folder, tree, Cancel);
        await using var protocols = ProtocolCatalog.Standard(TimeProvider.System);
        var problems = new ConfigProblems();
        var library = ProfileLibrary.Open(protocols).LoadAll(problems);
        problems.ThrowIfAny();
        var address = AddressText.Parse(new YamlScalar("test", 1, 1, "at", service.Address, problems))!;
        var endpoint = new EndpointConfig("mockup", "redfish", address.Path, TimeSpan.FromSeconds(30), TimeSpan.Zero);
        var access = new RedfishAccess(null, null, null, null);
        await using var link = protocols.Get("redfish").OpenLink(endpoint);
        var profile = (await link.IdentifyAsync(access, library, Cancel))[0].Profile;
        var driver = link.CreateDriver(new DeviceConfig("mockup", profile, "any", endpoint, access));
        var samples = new List<Sample>();
        foreach (var group in Enum.GetValues<PollGroup>())
        {
            samples.AddRange(await driver.ReadAsync(group, Cancel));
        }

        return (profile.Name, samples);
    }

    /// <summary>Why a number is not read; null when it should have been.</summary>
    private static string? Reason(string folder, JsonElement number, string place)
    {
        if (place.Contains("/Thresholds/", StringComparison.Ordinal))
        {
            return "a limit of the service, not a measurement";
        }

        if (!number.GetProperty("reachable").GetBoolean())
        {
            return "no link leads to it";
        }

        var resource = JsonElement.Parse(File.ReadAllText(Path.Combine([folder, .. number.GetProperty("resource").GetString()!.Split('/', StringSplitOptions.RemoveEmptyEntries), "index.json"])));
        var item = resource;
        foreach (var step in number.GetProperty("pointer").GetString()!.Split('/').Skip(1).SkipLast(1))
        {
            item = item.ValueKind == JsonValueKind.Array ? item[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : item.GetProperty(step);
        }

        return item.TryGetProperty("Status", out var status) && status.TryGetProperty("State", out var state) && state.GetString() == "Absent" ? "the service says that it is absent"
            : place.EndsWith("/Power#/PowerControl/0/PowerConsumedWatts", StringComparison.Ordinal) ? "the new schema's power of the same chassis is read"
            : place.Contains("/Sensors/", StringComparison.Ordinal) && !item.TryGetProperty("ReadingType", out _) && !item.TryGetProperty("ReadingUnits", out _) ? "the sensor says neither type nor unit; the old schema's value of the same name is read"
            : null;
    }

    private static double Factor(string? unit, string ours, string place) =>
        (unit, ours) == ("kW", "W") ? 1000 : place.EndsWith("/StoredEnergyWattHours/Reading", StringComparison.Ordinal) ? 0.001 : 1;
}
