using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Scenarios.Redfish;
using EdgeDcim.Scenarios.Snmp;
using Xunit;

namespace EdgeDcim.Scenarios.Record;

/// <summary>What `record` captures from snmpsim replays in snmpsim, reads the same values and tells nobody whose it was.</summary>
public sealed class RecordScenarios
{
    private const string Owned =
        """
        1.3.6.1.2.1.1.1.0|4|Nobody UPS card SN: QX99887766
        1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99998.1
        1.3.6.1.2.1.1.3.0|67|4200
        1.3.6.1.2.1.1.4.0|4|jane.doe@acme.example
        1.3.6.1.2.1.1.5.0|4|ups-hall-3.acme.example
        1.3.6.1.2.1.1.6.0|4|Main street 1, basement
        1.3.6.1.2.1.4.22.1.2.1.10.1.2.3|4x|00c0b7010203
        1.3.6.1.2.1.33.1.1.1.0|4|Nobody
        1.3.6.1.2.1.33.1.1.2.0|4|Online 3000
        1.3.6.1.2.1.33.1.1.5.0|4|ups-hall-3.acme.example
        1.3.6.1.2.1.33.1.2.4.0|2|98
        1.3.6.1.2.1.33.1.4.1.0|2|3
        1.3.6.1.2.1.33.1.4.4.1.2.1|2|230
        1.3.6.1.2.1.33.1.4.4.1.4.1|66|890
        1.3.6.1.4.1.99998.1.1.0|4x|00c0b7010203
        1.3.6.1.4.1.99998.1.2.0|64|10.20.30.40
        1.3.6.1.4.1.99998.1.3.0|4|trap sink 10.20.30.40 community owned-ups
        1.3.6.1.4.1.99998.1.4.0|70|18446744073709551615
        1.3.6.1.6.3.18.1.1.1.2.1|4|owned-ups
        """;

    [Fact]
    public async Task A_recording_replays_the_same_values_and_holds_nothing_private()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await SnmpPeers.SnmpSimAsync(folder, new Dictionary<string, string> { ["owned-ups"] = Owned + "\n" }, cancel);
        await using var running = simulator;
        var file = folder.File("copy.snmprec");

        var (exit, output) = await OtherProcess.RunAsync(
            Repository.Agent, ["record", "--at", $"snmp://{endPoint}?community=owned-ups", "-o", file, "--rate", "200"], cancel, folder);

        Assert.True(exit == 0, output);
        var recording = await File.ReadAllTextAsync(file, cancel);
        foreach (var word in (string[])["acme", "jane", "QX99887766", "basement", "owned-ups", "10.20.30.40", "00c0b7010203", "1.3.6.1.6.3", "1.3.6.1.2.1.4."])
        {
            Assert.DoesNotContain(word, recording, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("1.3.6.1.4.1.99998.1.4.0|70|18446744073709551615", recording, StringComparison.Ordinal);
        var (replay, copyAt) = await SnmpPeers.SnmpSimAsync(folder, new Dictionary<string, string> { ["copy"] = recording }, cancel);
        await using var replaying = replay;
        Assert.Equal(await ReadAsync($"snmp://{endPoint}?community=owned-ups"), await ReadAsync($"snmp://{copyAt}?community=copy"));

        var (again, refusal) = await OtherProcess.RunAsync(Repository.Agent, ["record", "--at", $"snmp://{endPoint}?community=owned-ups", "-o", file], cancel, folder);
        Assert.Equal(2, again);
        Assert.Contains("exists; name another file", refusal, StringComparison.Ordinal);

        async Task<string> ReadAsync(string at)
        {
            var (code, text, says) = await OtherProcess.ReadAsync(Repository.Agent, ["read", "--profile", "rfc1628", "--at", at], cancel, folder);
            Assert.True(code == 0, says);
            return text;
        }
    }

    [Fact]
    public async Task A_recorded_Redfish_service_replays_the_same_values_and_holds_nothing_private()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new ScratchFolder();
        string[] secrets = ["QX99887766", "acme", "3f2a9c1e-7b44-4d0a-9c6e-1f2e3d4c5b6a", "00:C0:B7:01:02:03", "10.20.30.40", "jane.doe", "ASSET-4711"];
        var owned = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(RedfishPeers.Mockups, "pdu.json"), cancel))!.AsObject();
        var (pdu, unit) = owned.Where(each => each.Value?["Outlets"] is not null).Select(each => (each.Key, each.Value!.AsObject())).First();
        unit["SerialNumber"] = secrets[0];
        unit["UUID"] = secrets[2];
        unit["AssetTag"] = secrets[6];
        unit["Description"] = $"Unit {secrets[0]} of jane.doe@acme.example at {secrets[4]}, {secrets[3]}";
        unit["Oem"] = new JsonObject { ["Maker"] = new JsonObject { ["HostName"] = "pdu-7.acme.example", ["MACAddress"] = secrets[3] } };
        owned["/redfish/v1/AccountService"] = new JsonObject { ["Name"] = "jane.doe" };
        owned["/redfish/v1"]!["AccountService"] = new JsonObject { ["@odata.id"] = "/redfish/v1/AccountService" };

        // A service that puts the serial number into its addresses.
        var tree = folder.File("owned.json");
        await File.WriteAllTextAsync(tree, owned.ToJsonString().Replace($"\"{pdu}", $"\"{pdu[..pdu.LastIndexOf('/')]}/{secrets[0]}", StringComparison.Ordinal), cancel);
        await using var service = await RedfishPeers.StartAsync(folder, tree, cancel, "--page", "2");
        var file = folder.File("copy.json");

        var (exit, output) = await OtherProcess.RunAsync(Repository.Agent, ["record", "--at", service.Address, "-o", file, "--rate", "1000"], cancel, folder);

        Assert.True(exit == 0, output);
        var recording = await File.ReadAllTextAsync(file, cancel);
        Assert.All(secrets, word => Assert.DoesNotContain(word, recording, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(service.Requests, request => request.Path.Contains("AccountService", StringComparison.Ordinal));
        Assert.Contains("00000000-0000-0000-0000-000000000000", recording, StringComparison.Ordinal);
        await using var replay = await RedfishPeers.StartAsync(folder, file, cancel);
        var original = (await ReadAsync(service.Address)).Replace(secrets[0], "scrubbed", StringComparison.Ordinal);
        Assert.Contains("power.active", original, StringComparison.Ordinal);
        Assert.Equal(original, await ReadAsync(replay.Address));

        // Everything but the instant.
        async Task<string> ReadAsync(string at)
        {
            var (code, text, says) = await OtherProcess.ReadAsync(Repository.Agent, ["read", "--profile", "redfish-pdu", "--at", at, "--json"], cancel, folder);
            Assert.True(code == 0, says);
            return Regex.Replace(text, "\"at\": *\"[^\"]+\"", "");
        }
    }
}
