using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Install;

/// <summary>What a newcomer copies must be accepted as it stands.</summary>
public sealed class ExamplesTests
{
    private static readonly Dictionary<string, string> Secrets = new()
    {
        ["EDGEDCIM_MQTT_PASSWORD"] = "from-the-environment",
        ["EDGEDCIM_SNMP_COMMUNITY"] = "from-the-environment",
        ["EDGEDCIM_ROW_A_PASSWORD"] = "from-the-environment",
    };

    private static string Example(string name) => Path.Combine(Repository.Root, "install", "examples", name);

    [Fact]
    public async Task Agent_example_is_accepted_without_a_complaint()
    {
        var (code, output) = await OtherProcess.RunAsync(Repository.Agent, ["check", "-c", Example("agent.yaml")], TestContext.Current.CancellationToken, environment: Secrets);
        Assert.True(code == 0, output);
        Assert.DoesNotContain("from-the-environment", output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Collector_and_facility_examples_are_accepted_without_a_complaint()
    {
        var (code, output) = await OtherProcess.RunAsync(Repository.Collector, ["check", "-c", Example("collector.yaml")], TestContext.Current.CancellationToken, environment: Secrets);
        Assert.True(code == 0, output);
        Assert.DoesNotContain("from-the-environment", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_example_without_its_secrets_says_which_is_missing_and_ends_with_3()
    {
        var (code, output) = await OtherProcess.RunAsync(Repository.Agent, ["check", "-c", Example("agent.yaml")], TestContext.Current.CancellationToken);
        Assert.Equal(3, code);
        Assert.Contains("EDGEDCIM_MQTT_PASSWORD", output, StringComparison.Ordinal);
    }
}
