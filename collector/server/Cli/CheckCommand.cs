using System.CommandLine;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Cli;

/// <summary><c>check</c>: says everything that is wrong with the configuration, connects nowhere, writes nothing.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var config = CommandLine.ConfigOption();
        var command = new Command("check", "Validates collector.yaml and facility.yaml and prints every problem.") { config };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config)));
        return command;
    }

    private static int Run(string file)
    {
        try
        {
            var loaded = LoadedConfiguration.Load(file);
            foreach (var warning in loaded.Warnings)
            {
                Console.Error.WriteLine($"{warning} (warning)");
            }

            Console.WriteLine($"{file}: ok. Site {loaded.Collector.Site}, {loaded.Facility.Meters.Count} meters, {loaded.Facility.Water.Count} water meters.");
            foreach (var line in FacilityReport.Lines(loaded.Facility))
            {
                Console.WriteLine($"  {line}");
            }

            return ExitCode.Ok;
        }
        catch (ConfigException rejected)
        {
            foreach (var problem in rejected.Problems)
            {
                Console.Error.WriteLine(problem);
            }

            return ExitCode.ConfigurationRejected;
        }
    }
}
