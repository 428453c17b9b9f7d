using System.Threading.Channels;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Hosting;
using EdgeDcim.Agent.Tests.Polling;
using EdgeDcim.Agent.Tests.Publishing;
using EdgeDcim.Core.Configuration;
using Xunit;

namespace EdgeDcim.Agent.Tests.Hosting;

public sealed class ConfigWatcherTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();
    private readonly CollectedLog log = new();
    private readonly Channel<AgentConfig> accepted = Channel.CreateUnbounded<AgentConfig>();
    private readonly CancellationTokenSource stop = new();
    private string? fault;

    public void Dispose()
    {
        stop.Dispose();
        File.Delete(file);
    }

    [Fact]
    public async Task A_request_reads_the_configuration_again()
    {
        var watcher = Create();
        var watching = watcher.RunAsync(AcceptAsync, stop.Token);

        watcher.Ask();

        Assert.Equal("gateway-1", (await accepted.Reader.ReadAsync(TestContext.Current.CancellationToken)).Agent);
        await StopAsync(watching);
    }

    [Fact]
    public async Task A_changed_file_reads_the_configuration_again()
    {
        var watching = Create().RunAsync(AcceptAsync, stop.Token);

        await File.WriteAllTextAsync(file, "changed", TestContext.Current.CancellationToken);

        await accepted.Reader.ReadAsync(TestContext.Current.CancellationToken);
        await StopAsync(watching);
    }

    [Fact]
    public async Task A_rejected_configuration_is_told_problem_by_problem_and_not_used()
    {
        fault = "the key 'polls' is not known";
        var rejected = new TaskCompletionSource();
        var watcher = Create();
        watcher.Rejected = rejected.SetResult;
        var watching = watcher.RunAsync(AcceptAsync, stop.Token);

        watcher.Ask();
        await rejected.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.False(accepted.Reader.TryRead(out _));
        Assert.True(log.Contains("agent.yaml:3:1: the key 'polls' is not known"));
        Assert.True(log.Contains("goes on with the configuration it has"));
        await StopAsync(watching);
    }

    private ConfigWatcher Create() => new(file, Load, TimeProvider.System, log.Logger<ConfigWatcher>());

    private AgentConfig? Load(ConfigProblems problems)
    {
        if (fault is not null)
        {
            problems.Add("agent.yaml", 3, 1, fault);
            return null;
        }

        return ScriptedDevices.Config();
    }

    private Task AcceptAsync(AgentConfig config)
    {
        accepted.Writer.TryWrite(config);
        return Task.CompletedTask;
    }

    private async Task StopAsync(Task watching)
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }
}
