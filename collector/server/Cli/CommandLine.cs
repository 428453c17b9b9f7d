using System.CommandLine;
using EdgeDcim.Collector.Hosting;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Cli;

/// <summary>The verbs of <c>edgedcim-collector</c>. A wrong call is answered on stderr with exit code 2.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("EdgeDcim collector: takes the readings of all agents of a site in, keeps them, and shows PUE and WUE live.")
        {
            RunCommand.Create(),
            CheckCommand.Create(),
            ReplayCommand.Create(),
            RulesCommand.Create(),
            NotifyCommand.Create(),
            ReportCommand.Create(),
            PkiCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            await Console.Error.WriteLineAsync("Try: edgedcim-collector --help");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>Runs a verb; a configuration that is rejected and what keeps it from its work are sentences on stderr.</summary>
    public static async Task<int> JudgedAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
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

    public static Task<int> Judged(Func<int> verb) => JudgedAsync(() => Task.FromResult(verb()));

    public static Option<string> ConfigOption() => new("--config", "-c")
    {
        Description = "The configuration file.",
        DefaultValueFactory = _ => "collector.yaml",
    };
}
