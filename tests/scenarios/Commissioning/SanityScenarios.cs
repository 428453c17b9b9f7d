using System.Net.Http.Json;
using System.Text.Json;
using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Scenarios.Snmp;
using Xunit;

namespace EdgeDcim.Scenarios.Commissioning;

/// <summary>A device whose power is ten times what volts and amperes allow: `check --connect` says it, and its readings leave the agent as suspect until they are accepted.</summary>
public sealed class SanityScenarios
{
    private const string TenTimes =
        """
        1.3.6.1.2.1.1.1.0|4|Nobody UPS card
        1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99998.1
        1.3.6.1.2.1.1.3.0|67|4200
        1.3.6.1.2.1.33.1.2.4.0|2|98
        1.3.6.1.2.1.33.1.4.1.0|2|3
        1.3.6.1.2.1.33.1.4.4.1.2.1|2|230
        1.3.6.1.2.1.33.1.4.4.1.3.1|2|43
        1.3.6.1.2.1.33.1.4.4.1.4.1|2|8900

        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_fails_is_suspect_with_the_reason_until_it_is_accepted()
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await SnmpPeers.SnmpSimAsync(folder, new Dictionary<string, string> { ["public"] = TenTimes }, Cancel);
        await using var running = simulator;
        var (broker, port) = await Peers.MosquittoAsync(folder, Cancel);
        await using var runningBroker = broker;
        var file = folder.File("agent.yaml");
        var yaml = $$"""
            site: demo
            agent: gateway
            primary_host: none
            broker: { url: "mqtt://127.0.0.1:{{port}}" }
            poll: { fast: 500ms, normal: 2s, slow: 5s }
            journal: { path: journal.db }
            devices:
              ups-a: { profile: rfc1628, at: "snmp://{{endPoint}}" }
            """;
        await File.WriteAllTextAsync(file, yaml, Cancel);

        var (_, says) = await OtherProcess.RunAsync(Repository.Agent, ["check", "-c", file, "--connect"], Cancel, folder);
        Assert.Contains("ups-a: power.active.output/L1 is suspect and would feed no KPI: 8900 W does not go with 230 V × 4.3 A = 989 VA", says, StringComparison.Ordinal);
        await using var tail = OtherProcess.Start(Repository.Agent, ["tail", "--broker", $"mqtt://127.0.0.1:{port}"], folder);
        await SaysAsync(tail, "Listening to");
        var page = Ports.FreeTcp();
        await File.WriteAllTextAsync(
            folder.File("collector.yaml"), $"site: demo\nlisten: http://127.0.0.1:{page}\nbroker: {{ url: \"mqtt://127.0.0.1:{port}\" }}\n", Cancel);
        await using var collector = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder);
        await SaysAsync(collector, "its page is at");
        await using (var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", file], folder))
        {
            await SaysAsync(tail, "gateway/ups-a/power.active.output/L1  8900 W  suspect");
            await SaysAsync(agent, "power.active.output/L1 is suspect and feeds no KPI");
            var reason = await Eventually.GetAsync(() => ReasonAsync(page), $"the collector knows why: {collector.Output}", TimeSpan.FromSeconds(60), Cancel);
            Assert.Equal("8900 W does not go with 230 V × 4.3 A = 989 VA", reason);
            Assert.DoesNotContain("power.active.output/L1  8900 W  good", tail.Output, StringComparison.Ordinal);
            Assert.Equal(2, agent.Output.Split("power.active.output/L1 is suspect").Length);
        }

        await File.WriteAllTextAsync(file, yaml.Replace("\" }", "\", accept: [power.active.output/L1] }", StringComparison.Ordinal).Replace($"{port}\", accept: [power.active.output/L1] }}", $"{port}\" }}", StringComparison.Ordinal), Cancel);
        var (exit, accepted) = await OtherProcess.RunAsync(Repository.Agent, ["check", "-c", file, "--connect"], Cancel, folder);
        Assert.True(exit == 0, accepted);
        Assert.DoesNotContain("is suspect", accepted, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Cancel)).Replace("accept: [power.active.output/L1]", "accept: [power.activ]", StringComparison.Ordinal), Cancel);
        var (rejected, why) = await OtherProcess.RunAsync(Repository.Agent, ["check", "-c", file], Cancel, folder);
        Assert.Equal(3, rejected);
        Assert.Contains("the profile rfc1628 reads no power.activ", why, StringComparison.Ordinal);
    }

    private static async Task<string?> ReasonAsync(int page)
    {
        using var http = new HttpClient();
        var answer = await http.GetFromJsonAsync<JsonElement>(new Uri($"http://127.0.0.1:{page}/api/v1/readings?device=ups-a"), Cancel);
        return answer.GetProperty("readings").EnumerateArray()
            .Where(reading => reading.GetProperty("metric").GetString() == "power.active.output" && reading.TryGetProperty("reason", out _))
            .Select(reading => reading.GetProperty("reason").GetString())
            .FirstOrDefault();
    }

    private static Task SaysAsync(OtherProcess process, string words) => Eventually.TrueAsync(
        () => process.HasExited ? throw new TimeoutException(process.Output) : Task.FromResult(process.Output.Contains(words, StringComparison.Ordinal)),
        $"the process says: {words}",
        TimeSpan.FromSeconds(60),
        Cancel);
}
