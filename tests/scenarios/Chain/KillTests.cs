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
            foreach (var victim in (OtherProcess[])[site.Agent, site.Broker!, site.Collector, site.Database])
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
            await site.HoldsExactlyWhatWasPolledAsync(cancel);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\n{site.Tails()}", failure);
        }
    }
}
