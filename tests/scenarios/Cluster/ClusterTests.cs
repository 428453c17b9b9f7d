using EdgeDcim.Scenarios.Chain;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Cluster;

/// <summary>The whole chain over a clustered broker, a node of which dies.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task The_node_in_use_is_killed_and_the_database_holds_exactly_what_was_polled()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new ScratchFolder();
        await using var cluster = await RabbitCluster.StartAsync(folder, cancel);
        await using var site = await Site.StartAsync(cluster.Urls, cancel);
        try
        {
            await site.FlowsAsync(cancel);

            var (used, byAgent) = (cluster.LastIn(site.Collector.Output), cluster.LastIn(site.Agent.Output));
            TestContext.Current.SendDiagnosticMessage("collector on node {0}, which is killed; agent on node {1}", used + 1, byAgent + 1);
            await cluster.Nodes[used].KillAsync();
            await site.PolledAsync(500, cancel);
            await site.FlowsAsync(cancel);

            Assert.NotEqual(used, cluster.LastIn(site.Collector.Output));
            Assert.NotEqual(used, cluster.LastIn(site.Agent.Output));
            await site.HoldsExactlyWhatWasPolledAsync(cancel);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\n{site.Tails()}\n{cluster.Tails()}", failure);
        }
    }
}
