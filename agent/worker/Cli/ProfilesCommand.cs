using System.CommandLine;
using System.Text.Json;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Cli;

/// <summary><c>profiles</c>: what is in the library, what one profile reads, and whether a profile is sound.</summary>
internal static class ProfilesCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create(TimeProvider time)
    {
        var verb = new Command("profiles", "The library of device models") { List(time), Show(time), Lint(time), Schema(time) };
        verb.SetAction((parsed, cancel) => ListAsync(time, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return verb;
    }

    private static Command List(TimeProvider time)
    {
        var verb = new Command("list", "List all models");
        verb.SetAction((parsed, cancel) => ListAsync(time, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return verb;
    }

    private static async Task<int> ListAsync(TimeProvider time, TextWriter output, TextWriter error)
    {
        await using var protocols = ProtocolCatalog.Standard(time);
        var problems = new ConfigProblems();
        var table = new TextTable("PROFILE", "KIND", "PROTOCOL", "PROOF", "VENDOR", "MODELS");
        foreach (var profile in ProfileLibrary.Open(protocols).LoadAll(problems))
        {
            var header = profile.Header;
            table.Add(header.Name, header.Kind.Name, header.Protocol, Quantities.SnakeCase(header.Proof.ToString()), header.Vendor, string.Join(", ", header.Models));
        }

        await table.WriteAsync(output);
        return await ReportAsync(problems, error);
    }

    private static Command Show(TimeProvider time)
    {
        var name = new Argument<string>("name") { Description = "A model of the library, or the path of a YAML file" };
        var verb = new Command("show", "Show what a profile reads, and how") { name };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var protocols = ProtocolCatalog.Standard(time);
            var profile = ReadCommand.Named(parsed.GetValue(name)!, ProfileLibrary.Open(protocols));
            await ShowAsync(profile, parsed.InvocationConfiguration.Output);
            return ExitCode.Ok;
        });
        return verb;
    }

    private static async Task ShowAsync(DeviceProfile profile, TextWriter output)
    {
        var header = profile.Header;
        await output.WriteLineAsync($"{header.Name}: {header.Kind.Meaning}");
        await output.WriteLineAsync($"{header.Vendor}: {string.Join(", ", header.Models)}");
        await output.WriteLineAsync($"over {header.Protocol}, proof {Quantities.SnakeCase(header.Proof.ToString())}, from: {header.Source}");
        await output.WriteLineAsync($"{header.File}");
        await output.WriteLineAsync();
        var table = new TextTable("METRIC", "PART", "UNIT", "EVERY", "LINE", "WHERE", "HOW");
        foreach (var point in profile.Points)
        {
            table.Add(
                point.Metric.Name, point.Part ?? "-", point.Metric.Unit == "1" ? "-" : point.Metric.Unit, Quantities.SnakeCase(point.Every.ToString()),
                LineOf(point, header.Base), point.Place, point.Conversion.Describe(point.Metric));
        }

        await table.WriteAsync(output);
        if (profile.DescribeSurvey() is { } first)
        {
            await output.WriteLineAsync($"first: {first}");
        }

        foreach (var group in Enum.GetValues<PollGroup>())
        {
            foreach (var line in profile.DescribePlan(group))
            {
                await output.WriteLineAsync($"{Quantities.SnakeCase(group.ToString())}: {line}");
            }
        }
    }

    /// <summary>A line of the base is said to be of the base.</summary>
    private static string LineOf(Point point, DeviceProfile? inherited) =>
        inherited?.Points.Any(its => its.Metric == point.Metric && its.Part == point.Part && its.Line == point.Line && its.Place == point.Place) == true
            ? $"{inherited.Name}:{point.Line}"
            : $"{point.Line}";

    private static Command Lint(TimeProvider time)
    {
        var files = new Argument<string[]>("files") { Description = "YAML files, or folders of them; none: the whole library", Arity = ArgumentArity.ZeroOrMore };
        var verb = new Command("lint", "Name every fault of profiles, with line and column") { files };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var protocols = ProtocolCatalog.Standard(time);
            var problems = new ConfigProblems();
            var library = ProfileLibrary.Open(protocols);
            var given = (parsed.GetValue(files) ?? []).SelectMany(FilesOf).ToList();
            var sound = given.Count == 0
                ? library.LoadAll(problems).Count
                : given.Count(file => library.Resolve(new YamlScalar(file, 1, 1, "profile", Path.GetFullPath(file), problems), Directory.GetCurrentDirectory()) is not null);
            if (!problems.Any)
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(sound == 1 ? "1 profile is sound" : $"{sound} profiles are sound");
            }

            return await ReportAsync(problems, parsed.InvocationConfiguration.Error);
        });
        return verb;
    }

    private static IEnumerable<string> FilesOf(string path) => Directory.Exists(path) ? ProfileLibrary.FilesBelow(path).Order(StringComparer.Ordinal) : [path];

    private static Command Schema(TimeProvider time)
    {
        var verb = new Command("schema", "Print the JSON schema of profiles, for editors");
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var protocols = ProtocolCatalog.Standard(time);
            var schema = ProfileSchema.Create(protocols, ProfileLibrary.Open(protocols));
            await parsed.InvocationConfiguration.Output.WriteLineAsync(schema.ToJsonString(Indented));
            return ExitCode.Ok;
        });
        return verb;
    }

    private static async Task<int> ReportAsync(ConfigProblems problems, TextWriter error)
    {
        foreach (var problem in problems.Sorted)
        {
            await error.WriteLineAsync(problem.ToString());
        }

        return problems.Any ? ExitCode.ConfigurationRejected : ExitCode.Ok;
    }
}
