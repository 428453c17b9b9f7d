using System.Text.Json;
using EdgeDcim.Scenarios.Chain;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Twins;

/// <summary>Two collectors on one site: either is killed, and nothing is lost and nobody is told twice.</summary>
public sealed class TwinTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Either_collector_is_killed_and_nothing_is_lost_told_twice_or_counted_otherwise()
    {
        await using var site = await TwinSite.StartAsync(Cancel);
        try
        {
            await BothKnowTheProbeAsync(site);
            List<string> expected = [];
            var first = await site.NotifierAsync(Cancel);
            await ToldAsync(site, 80, expected, "raised");
            await AcknowledgedOnOneIsAcknowledgedOnBothAsync(site);

            var second = await KillAsync(site, first);
            await ToldAsync(site, 20, expected, "cleared");
            await ToldAsync(site, 80, expected, "raised");
            await BackAsync(site, first, holder: second);
            await KillAsync(site, second);
            await ToldAsync(site, 20, expected, "cleared");
            await BackAsync(site, second, holder: first);
            await ToldAsync(site, 80, expected, "raised");
            await ToldAsync(site, 20, expected, "cleared");

            await SameFiguresAsync(site);
            await SameReadingsAsync(site);
            Assert.Equal(expected, site.Sink.Told);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\ntold: {string.Join(", ", site.Sink.Told)}\n{site.Tails()}", failure);
        }
    }

    private static async Task BothKnowTheProbeAsync(TwinSite site)
    {
        foreach (var collector in site.Collectors)
        {
            await Eventually.TrueAsync(
                async () => (await site.ApiAsync(collector, "/api/v1/readings?device=probe-1", Cancel)).GetProperty("readings").EnumerateArray().Any(reading => reading.GetProperty("value").ValueKind == JsonValueKind.Number)
                    && (await site.ApiAsync(collector, "/api/v1/readings?device=main", Cancel)).GetProperty("readings").GetArrayLength() > 0,
                $"{collector.Name} knows the probe and the hall", Patience, Cancel);
        }
    }

    /// <summary>Moves the probe, and waits until the receiver was told what follows from it.</summary>
    private static async Task ToldAsync(TwinSite site, double celsius, List<string> expected, string news)
    {
        expected.Add(news);
        site.Probe(celsius);
        await Eventually.TrueAsync(() => Task.FromResult(site.Sink.Told.Count >= expected.Count), $"the receiver is told: {string.Join(", ", expected)}", Patience, Cancel);
        Assert.Equal(expected, site.Sink.Told);
        foreach (var collector in site.Collectors.Where(collector => !collector.Process.HasExited))
        {
            // The one that did not tell knows it too; what it would tell besides would come now.
            await Eventually.TrueAsync(
                async () => (await site.ApiAsync(collector, "/api/v1/alarms?list=active&device=probe-1", Cancel)).GetProperty("alarms").GetArrayLength() == (news == "raised" ? 1 : 0),
                $"{collector.Name} has the alarm {news}", Patience, Cancel);
        }
    }

    private static async Task AcknowledgedOnOneIsAcknowledgedOnBothAsync(TwinSite site)
    {
        var alarm = (await site.ApiAsync(site.Collectors[1], "/api/v1/alarms?device=probe-1", Cancel)).GetProperty("alarms")[0].GetProperty("id").GetString()!;
        await site.AcknowledgeAsync(site.Collectors[1], alarm, Cancel);
        await Eventually.TrueAsync(
            async () => (await site.ApiAsync(site.Collectors[0], $"/api/v1/alarms/{alarm}", Cancel)).GetProperty("alarm").GetProperty("acknowledgedBy").GetString() == "ann",
            "what was acknowledged on one is acknowledged on the other", Patience, Cancel);
    }

    private static async Task<TwinSite.Collector> KillAsync(TwinSite site, TwinSite.Collector victim)
    {
        await victim.Process.KillAsync();
        var survivor = await site.NotifierAsync(Cancel);
        Assert.NotEqual(victim, survivor);
        return survivor;
    }

    /// <summary>It starts again, sees the other one, and leaves it the lease.</summary>
    private static async Task BackAsync(TwinSite site, TwinSite.Collector victim, TwinSite.Collector holder)
    {
        victim.Process.StartAgain();
        foreach (var collector in site.Collectors)
        {
            await Eventually.TrueAsync(async () => await site.MetricAsync(collector, "edgedcim_peer_online", Cancel) > 0, $"{collector.Name} sees the other", Patience, Cancel);
        }

        await BothKnowTheProbeAsync(site);
        Assert.Equal(holder, await site.NotifierAsync(Cancel));
    }

    /// <summary>Every period that both look at in the same minute gives the same figures, though each was away for a while.</summary>
    private static Task SameFiguresAsync(TwinSite site) => Eventually.TrueAsync(
        async () =>
        {
            var figures = new List<Dictionary<string, string>>();
            foreach (var collector in site.Collectors)
            {
                figures.Add((await site.ApiAsync(collector, "/api/v1/kpi", Cancel)).EnumerateArray()
                    .Where(kpi => kpi.GetProperty("window").GetString() != "now")
                    .ToDictionary(
                        kpi => $"{kpi.GetProperty("name")} {kpi.GetProperty("scope")} {kpi.GetProperty("window")} {kpi.GetProperty("at")}",
                        kpi => $"{kpi.GetProperty("value")} {kpi.GetProperty("interim")} {kpi.GetProperty("coverage")} {kpi.GetProperty("reason")}"));
            }

            var different = figures[0].Where(figure => figures[1].GetValueOrDefault(figure.Key) != figure.Value).ToList();
            var known = figures[0].Count(figure => figure.Key.StartsWith("pue ", StringComparison.Ordinal) && figure.Value.Split(' ') is [{ Length: > 0 }, ..] or [_, { Length: > 0 }, ..]);
            return different.Count == 0 ? known > 0
                : throw new InvalidOperationException($"{different[0].Key}: {different[0].Value} and {figures[1].GetValueOrDefault(different[0].Key)}");
        },
        "both collectors give the same figures", Patience, Cancel);

    /// <summary>The database holds exactly what was polled, and so does the history of each collector by itself.</summary>
    private static async Task SameReadingsAsync(TwinSite site)
    {
        await site.Simulator.KillAsync();
        await Eventually.TrueAsync(
            async () => (await site.ApiAsync(site.Collectors[0], "/api/v1/readings?device=gateway-1", Cancel)).GetProperty("readings").EnumerateArray()
                .Any(reading => reading.GetProperty("metric").GetString() == "agent.host.lost"),
            "the agent says what each collector missed", Patience, Cancel);
        await site.Agent.SignalAsync("TERM", Cancel);
        await site.Agent.WaitForExitAsync(Cancel);
        var polled = PollLog.Read(site.PollLogFile);
        site.Agent.StartAgain();
        var end = polled.Keys.Max(row => row.AtMs);
        var inDatabase = polled.ToDictionary(row => row.Key with { Metric = Chain.Influx.Field(row.Key.Metric) }, row => row.Value);
        Dictionary<RowKey, double> rows = [];
        await Eventually.TrueAsync(
            async () => inDatabase.Keys.All((rows = await site.Influx.RowsAsync("dcim", Cancel)).ContainsKey), "every reading that was polled is in the database", Patience, Cancel);
        Assert.NotEmpty(inDatabase);
        Assert.Empty(inDatabase.Where(row => rows[row.Key] != row.Value).Take(5));
        Assert.Empty(rows.Keys.Where(row => row.AtMs <= end && row.Device is not ("gateway-1" or "probe-1") && !inDatabase.ContainsKey(row)).Take(5));

        var own = polled.Keys.Where(row => row is { Device: "main", Metric: "power.active", Part: "" }).Select(row => row.AtMs).Order().ToList();
        Assert.NotEmpty(own);
        foreach (var collector in site.Collectors)
        {
            await Eventually.TrueAsync(
                async () => (await site.ApiAsync(collector, $"/api/v1/history?series=main/power.active&from={own[0]}&to={own[^1] + 1}", Cancel)).GetProperty("points")
                    .EnumerateArray().Where(point => point[1].ValueKind == JsonValueKind.Number).Select(point => point[0].GetInt64()).SequenceEqual(own),
                $"the history of {collector.Name} holds every reading of the main meter", Patience, Cancel);
        }

        TestContext.Current.SendDiagnosticMessage("{0} readings polled, all in the database and {1} of the main meter in both histories", inDatabase.Count, own.Count);
    }
}
