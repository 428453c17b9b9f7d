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
            var problems = new ConfigProblems();
            var wanted = new YamlScalar("NAME", 1, 1, "name", parsed.GetValue(name)!, problems);
            var profile = ProfileLibrary.Open(protocols).Resolve(wanted, Directory.GetCurrentDirectory());
            problems.ThrowIfAny();
            await ShowAsync(profile!, parsed.InvocationConfiguration.Output);
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
        var table = new TextTable("METRIC", "PART", "UNIT", "EVERY", "LINE", "WHERE");
        foreach (var point in profile.Points)
        {
            table.Add(
                point.Metric.Name, point.Part ?? "-", point.Metric.Unit == "1" ? "-" : point.Metric.Unit, Quantities.SnakeCase(point.Every.ToString()),
                $"{point.Line}", point.Place);
        }

        await table.WriteAsync(output);
        foreach (var group in Enum.GetValues<PollGroup>())
        {
            foreach (var line in profile.DescribePlan(group))
            {
                await output.WriteLineAsync($"{Quantities.SnakeCase(group.ToString())}: {line}");
            }
        }
    }

    private static Command Lint(TimeProvider time)
    {
        var files = new Argument<string[]>("files") { Description = "YAML files; none: the whole library", Arity = ArgumentArity.ZeroOrMore };
        var verb = new Command("lint", "Name every fault of profiles, with line and column") { files };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var protocols = ProtocolCatalog.Standard(time);
            var problems = new ConfigProblems();
            var library = ProfileLibrary.Open(protocols);
            var given = parsed.GetValue(files) ?? [];
            var sound = given.Length == 0
                ? library.LoadAll(problems).Count
                : given.Count(file => library.Resolve(new YamlScalar(file, 1, 1, "profile", Path.GetFullPath(file), problems), Directory.GetCurrentDirectory()) is not null);
            if (!problems.Any)
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync($"{sound} profiles are sound");
            }

            return await ReportAsync(problems, parsed.InvocationConfiguration.Error);
        });
        return verb;
    }

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
