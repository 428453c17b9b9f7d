using System.Net.Sockets;
using System.Text;
using EdgeDcim.Core.Supervision;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Core.Tests.Supervision;

/// <summary>What the service manager hears, on a socket of the test.</summary>
public sealed class SupervisorTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string folder = Directory.CreateTempSubdirectory("supervision").FullName;
    private readonly FakeTimeProvider time = new();
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly ServiceManager manager;
    private readonly StageBoard board;

    public SupervisorTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no service manager of this kind");
        var path = Path.Combine(folder, "notify");
        socket.Bind(new UnixDomainSocketEndPoint(path));
        manager = Manager(("NOTIFY_SOCKET", path), ("WATCHDOG_USEC", "30000000"));
        board = new StageBoard(time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        manager.Dispose();
        socket.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_program_that_gets_on_says_once_that_it_is_ready_and_then_beats_three_times_as_often_as_it_must()
    {
        var stage = board.Add("ingest", Limit);
        board.Add("idle", TimeSpan.FromSeconds(1));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = new Supervisor(board, manager).RunAsync(() => "3 devices", stop.Token);

        Assert.Equal("READY=1\nSTATUS=3 devices", await HeardAsync());
        for (var beat = 0; beat < 20; beat++)
        {
            Assert.Equal("WATCHDOG=1\nSTATUS=3 devices", await HeardAsync());
            stage.Works();
            time.Advance(TimeSpan.FromSeconds(10));
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        manager.Stopping();
        Assert.Contains("STOPPING=1", await AllHeardAsync());
    }

    [Fact]
    public async Task A_stage_that_does_not_get_on_is_named_and_nothing_beats_any_more()
    {
        var stage = board.Add("journal", Limit);
        board.Add("publisher", Limit).Rests();
        stage.Works();
        var running = new Supervisor(board, manager).RunAsync(() => "", Cancel);
        var steps = 0;
        while (!running.IsCompleted)
        {
            Assert.True(steps++ < 50, "a stuck stage was never noticed");
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel));
        }

        var stuck = await Assert.ThrowsAsync<StageStuckException>(() => running);
        Assert.StartsWith("journal has not gone on for", stuck.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("publisher", stuck.Message, StringComparison.Ordinal);
        var heard = await AllHeardAsync();
        Assert.Equal($"STATUS={stuck.Message}", heard[^1]);
        Assert.InRange(heard.Count(word => word.StartsWith("WATCHDOG=1", StringComparison.Ordinal)), 6, 8);
    }

    [Fact]
    public async Task Who_was_held_still_with_everybody_else_judges_nobody()
    {
        var stage = board.Add("ingest", Limit);
        stage.Works();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = new Supervisor(board, manager).RunAsync(() => "", stop.Token);
        await HeardAsync();
        await HeardAsync();

        time.Advance(TimeSpan.FromMinutes(10));
        Assert.StartsWith("WATCHDOG=1", await HeardAsync(), StringComparison.Ordinal);
        stage.Works();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.StartsWith("WATCHDOG=1", await HeardAsync(), StringComparison.Ordinal);
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
    }

    [Fact]
    public void A_stage_may_rest_for_ever_and_work_as_long_as_it_says_so()
    {
        var stage = board.Add("store", Limit);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(board.Stuck());
        stage.Works();
        time.Advance(Limit);
        Assert.Empty(board.Stuck());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([("store", TimeSpan.FromSeconds(61))], board.Stuck());
        stage.Rests();
        Assert.Empty(board.Stuck());
        board.Remove(stage);
        Assert.Empty(board.Names);
    }

    [Fact]
    public void Without_a_service_manager_nothing_is_said_and_another_process_of_it_is_not_watched()
    {
        using var none = Manager();
        none.Beat("well");
        Assert.Null(none.Watchdog);
        using var other = Manager(("NOTIFY_SOCKET", Path.Combine(folder, "gone")), ("WATCHDOG_USEC", "1000000"), ("WATCHDOG_PID", "1"));
        other.Beat("well");
        Assert.Null(other.Watchdog);
        using var wrong = Manager(("NOTIFY_SOCKET", "nonsense"), ("WATCHDOG_USEC", "soon"));
        wrong.Beat("well");
        Assert.Null(wrong.Watchdog);
        Assert.Equal(TimeSpan.FromSeconds(30), manager.Watchdog);
    }

    private static ServiceManager Manager(params (string Name, string Value)[] environment) =>
        ServiceManager.Of(name => environment.FirstOrDefault(pair => pair.Name == name).Value, processId: 4711);

    private async Task<string> HeardAsync()
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Cancel));
    }

    private async Task<List<string>> AllHeardAsync()
    {
        var heard = new List<string>();
        while (socket.Available > 0)
        {
            heard.Add(await HeardAsync());
        }

        return heard;
    }
}
