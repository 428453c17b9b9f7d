using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Reload;

/// <summary>The agent as a process takes over a changed configuration without a restart, and refuses a wrong one without harm.</summary>
public sealed class ReloadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_device_goes_and_comes_by_SIGHUP_a_wrong_file_changes_nothing_and_the_agent_never_stops()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "SIGHUP does not exist on Windows; a changed file does the same there");
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new ScratchFolder();
        await using var simulator = OtherProcess.Start(
            Repository.Simulator,
            ["--write-config", folder, "--ports-file", folder.File("ports.json"), "--broker-port", $"{Ports.FreeTcp()}", "--page-port", $"{Ports.FreeTcp()}"],
            folder);
        await Eventually.TrueAsync(
            () => Task.FromResult(File.Exists(folder.File("ports.json")) && new FileInfo(folder.File("ports.json")).Length > 2), "the simulator writes its ports", Patience, cancel);
        var file = folder.File("agent.yaml");
        var complete = await File.ReadAllTextAsync(file, cancel);
        await using var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", file], folder);
        await SaysAsync(agent, "polls 25 devices on 13 lanes", cancel);
        await SaysAsync(agent, "Device ups-b is online", cancel);

        // ups-b has a lane of its own, which ends with it.
        await File.WriteAllTextAsync(file, string.Join('\n', complete.Split('\n').Where(line => !line.StartsWith("  ups-b:", StringComparison.Ordinal))), cancel);
        await agent.SignalAsync("HUP", cancel);
        await SaysAsync(agent, "0 devices new or changed, 1 gone, all others untouched", cancel);

        await File.WriteAllTextAsync(file, complete.Replace("profile: eaton-xups", "profile: eaton-xup", StringComparison.Ordinal), cancel);
        await agent.SignalAsync("HUP", cancel);
        await SaysAsync(agent, "the profile 'eaton-xup' is not in the library (did you mean 'eaton-xups'?)", cancel);
        await SaysAsync(agent, "goes on with the configuration it has", cancel);

        await File.WriteAllTextAsync(file, complete, cancel);
        await agent.SignalAsync("HUP", cancel);
        await SaysAsync(agent, "1 devices new or changed, 0 gone, all others untouched", cancel);
        await Eventually.TrueAsync(() => Task.FromResult(agent.Output.Split("Device ups-b is online").Length == 3), "ups-b is online again", Patience, cancel);
        Assert.Equal(2, agent.Output.Split("Device main is online").Length);

        await agent.SignalAsync("TERM", cancel);
        await agent.WaitForExitAsync(cancel);
        Assert.Equal(0, agent.ExitCode);
        Assert.DoesNotContain("crit:", agent.Output, StringComparison.Ordinal);
    }

    private static Task SaysAsync(OtherProcess agent, string words, CancellationToken cancel) => Eventually.TrueAsync(
        () => agent.HasExited ? throw new TimeoutException(agent.Output) : Task.FromResult(agent.Output.Contains(words, StringComparison.Ordinal)),
        $"the agent says: {words}",
        Patience,
        cancel);
}
