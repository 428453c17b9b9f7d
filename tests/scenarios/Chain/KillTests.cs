using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Chain;

/// <summary>Power cuts of every process while data flows: nothing polled is lost, changed or doubled.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task Every_process_is_killed_once_and_the_database_still_holds_exactly_what_was_polled()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var site = await Site.StartAsync(cancel);
        try
        {
            await site.FlowsAsync(cancel);
            foreach (var victim in (OtherProcess[])[site.Agent, site.Broker, site.Collector, site.Database])
            {
                await victim.KillAsync();
                if (victim != site.Agent)
                {
                    await site.PolledAsync(500, cancel);
                }

                victim.StartAgain();
                await site.FlowsAsync(cancel);
            }

            await site.Agent.SignalAsync("TERM", cancel);
            await site.Agent.WaitForExitAsync(cancel);
            site.Agent.StartAgain();
            await site.FlowsAsync(cancel);
            await site.Simulator.KillAsync();
            await site.Agent.KillAsync();
            var polled = PollLog.Read(site.PollLogFile).ToDictionary(row => row.Key with { Metric = Influx.Field(row.Key.Metric) }, row => row.Value);

            // What the last kill left in the journal is delivered by the next start; what that start polls itself is not looked at.
            site.Agent.StartAgain();
            await Eventually.TrueAsync(
                async () =>
                {
                    var stored = await site.Influx.RowsAsync("dcim", cancel);
                    return polled.Keys.All(stored.ContainsKey);
                },
                "every reading that was polled reaches the database",
                TimeSpan.FromSeconds(120),
                cancel);

            var rows = await site.Influx.RowsAsync("dcim", cancel);
            var end = polled.Keys.Max(row => row.AtMs);
            Assert.NotEmpty(polled);
            Assert.Empty(polled.Where(row => rows[row.Key] != row.Value).Take(5));
            Assert.Empty(rows.Keys.Where(row => row.AtMs <= end && row.Device != "gateway-1" && !polled.ContainsKey(row)).Take(5));
            TestContext.Current.SendDiagnosticMessage("{0} readings polled, all in the database with their values", polled.Count);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\n{site.Tails()}", failure);
        }
    }
}
