using System.Globalization;
using EdgeDcim.Scenarios.Chain;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Clock;

/// <summary>
/// The agent on a gateway whose clock cannot be believed: the wall clock of its process is turned from outside by libfaketime, the monotonic
/// one runs on, and the collector has the right time.
/// </summary>
public sealed class ClockScenarios
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    [Fact]
    public async Task A_gateway_that_starts_in_1970_and_is_set_wrong_later_stamps_no_reading_wrong()
    {
        var cancel = TestContext.Current.CancellationToken;
        Assert.SkipUnless(File.Exists(Library), "libfaketime is not installed");
        using var folder = new ScratchFolder();
        var (brokerPort, pagePort) = (Ports.FreeTcp(), Ports.FreeTcp());
        await using var simulator = OtherProcess.Start(
            Repository.Simulator, ["--write-config", folder, "--ports-file", folder.File("ports.json"), "--broker-port", $"{brokerPort}", "--page-port", $"{pagePort}"], folder);
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(folder.File("ports.json"))), "the simulator writes its ports", TimeSpan.FromSeconds(60), cancel);
        await File.AppendAllTextAsync(folder.File("agent.yaml"), "poll_log: poll.log\n", cancel);
        await using var collector = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder);

        var began = Now();
        var turned = folder.File("wall");
        await File.WriteAllTextAsync(turned, "-20000d", cancel);
        await using var agent = OtherProcess.Start(
            Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder,
            new Dictionary<string, string>
            {
                ["LD_PRELOAD"] = Library, ["FAKETIME_TIMESTAMP_FILE"] = turned, ["FAKETIME_NO_CACHE"] = "1", ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            });
        await SaysAsync(agent, "is not set yet", cancel);
        await SaysAsync(agent, "Device main is online", cancel);
        Assert.Empty(PollLog.Read(folder.File("poll.log")));

        await File.WriteAllTextAsync(turned, "+0", cancel);
        await SaysAsync(agent, "The clock is steady", cancel);
        await PolledAsync(folder, 100, cancel);
        await SaysAsync(agent, "Delivering to", cancel);

        // The collector knows better, so the hour is never taken over.
        await File.WriteAllTextAsync(turned, "+3600", cancel);
        await SaysAsync(agent, "The old time is kept", cancel);
        await PolledAsync(folder, 200, cancel);
        await File.WriteAllTextAsync(turned, "-3600", cancel);
        await PolledAsync(folder, 200, cancel);
        await agent.SignalAsync("TERM", cancel);
        await agent.WaitForExitAsync(cancel);

        var polled = PollLog.Read(folder.File("poll.log"));
        var ended = Now();
        Assert.Empty(polled.Keys.Where(row => row.AtMs < began - 2_000 || row.AtMs > ended + 2_000).Take(5));
        Assert.Contains(polled.Keys, row => row.AtMs < began + 30_000);
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task SaysAsync(OtherProcess process, string words, CancellationToken cancel) => Eventually.TrueAsync(
        () => Task.FromResult(process.Output.Contains(words, StringComparison.Ordinal)), $"the agent says '{words}'", TimeSpan.FromSeconds(60), cancel);

    private static async Task PolledAsync(ScratchFolder folder, int more, CancellationToken cancel)
    {
        var before = PollLog.CountLines(folder.File("poll.log"));
        await Eventually.TrueAsync(
            () => Task.FromResult(PollLog.CountLines(folder.File("poll.log")) >= before + more),
            string.Create(CultureInfo.InvariantCulture, $"{more} more readings are polled"), TimeSpan.FromSeconds(60), cancel);
    }
}
