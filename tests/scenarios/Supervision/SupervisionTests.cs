using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Supervision;

/// <summary>Both programs under a service manager: ready, beating, stopping, and stuck for good.</summary>
public sealed class SupervisionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_says_that_it_is_ready_beats_while_it_is_well_and_says_that_it_stops()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no service manager of this kind");
        using var folder = new ScratchFolder();
        var broker = Ports.FreeTcp();
        await WriteAsync(folder, broker, "");
        await using var ofCollector = new NotifySocket(folder.File("collector.socket"));
        await using var ofAgent = new NotifySocket(folder.File("agent.socket"));
        await using var collector = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("collector.yaml")], folder, ofCollector.Environment);
        await using var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder, ofAgent.Environment);
        foreach (var (process, socket) in new[] { (agent, ofAgent), (collector, ofCollector) })
        {
            await Eventually.TrueAsync(() => Task.FromResult(socket.Beats >= 5), $"five beats\n{process.Output}", Patience, Cancel);
            await process.SignalAsync("TERM", Cancel);
            await process.WaitForExitAsync(Cancel);

            Assert.True(process.ExitCode == 0, $"it ended with {process.ExitCode}\n{process.Output}");
            await Eventually.TrueAsync(() => Task.FromResult(socket.Heard[^1] == "STOPPING=1"), "the last word", Patience, Cancel);
            Assert.StartsWith("READY=1\nSTATUS=", socket.Heard[0], StringComparison.Ordinal);
            Assert.Single(socket.Heard, word => word.Contains("READY=1", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_stage_that_hangs_is_named_the_beats_end_and_so_does_the_process_with_a_failure()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes of this kind");
        using var folder = new ScratchFolder();
        await WriteAsync(folder, Ports.FreeTcp(), "poll: { fast: 100ms, normal: 100ms, slow: 100ms }\npoll_log: log.pipe");
        await OtherProcess.RunAsync("mkfifo", [folder.File("log.pipe")], Cancel);
        await using var socket = new NotifySocket(folder.File("agent.socket"));
        await using var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder, socket.Environment);

        // Somebody has the pipe open and reads nothing: when it is full, writing to it never returns.
        await using var deaf = new FileStream(folder.File("log.pipe"), FileMode.Open, FileAccess.Read);
        await Eventually.TrueAsync(() => Task.FromResult(agent.HasExited), $"the process ends\n{agent.Output}", TimeSpan.FromSeconds(300), Cancel);

        Assert.Equal(1, agent.ExitCode);
        Assert.Contains("journal has not gone on for", agent.Output, StringComparison.Ordinal);
        var heard = socket.Heard.ToList();
        var named = heard.FindIndex(word => word.StartsWith("STATUS=journal has not gone on for", StringComparison.Ordinal));
        Assert.True(socket.Beats >= 20, $"{socket.Beats} beats before it hung");
        Assert.DoesNotContain(heard.Skip(named), word => word.StartsWith("WATCHDOG=1", StringComparison.Ordinal));
    }

    private static async Task WriteAsync(ScratchFolder folder, int broker, string more)
    {
        await File.WriteAllTextAsync(
            folder.File("collector.yaml"),
            $$"""
            site: demo
            listen: http://127.0.0.1:{{Ports.FreeTcp()}}
            broker: { embedded: { listen: "127.0.0.1:{{broker}}" } }
            data: data
            """,
            Cancel);
        await File.WriteAllTextAsync(
            folder.File("agent.yaml"),
            $$"""
            site: demo
            agent: gateway-1
            broker: { url: "mqtt://127.0.0.1:{{broker}}" }
            journal: { path: journal.db }
            devices:
              main: { profile: janitza-umg96rm, at: "modbus://127.0.0.1:{{Ports.FreeTcp()}}", unit: 1 }
            {{more}}
            """,
            Cancel);
    }
}
