using System.CommandLine;
using EdgeDcim.Collector.Hosting;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Timing;

namespace EdgeDcim.Collector.Cli;

/// <summary><c>run</c>: the service. Whatever keeps it from starting is one sentence on stderr.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var config = CommandLine.ConfigOption();
        var command = new Command("run", "Runs the collector until it is told to stop.") { config };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(config), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string file, CancellationToken cancel)
    {
        try
        {
            var loaded = LoadedConfiguration.Load(file);
            foreach (var warning in loaded.Warnings)
            {
                await Console.Error.WriteLineAsync($"{warning} (warning)");
            }

            var clock = new SteadyClock(TimeProvider.System, KernelClock.IsSynchronised);
            clock.Observe();
            return await CollectorHost.RunAsync(loaded.Collector, loaded.Facility, loaded.Alarms, clock, cancel) ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (ConfigException rejected)
        {
            foreach (var problem in rejected.Problems)
            {
                await Console.Error.WriteLineAsync(problem.ToString());
            }

            return ExitCode.ConfigurationRejected;
        }
        catch (StartupException failed)
        {
            await Console.Error.WriteLineAsync($"edgedcim-collector: {failed.Message}");
            return ExitCode.Failed;
        }
    }
}
