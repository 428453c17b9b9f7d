using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Hall;

/// <summary>The files that the simulator writes for its hall are accepted by the programs that read them.</summary>
public sealed class WrittenConfigurationTests
{
    [Fact]
    public async Task Written_files_pass_the_check_of_agent_and_collector()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new ScratchFolder();
        await using var simulator = OtherProcess.Start(Repository.Simulator, ["--ports-file", folder.File("ports.json"), "--write-config", folder]);
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(folder.File("ports.json"))), "the simulator listens", TimeSpan.FromSeconds(30), cancel);

        var (agentCode, agent) = await OtherProcess.RunAsync(Repository.Agent, ["check", "-c", folder.File("agent.yaml")], cancel);
        Assert.True(agentCode == 0, agent);
        Assert.Contains("25 devices", agent, StringComparison.Ordinal);

        var (collectorCode, collector) = await OtherProcess.RunAsync(Repository.Collector, ["check", "-c", folder.File("collector.yaml")], cancel);
        Assert.True(collectorCode == 0, collector);
        Assert.Contains("14 meters", collector, StringComparison.Ordinal);
    }
}
