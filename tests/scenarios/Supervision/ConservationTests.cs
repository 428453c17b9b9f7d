using System.Globalization;
using EdgeDcim.Scenarios.Chain;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Supervision;

/// <summary>The way of every reading added up from <c>/metrics</c>: polled = stored + still under way + dropped, to the last one.</summary>
public sealed class ConservationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_polled_is_stored_or_dropped_to_the_last_reading()
    {
        await using var site = await Site.StartAsync(Cancel);
        try
        {
            await site.FlowsAsync(Cancel);
            await site.PolledAsync(2_000, Cancel);
            var during = await FiguresAsync(site);
            Assert.True(during["edgedcim_agent_readings_polled"] >= during["edgedcim_agent_readings_journaled"]);
            Assert.True(during["edgedcim_agent_readings_journaled"] >= during["edgedcim_agent_readings_acknowledged"]);

            // Without devices only the agent's own report goes on, every four seconds: between two of them everything is at rest.
            await site.Simulator.KillAsync();
            string sums = "";
            await Eventually.TrueAsync(
                async () =>
                {
                    var now = await FiguresAsync(site);
                    var report = ReportOf(site);
                    var (polled, journaled) = (now["edgedcim_agent_readings_polled"] + report, now["edgedcim_ingest_readings_journaled_total"]);
                    var influx = now["edgedcim_sink_readings_stored_total{sink=\"influx\"}"] + now["edgedcim_sink_readings_dropped_total{sink=\"influx\",reason=\"no_value\"}"]
                        + now["edgedcim_sink_readings_dropped_total{sink=\"influx\",reason=\"refused\"}"];
                    var history = now["edgedcim_sink_readings_stored_total{sink=\"history\"}"];
                    sums = $"polled {polled}, journaled {journaled}, dropped {now["edgedcim_agent_readings_dropped"]}, influx {influx}, history {history}";
                    return polled > 2_000 && polled == journaled + now["edgedcim_agent_readings_dropped"] && journaled == influx && journaled == history;
                },
                "polled = stored + dropped", TimeSpan.FromSeconds(120), Cancel);
            TestContext.Current.SendDiagnosticMessage("{0}", sums);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\n{site.Tails()}", failure);
        }
    }

    /// <summary>A report tells what was polled before it; these are its own readings, of the newest one.</summary>
    private static int ReportOf(Site site)
    {
        var own = PollLog.Read(site.PollLogFile).Keys.Where(row => row.Device == "gateway-1").ToList();
        var newest = own.Max(row => row.AtMs);
        return own.Count(row => row.AtMs == newest);
    }

    /// <summary>Everything on <c>/metrics</c>, with its labels but for that of the agent, of which there is one.</summary>
    private static async Task<Dictionary<string, double>> FiguresAsync(Site site)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync($"http://127.0.0.1:{site.PagePort}/metrics", Cancel);
        return text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .ToDictionary(
                line => line[..line.LastIndexOf(' ')].Replace("{agent=\"gateway-1\"}", "", StringComparison.Ordinal),
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
