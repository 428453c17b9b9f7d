using System.Globalization;
using System.Text.Json;
using EdgeDcim.Scenarios.Chain;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Sparkplug;

/// <summary>Both directions against Eclipse Tahu's JavaScript: a decoder and an encoder of Sparkplug B that this project did not write.</summary>
public sealed class TahuTests
{
    private static string Scripts => Path.Combine(Repository.Root, "tests", "scenarios", "Sparkplug", "tahu");

    [Fact]
    public async Task Tahu_decodes_our_births_and_data_with_the_names_units_values_times_and_sequence_that_the_agent_recorded()
    {
        var cancel = TestContext.Current.CancellationToken;
        RequireTahu();
        using var folder = new ScratchFolder();
        var (broker, port) = await Peers.MosquittoAsync(folder, cancel);
        await using var _ = broker;
        await using var simulator = await StartSimulatorAsync(folder, port, cancel);
        await using var listener = OtherProcess.Start("node", [Path.Combine(Scripts, "listen.js"), $"{port}", "demo", "edgedcim"], Scripts);
        await Eventually.TrueAsync(() => Task.FromResult(listener.Output.Contains("\"ready\"", StringComparison.Ordinal)), "Tahu listens", TimeSpan.FromSeconds(60), cancel);
        await using var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder);

        await Eventually.TrueAsync(() => Task.FromResult(Lines(listener).Count(line => line.Contains("/DDATA/", StringComparison.Ordinal)) > 150), "Tahu has decoded data", TimeSpan.FromSeconds(90), cancel);
        await agent.SignalAsync("TERM", cancel);
        await agent.WaitForExitAsync(cancel);
        await Eventually.TrueAsync(() => Task.FromResult(listener.Output.Contains("/NDEATH/", StringComparison.Ordinal)), "the goodbye", TimeSpan.FromSeconds(20), cancel);

        Assert.Equal(0, agent.ExitCode);
        Assert.DoesNotContain("\"error\"", listener.Output, StringComparison.Ordinal);
        var seen = TahuTraffic.Read(Lines(listener));
        Assert.Equal(0, seen.SequenceBreaks);
        Assert.Equal(25, seen.Devices.Count);
        Assert.Equal(("Double", "V"), seen.Births[("main", "voltage.line_neutral/L1")]);
        Assert.Equal(("Double", "kW.h"), seen.Births[("main", "energy.active.import")]);
        Assert.Equal(("Double", "W"), seen.Births[("pdu-a1", "power.active")]);
        var recorded = PollLog.Read(folder.File("poll.log"));
        Assert.True(seen.Values.Count > 1_000, $"only {seen.Values.Count} values");
        Assert.Empty(seen.Values.Where(value => !recorded.TryGetValue(value.Key, out var polled) || polled != value.Value).Take(5));
    }

    [Fact]
    public async Task Our_collector_takes_in_an_edge_node_written_with_Tahu_and_shows_its_metrics()
    {
        var cancel = TestContext.Current.CancellationToken;
        RequireTahu();
        using var folder = new ScratchFolder();
        var (broker, port) = await Peers.MosquittoAsync(folder, cancel);
        await using var _ = broker;
        var page = Ports.FreeTcp();
        await File.WriteAllTextAsync(
            folder.File("collector.yaml"),
            $$"""
            site: demo
            listen: http://127.0.0.1:{{page}}
            broker: { url: "mqtt://127.0.0.1:{{port}}" }
            data: data
            """,
            cancel);
        await using var collector = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder);
        await Eventually.ListensAsync(page, "the collector", cancel);
        await using var edge = OtherProcess.Start("node", [Path.Combine(Scripts, "edge.js"), $"{port}", "demo", "tahu-node", "tahu-pdu"], Scripts);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{page}") };

        var first = await PowerAsync(http, 1000, cancel);
        var later = await PowerAsync(http, first, cancel);

        Assert.True(later > first);
        var shown = await ReadingsAsync(http, cancel);
        Assert.Equal(230.5, shown["voltage.line_neutral/L1"]);
        Assert.Equal(-7, shown["temperature.ambient"]);
        Assert.True(shown["energy.active.import"] > 5000);
    }

    private static void RequireTahu()
    {
        Assert.SkipUnless(OtherProcess.IsInstalled("node"), "node is not installed");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Scripts, "node_modules", "sparkplug-client")), "the npm modules of Eclipse Tahu are missing: run npm ci in tests/scenarios/Sparkplug/tahu");
    }

    private static string[] Lines(OtherProcess process) => process.Output.Split('\n');

    private static async Task<OtherProcess> StartSimulatorAsync(ScratchFolder folder, int brokerPort, CancellationToken cancel)
    {
        var simulator = OtherProcess.Start(
            Repository.Simulator,
            ["--write-config", folder, "--ports-file", folder.File("ports.json"), "--broker-port", $"{brokerPort}", "--page-port", $"{Ports.FreeTcp()}"],
            folder);
        await Eventually.TrueAsync(
            () => Task.FromResult(File.Exists(folder.File("ports.json")) && new FileInfo(folder.File("ports.json")).Length > 2), "the simulator writes its ports", TimeSpan.FromSeconds(60), cancel);
        var agent = await File.ReadAllLinesAsync(folder.File("agent.yaml"), cancel);
        await File.WriteAllLinesAsync(
            folder.File("agent.yaml"),
            [.. agent.Select(line => line.StartsWith("poll:", StringComparison.Ordinal) ? "poll: { fast: 1s, normal: 2s, slow: 4s }" : line), "poll_log: poll.log"],
            cancel);
        return simulator;
    }

    /// <summary>Waits until the collector shows a power above a bound, and gives it.</summary>
    private static async Task<double> PowerAsync(HttpClient http, double above, CancellationToken cancel)
    {
        var power = 0.0;
        await Eventually.TrueAsync(
            async () => (await ReadingsAsync(http, cancel)).TryGetValue("power.active", out power) && power > above,
            $"the collector shows more than {above.ToString(CultureInfo.InvariantCulture)} W of the Tahu node",
            TimeSpan.FromSeconds(60),
            cancel);
        return power;
    }

    private static async Task<Dictionary<string, double>> ReadingsAsync(HttpClient http, CancellationToken cancel)
    {
        using var answer = await http.GetAsync(new Uri("/api/v1/readings?device=tahu-pdu", UriKind.Relative), cancel);
        if (!answer.IsSuccessStatusCode)
        {
            return [];
        }

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
        var list = json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement : json.RootElement.GetProperty("readings");
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var reading in list.EnumerateArray().Where(reading => reading.GetProperty("value").ValueKind == JsonValueKind.Number))
        {
            var part = reading.TryGetProperty("part", out var named) && named.ValueKind == JsonValueKind.String ? "/" + named.GetString() : "";
            found[reading.GetProperty("metric").GetString() + part] = reading.GetProperty("value").GetDouble();
        }

        return found;
    }
}
