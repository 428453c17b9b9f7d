using System.CommandLine;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Hosting;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Supervision;
using EdgeDcim.Core.Timing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Agent.Cli;

/// <summary><c>run</c>: the service. Works in a terminal, under systemd and as a Windows service.</summary>
internal static class RunCommand
{
    public static Command Create(TimeProvider time)
    {
        var file = new Option<string>("--config", "-c") { Description = "The configuration", DefaultValueFactory = _ => "agent.yaml" };
        var verb = new Command("run", "Poll the devices and deliver their readings, until stopped") { file };
        verb.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(file)!, parsed.InvocationConfiguration.Error, time, cancel));
        return verb;
    }

    private static async Task<int> RunAsync(string file, TextWriter error, TimeProvider time, CancellationToken cancel)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"there is no {file}; name the configuration by -c FILE");
        }

        var memory = new DriverMemory();
        await using var protocols = ProtocolCatalog.Standard(time, memory);
        var problems = new ConfigProblems();
        var config = Load(file, protocols, problems);
        problems.ThrowIfAny();

        // Profiles and configuration leave several times the memory that they keep; given back now, it is not there beside what the first polls take.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        try
        {
            var clock = new SteadyClock(time, KernelClock.IsSynchronised, config!.ClockWait);
            clock.Observe();
            using var journal = Journal.Open(config.Journal.Path, new JournalBounds(config.Journal.MaxBytes, config.Journal.Keep), clock);
            memory.Use(journal);
            using var manager = ServiceManager.Of(Environment.GetEnvironmentVariable, Environment.ProcessId);
            using var host = Build(file, config, protocols, (journal, clock, manager));
            await host.RunAsync(cancel);
            return Environment.ExitCode;
        }
        catch (JournalException refused)
        {
            await error.WriteLineAsync(refused.Message);
            return ExitCode.Failed;
        }
    }

    /// <summary>A fresh library each time, so that a changed profile is seen by a reload.</summary>
    private static AgentConfig? Load(string file, ProtocolCatalog protocols, ConfigProblems problems) =>
        AgentConfigReader.Load(file, protocols, ProfileLibrary.Open(protocols), problems);

    private static IHost Build(string file, AgentConfig config, ProtocolCatalog protocols, (Journal Journal, SteadyClock Clock, ServiceManager Manager) parts)
    {
        var (journal, clock, manager) = parts;

        // No appsettings and no environment: agent.yaml is the one place where anything is set.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "edgedcim-agent" });
        builder.Services.AddWindowsService(options => options.ServiceName = "edgedcim-agent");
        builder.Logging.AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.UseUtcTimestamp = true;
            format.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = CommandLine.StopWithin);
        builder.Services.AddSingleton(config).AddSingleton(protocols).AddSingleton(journal).AddSingleton(clock).AddSingleton(manager);
        builder.Services.AddSingleton(services => new ConfigWatcher(file, problems => Load(file, protocols, problems), clock, services.GetRequiredService<ILogger<ConfigWatcher>>()));
        builder.Services.AddHostedService<AgentService>();
        return builder.Build();
    }
}
