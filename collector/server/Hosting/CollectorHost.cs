using System.Net.Sockets;
using EdgeDcim.Collector.Access;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Api;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Live;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Supervision;
using EdgeDcim.Core.Timing;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Console;

namespace EdgeDcim.Collector.Hosting;

/// <summary>The process: web server and pipeline around the stores, from the first file opened to the last one closed.</summary>
internal static partial class CollectorHost
{
    /// <summary>Runs until the process is told to stop. False when something inside broke.</summary>
    /// <exception cref="StartupException">It cannot run here and now; the message says why.</exception>
    public static async Task<bool> RunAsync(CollectorConfig config, FacilityConfig facility, AlarmConfig alarms, SteadyClock time, CancellationToken cancel)
    {
        var listener = new WebListener(config);
        await using var app = BuildApp(listener);
        var logs = app.Services.GetRequiredService<ILoggerFactory>();
        var log = logs.CreateLogger("EdgeDcim.Collector");
        var metrics = new MetricRegistry();
        listener.Load(time, log);
        using var manager = ServiceManager.Of(Environment.GetEnvironmentVariable, Environment.ProcessId);
        using var clockStop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watch = new ClockWatch(time, metrics, logs.CreateLogger<ClockWatch>());
        var watching = Task.WhenAll(watch.RunAsync(clockStop.Token), listener.WatchAsync(clockStop.Token));
        await time.SetAsync(cancel);
        using var stores = Stores.Open(config, time, log);
        stores.Register(metrics);
        var catalog = new DeviceCatalog(stores.Journal);
        var json = new ViewJson(config.Site, facility.Zone, catalog);
        var feed = new LiveFeed(json, metrics);
        await using var pipeline = new Pipeline(config, facility, alarms, stores, catalog, feed, new PipelineParts(metrics, time, logs) { Manager = manager });

        app.Use(next => context => SecurityHeaders.AddAsync(context, next));
        app.Use(next => context => Problem.CatchAsync(context, next, log));
        Page.Use(app);
        SiteEndpoints.Map(app, feed, json);
        new HistoryEndpoints(stores.History, catalog, feed, time).Map(app);
        new AnomalyEndpoints(pipeline.Anomalies, new Gatekeeper(config.Access), log).Map(app);
        new AlarmEndpoints(pipeline.Alarms, pipeline.Notifier, json, new Gatekeeper(config.Access), time).Map(app);
        HealthEndpoints.Map(app, pipeline.Health, metrics);
        await StartWebAsync(app, config, cancel);
        try
        {
            await pipeline.StartAsync(cancel);
            Log.Started(log, config.Site, string.Join(", ", app.Urls));
            return await UntilStoppedAsync(app, pipeline, time, log, cancel);
        }
        finally
        {
            manager.Stopping();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
            await app.StopAsync(patience.Token);
            await clockStop.CancelAsync();
            await watching;
        }
    }

    private static WebApplication BuildApp(WebListener listener)
    {
        // The empty builder reads no appsettings and no environment: collector.yaml is the only configuration.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "edgedcim-collector" });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(listener.Configure);
        builder.Services.AddRoutingCore();
        builder.Services.AddWindowsService(service => service.ServiceName = "EdgeDcim collector");
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);

        // It would print a trace for a port in use; the sentence that we say about it is enough.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return builder.Build();
    }

    private static async Task StartWebAsync(WebApplication app, CollectorConfig config, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel);
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            var where = string.Join(", ", config.Listen.Select(endpoint => $"http://{endpoint}").Concat(config.ListenSecure.Select(endpoint => $"https://{endpoint}")));
            var why = refused switch
            {
                { InnerException: AddressInUseException } => "the port is already in use",
                SocketException { SocketErrorCode: SocketError.AccessDenied } => "this account may not open that port",
                SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "no network interface of this machine has that address",
                _ => refused.Message,
            };
            throw new StartupException($"the web server cannot listen on {where}: {why}; stop what uses the port, or set another 'listen'", refused);
        }
    }

    private static async Task<bool> UntilStoppedAsync(WebApplication app, Pipeline pipeline, TimeProvider time, ILogger log, CancellationToken cancel)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = app.Lifetime.ApplicationStopping.Register(() => stop.TrySetResult());
        await using var cancelled = cancel.Register(() => stop.TrySetResult());
        if (await Task.WhenAny(stop.Task, pipeline.Running) == stop.Task)
        {
            Log.Stopping(log);
            return true;
        }

        try
        {
            await pipeline.Running;
        }
        catch (StageStuckException stuck)
        {
            Log.Stuck(log, stuck.Message);
            HardEnd.After(HardEnd.Patience, time);
        }
        catch (Exception bug)
        {
            Log.Broken(log, bug);
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The collector of site {Site} runs; its page is at {Urls}.")]
        public static partial void Started(ILogger log, string site, string urls);

        [LoggerMessage(LogLevel.Information, "The collector stops.")]
        public static partial void Stopping(ILogger log);

        [LoggerMessage(LogLevel.Critical, "A stage of the collector is stuck, the process ends so that it can be started afresh: {Reason}.")]
        public static partial void Stuck(ILogger log, string reason);

        [LoggerMessage(LogLevel.Critical, "A part of the collector broke; the process ends so that it can be started afresh.")]
        public static partial void Broken(ILogger log, Exception bug);
    }
}
