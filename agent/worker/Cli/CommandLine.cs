using System.CommandLine;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Cli;

/// <summary>Runs one verb: errors on stderr in sentences, never a stack trace, and an exit code that scripts can rely on.</summary>
internal static class CommandLine
{
    /// <summary>How long an ordered end may take: what is queued is journaled and the broker hears a goodbye.</summary>
    public static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, IReadOnlyList<Command> verbs, TextWriter output, TextWriter error, CancellationToken cancel = default)
    {
        var root = new RootCommand("EdgeDcim agent: reads power, cooling and environment equipment and delivers every reading to the collector. It never writes to a device.");
        foreach (var verb in verbs)
        {
            root.Add(verb);
        }

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var message in parsed.Errors.Select(problem => problem.Message).Distinct())
            {
                await error.WriteLineAsync(message);
            }

            await error.WriteLineAsync($"Try: edgedcim-agent {Path(parsed)}--help");
            return ExitCode.Usage;
        }

        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = StopWithin + StopWithin,
            };
            return await parsed.InvokeAsync(invocation, cancel);
        }
        catch (UsageException wrong)
        {
            await error.WriteLineAsync(wrong.Message);
            return ExitCode.Usage;
        }
        catch (ConfigException rejected)
        {
            await error.WriteLineAsync(rejected.Message);
            return ExitCode.ConfigurationRejected;
        }
        catch (DeviceFault fault)
        {
            await error.WriteLineAsync(fault.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Stopped.");
            return ExitCode.Failed;
        }
        catch (Exception bug)
        {
            await error.WriteLineAsync($"Unexpected {bug.GetType().Name}: {bug.Message}");
            return ExitCode.Failed;
        }
    }

    private static string Path(ParseResult parsed) => parsed.CommandResult.Command is RootCommand ? "" : $"{parsed.CommandResult.Command.Name} ";
}
