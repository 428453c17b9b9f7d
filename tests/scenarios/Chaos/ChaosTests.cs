using System.Globalization;
using EdgeDcim.Scenarios.Chain;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Chaos;

/// <summary>
/// Random faults, one after the other and sometimes two at once; afterwards the database holds exactly what was polled. The seed is in the
/// output; EDGEDCIM_CHAOS_SEED repeats a run, EDGEDCIM_CHAOS_ROUNDS makes it longer.
/// </summary>
public sealed class ChaosTests
{
    private const int DefaultRounds = 10;

    [Fact]
    public async Task After_any_faults_the_database_holds_exactly_what_was_polled()
    {
        var cancel = TestContext.Current.CancellationToken;
        var rounds = Setting("EDGEDCIM_CHAOS_ROUNDS") ?? DefaultRounds;
        var seed = Setting("EDGEDCIM_CHAOS_SEED") ?? Environment.ProcessId;
        var chance = new Random(seed);
        var struck = new List<string> { $"seed {seed}" };
        var began = Now();
        await using var site = new ChaosSite();
        try
        {
            await site.StartAsync(cancel);
            for (var round = 1; round <= rounds; round++)
            {
                var fault = Fault.All[chance.Next(Fault.All.Count)];
                struck.Add(string.Create(CultureInfo.InvariantCulture, $"{round}: {fault.Name}"));
                TestContext.Current.SendDiagnosticMessage("round {0} of {1}, seed {2}: {3}", round, rounds, seed, fault.Name);
                await fault.Strike(site, chance, cancel);

                // Mostly the next fault comes while the last is still being mended; now and then all is well again in between.
                if (chance.Next(3) == 0)
                {
                    await site.FlowsAsync(cancel);
                }
            }

            await site.FlowsAsync(cancel);
            await site.Simulator.KillAsync();
            await site.Agent.KillAsync();
            var polled = PollLog.Read(site.PollLogFile).ToDictionary(row => row.Key with { Metric = Chain.Influx.Field(row.Key.Metric) }, row => row.Value);
            site.Agent.StartAgain();
            await Eventually.TrueAsync(
                async () =>
                {
                    var stored = await site.Influx.RowsAsync("dcim", cancel);
                    return polled.Keys.All(stored.ContainsKey);
                },
                "every reading that was polled reaches the database", TimeSpan.FromSeconds(300), cancel);

            var rows = await site.Influx.RowsAsync("dcim", cancel);
            var end = polled.Keys.Max(row => row.AtMs);
            Assert.Empty(polled.Where(row => rows[row.Key] != row.Value).Take(5));
            Assert.Empty(rows.Keys.Where(row => row.AtMs <= end && row.Device != "gateway-1" && !polled.ContainsKey(row)).Take(5));
            Assert.Empty(polled.Keys.Where(row => row.AtMs < began - 2_000 || row.AtMs > Now() + 2_000).Take(5));
            TestContext.Current.SendDiagnosticMessage("{0} readings polled, all in the database with their values", polled.Count);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\n{string.Join('\n', struck)}\n{site.Tails()}", failure);
        }
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
