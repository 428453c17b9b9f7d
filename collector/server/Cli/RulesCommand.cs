using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Cli;

/// <summary><c>rules list</c>, <c>rules show</c> and <c>rules test</c>: what would alarm, with which limits, and what would have happened.</summary>
internal static class RulesCommand
{
    public static Command Create()
    {
        var config = CommandLine.ConfigOption();
        var list = new Command("list", "Prints every rule, built in or of this site.") { config };
        list.SetAction(parsed => CommandLine.Judged(() => List(LoadedConfiguration.Load(parsed.GetRequiredValue(config)).Alarms.Plan)));

        var name = new Argument<string>("rule") { Description = "The name of a rule." };
        var device = new Option<string?>("--device") { Description = "A device: prints the limits that hold there." };
        var show = new Command("show", "Prints one rule in full.") { name, device, config };
        show.SetAction(parsed => CommandLine.Judged(() => Show(LoadedConfiguration.Load(parsed.GetRequiredValue(config)).Alarms.Plan, parsed.GetRequiredValue(name), parsed.GetValue(device))));
        return new Command("rules", "The rules of the alarms.") { list, show, RulesTest.Create() };
    }

    private static int List(AlarmPlan plan)
    {
        foreach (var rule in plan.Rules)
        {
            Console.WriteLine($"{rule.Name,-24} {(rule.Off ? "off" : Word(rule.Priority)),-9} {(rule.Kinds.Count > 0 ? string.Join(',', rule.Kinds) : "any"),-20} {Condition(rule)}");
        }

        return ExitCode.Ok;
    }

    private static int Show(AlarmPlan plan, string name, string? device)
    {
        if (plan.Rules.FirstOrDefault(rule => rule.Name == name) is not { } found)
        {
            Console.Error.WriteLine($"there is no rule '{name}'{Spelling.DidYouMean(name, plan.Rules.Select(rule => rule.Name))}");
            return ExitCode.Failed;
        }

        var rule = device is null ? found : plan.At(found, device);
        Console.WriteLine($"{rule.Name}: {Condition(rule)}");
        Console.WriteLine($"  kind {(rule.Kinds.Count > 0 ? string.Join(", ", rule.Kinds) : "any")}, device {rule.Devices ?? "any"}, part {rule.Part ?? "any"}");
        Console.WriteLine($"  priority {Word(rule.Priority)}, class {Word(rule.Class)}, cause {rule.Cause}{(rule.Parent is { } parent ? $", explains those below it in {Word(parent)}" : "")}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  dead band {rule.DeadBand}, on-delay {rule.OnDelay.TotalSeconds} s, off-delay {rule.OffDelay.TotalSeconds} s, start-up {rule.StartUp.TotalMinutes} min"));
        Console.WriteLine($"  {(rule.Off ? "switched off" : "in force")}{(rule.Latches ? ", waits for a person" : "")}{(rule.Safety ? ", never hidden" : "")}");
        if (device is not null)
        {
            Console.WriteLine($"  at {string.Join(" > ", plan.PlacesOf(device))}");
        }

        return ExitCode.Ok;
    }

    private static string Condition(AlarmRule rule)
    {
        var limit = rule.Limit.ToString(CultureInfo.InvariantCulture);
        var what = rule.Minus is null ? rule.Metric : $"{rule.Metric} − {rule.Minus}";
        var unit = Vocabulary.Default.Find(rule.Metric)?.Unit is { } known and not "1" ? $" {known}" : "";
        return rule.Comparison switch
        {
            Comparison.Above => $"{what} above {limit}{unit}",
            Comparison.Below => $"{what} below {limit}{unit}",
            Comparison.Is => $"{what} is {string.Join(" or ", rule.Words)}",
            Comparison.Rises => $"{what} rises by {limit}{unit} within {rule.Within.TotalMinutes.ToString(CultureInfo.InvariantCulture)} min",
            Comparison.Changes => $"{what} changes {limit} times within {rule.Within.TotalMinutes.ToString(CultureInfo.InvariantCulture)} min",
            Comparison.Detected => $"detector {rule.Metric}{(rule.Words.Count > 0 ? $" says {string.Join(" or ", rule.Words)}" : "")}",
            _ => "does not answer",
        };
    }

    private static string Word<T>(T word)
        where T : struct, Enum => Quantities.SnakeCase(word.ToString());
}
