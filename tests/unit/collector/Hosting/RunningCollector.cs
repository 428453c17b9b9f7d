using System.Net.Sockets;
using System.Net;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Hosting;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Timing;

namespace EdgeDcim.Collector.Tests.Hosting;

/// <summary>A whole collector in this process on free ports, with a folder of its own.</summary>
internal sealed class RunningCollector : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-collector-").FullName;
    private readonly CancellationTokenSource stop = new();
    private readonly Task<bool> running;

    private RunningCollector(IReadOnlyDictionary<string, string> users, AlarmConfig? alarms)
    {
        var secrets = users.ToDictionary(user => user.Key, user => Secret.Literal(user.Value), StringComparer.Ordinal);
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{FreePort()}") };
        MqttPort = FreePort();
        var config = new CollectorConfig(
            "demo", "edgedcim", [new IPEndPoint(IPAddress.Loopback, Http.BaseAddress.Port)],
            new EmbeddedBrokerConfig(new IPEndPoint(IPAddress.Loopback, MqttPort), secrets), null, folder,
            new JournalConfig(64 << 20, TimeSpan.FromDays(1)), new HistoryConfig(TimeSpan.FromDays(1), 64 << 20), null);
        var facility = FacilityConfig.None("demo");
        var clock = new SteadyClock(TimeProvider.System, () => null);
        clock.Observe();
        running = CollectorHost.RunAsync(config, facility, alarms ?? AlarmFile.Default(facility), clock, stop.Token);
    }

    public HttpClient Http { get; }

    public int MqttPort { get; }

    public static async Task<RunningCollector> StartAsync(CancellationToken cancel, IReadOnlyDictionary<string, string>? users = null, AlarmConfig? alarms = null)
    {
        var collector = new RunningCollector(users ?? new Dictionary<string, string>(), alarms);
        while (!await collector.IsReadyAsync(cancel))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancel);
        }

        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        Http.Dispose();
        stop.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        if (running.IsCompleted)
        {
            await running;
        }

        try
        {
            using var answer = await Http.GetAsync("/readyz", cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
