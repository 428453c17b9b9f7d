using System.Text.Json;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Redfish;

/// <summary><c>edgedcim-agent</c> against Redfish services of every class of equipment, as they behave and as they misbehave.</summary>
public sealed class RedfishScenarios
{
    private const string Password = "open-sesame-4711";

    public static TheoryData<string, string> Equipment { get; } = new()
    {
        { "server-old", "redfish-server" },
        { "server-new", "redfish-server" },
        { "pdu", "redfish-pdu" },
        { "cdu", "redfish-cdu" },
        { "immersion", "redfish-immersion" },
        { "cooling-loop", "redfish-cooling-loop" },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Equipment))]
    public async Task Read_chooses_the_profile_and_gives_every_value_of_the_equipment_and_no_other(string mockup, string profile)
    {
        using var folder = new ScratchFolder();
        await using var service = await RedfishPeers.StartAsync(folder, Path.Combine(RedfishPeers.Mockups, mockup + ".json"), Cancel);

        var (exit, output) = await ReadAsync(folder, service.Address);

        Assert.True(exit == 0, output);
        Assert.Contains($"profile {profile}: the service holds", output, StringComparison.Ordinal);
        Assert.Equal(Expected(mockup), Values(output));
        Assert.All(service.Requests, request => Assert.Equal("GET", request.Method));
    }

    [Theory]
    [InlineData("--gzip")]
    [InlineData("--bom")]
    [InlineData("--page", "1")]
    [InlineData("--busy", "2")]
    [InlineData("--expand", "yes")]
    [InlineData("--expand", "lie")]
    [InlineData("--expand", "fail")]
    [InlineData("--redirect", "/redfish/v1/PowerEquipment=/redfish/v1/PowerEquipment/")]
    [InlineData("--auth", "session")]
    [InlineData("--auth", "session", "--expire", "5000")]
    [InlineData("--auth", "basic")]
    public async Task Read_gives_the_same_however_the_service_behaves(params string[] behaviour)
    {
        using var folder = new ScratchFolder();
        await using var service = await RedfishPeers.StartAsync(
            folder, Path.Combine(RedfishPeers.Mockups, "pdu.json"), Cancel, [.. behaviour, "--user", "reader", "--password", Password]);

        var (exit, output) = await ReadAsync(folder, service.Address + (behaviour.Contains("--auth") ? "?user=reader" : ""));

        Assert.True(exit == 0, output);
        Assert.Equal(Expected("pdu"), Values(output));
        Assert.Equal(0, service.LeftBehind);
        Assert.DoesNotContain(Password, output, StringComparison.Ordinal);
        Assert.Equal(behaviour is ["--expand", "yes"], !service.Requests.Any(request => request.Path.EndsWith("/Outlets/OUTLET1", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--hang", "/redfish/v1/PowerEquipment/RackPDUs/2/Metrics")]
    [InlineData("--html", "/redfish/v1/PowerEquipment/RackPDUs/2/Metrics")]
    [InlineData("--redirect", "/redfish/v1/PowerEquipment/RackPDUs/2/Metrics=http://127.0.0.2:1/")]
    [InlineData("--redirect", "/redfish/v1/PowerEquipment/RackPDUs/2/Metrics=/redfish/v1/PowerEquipment/RackPDUs/2/Metrics")]
    public async Task One_resource_in_trouble_costs_no_other(params string[] trouble)
    {
        using var folder = new ScratchFolder();
        await using var service = await RedfishPeers.StartAsync(
            folder, Path.Combine(RedfishPeers.Mockups, "pdu.json"), Cancel, [.. trouble, "--auth", "session", "--user", "reader", "--password", Password]);

        var (exit, output) = await ReadAsync(folder, service.Address + "?user=reader", "--timeout", "2s");

        Assert.True(exit == 0, output);
        Assert.Contains("set aside", output, StringComparison.Ordinal);
        Assert.Equal(Expected("pdu").Length - 4, Values(output).Length);
        Assert.Equal(0, service.LeftBehind);
    }

    [Fact]
    public async Task Over_TLS_the_pinned_certificate_is_read_and_another_is_explained()
    {
        using var folder = new ScratchFolder();
        var (certificate, key, fingerprint) = await RedfishPeers.CertificateAsync(folder, Cancel);
        await using var service = await RedfishPeers.StartAsync(
            folder, Path.Combine(RedfishPeers.Mockups, "cdu.json"), Cancel, "--cert", certificate, "--key", key, "--auth", "session", "--user", "reader", "--password", Password);

        var pinned = await ReadAsync(folder, $"{service.Address}?user=reader&fingerprint={fingerprint}");
        var vouched = await ReadAsync(folder, $"{service.Address}?user=reader&ca={certificate}");
        var unpinned = await ReadAsync(folder, $"{service.Address}?user=reader");
        var wrong = await ReadAsync(folder, $"{service.Address}?user=reader&fingerprint={new string('0', 64)}");

        Assert.True(pinned.ExitCode == 0, pinned.Output);
        Assert.Equal(Expected("cdu"), Values(pinned.Output));
        Assert.Equal(Expected("cdu"), Values(vouched.Output));
        Assert.Equal((1, 1), (unpinned.ExitCode, wrong.ExitCode));
        Assert.Contains(fingerprint.Replace(":", "", StringComparison.Ordinal), unpinned.Output, StringComparison.Ordinal);
        Assert.Contains("not the pinned", wrong.Output, StringComparison.Ordinal);
        Assert.Equal(0, service.LeftBehind);
    }

    [Fact]
    public async Task Wrong_passwords_and_full_services_are_explained_and_leave_nothing_behind()
    {
        using var folder = new ScratchFolder();
        await using var service = await RedfishPeers.StartAsync(
            folder, Path.Combine(RedfishPeers.Mockups, "cdu.json"), Cancel, "--auth", "session", "--user", "reader", "--password", "something else");
        await using var full = await RedfishPeers.StartAsync(
            folder, Path.Combine(RedfishPeers.Mockups, "cdu.json"), Cancel, "--auth", "session", "--user", "reader", "--password", Password, "--sessions", "0");

        var (exit, output) = await ReadAsync(folder, service.Address + "?user=reader");
        var (exitFull, outputFull) = await ReadAsync(folder, full.Address + "?user=reader");

        Assert.Equal((1, 1), (exit, exitFull));
        Assert.Contains("does not accept the password of 'reader'", output, StringComparison.Ordinal);
        Assert.Contains("no session left", outputFull, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, output + outputFull, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_is_closed_also_after_a_fault()
    {
        using var folder = new ScratchFolder();
        await using var service = await RedfishPeers.StartAsync(
            folder, Path.Combine(RedfishPeers.Mockups, "server-old.json"), Cancel, "--html", "/redfish/v1/Chassis", "--auth", "session", "--user", "reader", "--password", Password);

        var (exit, output) = await ReadAsync(folder, service.Address + "?user=reader", "--profile", "redfish-server");

        Assert.Equal(1, exit);
        Assert.Contains("holds nothing of what the profile redfish-server asks for", output, StringComparison.Ordinal);
        Assert.Equal("DELETE", service.Requests[^1].Method);
        Assert.Equal(0, service.LeftBehind);
    }

    [Fact]
    public async Task Check_reads_each_service_of_a_configuration_once()
    {
        using var folder = new ScratchFolder();
        await using var pdu = await RedfishPeers.StartAsync(folder, Path.Combine(RedfishPeers.Mockups, "pdu.json"), Cancel, "--auth", "session", "--user", "reader", "--password", Password);
        await using var cdu = await RedfishPeers.StartAsync(folder, Path.Combine(RedfishPeers.Mockups, "cdu.json"), Cancel);
        var configuration = folder.File("agent.yaml");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            site: s
            agent: a
            broker: { url: "mqtt://127.0.0.1:1883" }
            journal: { path: "{{folder.File("journal.db")}}" }
            devices:
              pdu-1: { profile: redfish-pdu, at: "{{pdu.Address}}", user: reader, password: "${env:EDGEDCIM_PASSWORD}" }
              cdu-1: { profile: redfish-cdu, at: "{{cdu.Address}}" }
            """,
            Cancel);

        var (exit, output) = await OtherProcess.RunAsync(
            Repository.Agent, ["check", "-c", configuration, "--plan", "--connect"], Cancel, folder, new Dictionary<string, string> { ["EDGEDCIM_PASSWORD"] = Password });

        Assert.True(exit == 0, output);
        Assert.Contains("get /PowerEquipment/RackPDUs|FloorPDUs", output, StringComparison.Ordinal);
        Assert.Matches($@"pdu-1\s+ok\s+{Expected("pdu").Length}\s+0\s+\d+\s+Example, R24", output);
        Assert.Matches($@"cdu-1\s+ok\s+{Expected("cdu").Length}\s+0\s+\d+\s+Example, L1", output);
        Assert.Equal(0, pdu.LeftBehind);
    }

    private static Task<(int ExitCode, string Output)> ReadAsync(ScratchFolder folder, string address, params string[] more) => OtherProcess.RunAsync(
        Repository.Agent, ["read", "--at", address, "--json", .. more.Contains("--profile") ? more : ["--profile", "auto", .. more]], Cancel, folder,
        new Dictionary<string, string> { ["EDGEDCIM_PASSWORD"] = Password });

    /// <summary>Metric, part and value, in a fixed order.</summary>
    private static string[] Expected(string mockup) => Sorted(JsonElement.Parse(File.ReadAllText(Path.Combine(RedfishPeers.Mockups, mockup + ".expected.json"))));

    private static string[] Values(string output)
    {
        // Notes on standard error may stand between the lines of the array; its own are indented.
        var lines = output.Split('\n').Where(line => line is "[" or "]" || line.StartsWith("  ", StringComparison.Ordinal)).ToList();
        return lines.Count == 0 ? [] : Sorted(JsonElement.Parse(string.Join('\n', lines)));
    }

    private static string[] Sorted(JsonElement values) =>
    [
        .. values.EnumerateArray().Select(value => $"{value.GetProperty("metric").GetString()} {value.GetProperty("part").GetString()} {Math.Round(value.GetProperty("value").GetDouble(), 6)}")
            .Order(StringComparer.Ordinal),
    ];
}
