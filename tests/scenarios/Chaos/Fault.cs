using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Scenarios.Chaos;

/// <summary>One way to break a site, and how it is mended.</summary>
internal sealed record Fault(string Name, Func<ChaosSite, Random, CancellationToken, Task> Strike)
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("kill -9 of the agent", (site, chance, cancel) => KillAsync(site.Agent, chance, cancel)),
        new("kill -9 of a broker", (site, chance, cancel) => KillAsync(Either(site, chance), chance, cancel)),
        new("kill -9 of the collector", (site, chance, cancel) => KillAsync(site.Collector, chance, cancel)),
        new("kill -9 of the database", (site, chance, cancel) => KillAsync(site.Database, chance, cancel)),
        new("the agent stands still", (site, chance, cancel) => StopAsync(site.Agent, chance, cancel)),
        new("a broker stands still", (site, chance, cancel) => StopAsync(Either(site, chance), chance, cancel)),
        new("the collector stands still", (site, chance, cancel) => StopAsync(site.Collector, chance, cancel)),
        new("the database stands still", (site, chance, cancel) => StopAsync(site.Database, chance, cancel)),
        new("a broker takes messages, passes none on and dies with them", async (site, chance, cancel) =>
        {
            var broker = Either(site, chance);
            await broker.SignalAsync("STOP", cancel);
            await ForAsync(chance, 1, 5, cancel);
            await KillAsync(broker, chance, cancel);
        }),
        new("a broker passes messages on to nobody who reads them, and dies with its queue", async (site, chance, cancel) =>
        {
            await site.Collector.SignalAsync("STOP", cancel);
            await ForAsync(chance, 1, 5, cancel);
            foreach (var broker in site.Brokers)
            {
                await KillAsync(broker, chance, cancel);
            }

            await site.Collector.SignalAsync("CONT", cancel);
        }),
        new("a broker is gone for long", async (site, chance, cancel) =>
        {
            var broker = Either(site, chance);
            await broker.KillAsync();
            await ForAsync(chance, 5, 20, cancel);
            broker.StartAgain();
        }),
        new("the cable is pulled", async (site, chance, cancel) =>
        {
            await site.Network.PullAsync(cancel);
            await ForAsync(chance, 1, 12, cancel);
            await site.Network.PlugAsync(cancel);
        }),
        new("the agent's disk is full", async (site, chance, cancel) =>
        {
            site.Disk.Fill();
            await ForAsync(chance, 1, 6, cancel);
            site.Disk.Free();
        }),
        new("the agent's clock is set", async (site, chance, cancel) =>
        {
            // While it runs: an agent that starts on a plausible wrong clock has nothing to hold it against.
            await site.FlowsAsync(cancel);
            site.TurnClock(chance.Next(-7200, 7200));
            await ForAsync(chance, 2, 8, cancel);
            site.TurnClock(0);
            await ForAsync(chance, 2, 3, cancel);
        }),
    ];

    private static OtherProcess Either(ChaosSite site, Random chance) => site.Brokers[chance.Next(site.Brokers.Count)];

    private static async Task KillAsync(OtherProcess victim, Random chance, CancellationToken cancel)
    {
        await victim.KillAsync();
        await ForAsync(chance, 0, 4, cancel);
        victim.StartAgain();
    }

    private static async Task StopAsync(OtherProcess victim, Random chance, CancellationToken cancel)
    {
        await victim.SignalAsync("STOP", cancel);
        await ForAsync(chance, 1, 7, cancel);
        await victim.SignalAsync("CONT", cancel);
    }

    private static Task ForAsync(Random chance, double fromSeconds, double toSeconds, CancellationToken cancel) =>
        Task.Delay(TimeSpan.FromSeconds(fromSeconds + chance.NextDouble() * (toSeconds - fromSeconds)), TimeProvider.System, cancel);
}
