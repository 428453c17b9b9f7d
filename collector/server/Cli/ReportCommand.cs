using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Hosting;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Cli;

/// <summary><c>report alarms</c>: how good the alarms were, and what to do about the worst. It reads the file beside a running collector.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var config = CommandLine.ConfigOption();
        var period = new Option<string>("--period") { Description = "The last so long, such as 7d.", DefaultValueFactory = _ => "7d" };
        var json = new Option<bool>("--json") { Description = "Everything as one JSON object." };
        var alarms = new Command("alarms", "Alarms against the targets of ISA-18.2 and EEMUA 191.") { config, period, json };
        alarms.SetAction(parsed => CommandLine.Judged(() => Alarms(LoadedConfiguration.Load(parsed.GetRequiredValue(config)), parsed.GetRequiredValue(period), parsed.GetValue(json))));
        return new Command("report", "Reports of the past.") { alarms };
    }

    public static void Proposals(AlarmReport report)
    {
        foreach (var proposal in report.Proposals)
        {
            Console.WriteLine($"  → {proposal}");
        }
    }

    private static int Alarms(LoadedConfiguration loaded, string period, bool asJson)
    {
        var problems = new ConfigProblems();
        var span = Quantities.ParseDuration(new YamlScalar("--period", 1, 1, "period", period, problems), "--period");
        problems.ThrowIfAny();
        var file = Path.Combine(loaded.Collector.Data, "alarms.db");
        if (!File.Exists(file))
        {
            throw new StartupException($"{file} does not exist: the collector has not run with this configuration");
        }

        using var store = AlarmStore.OpenToRead(file);
        var toMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 1;
        var fromMs = toMs - (long)span!.Value.TotalMilliseconds;
        var report = AlarmReport.Of(store.Changes(fromMs, toMs, limit: AlarmReport.MaxChanges), AlarmsView.Of(store.Alarms(), new Flood()), fromMs, toMs);
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, ReportJson.Plain.AlarmReport));
            return ExitCode.Ok;
        }

        Print(report);
        return ExitCode.Ok;
    }

    private static void Print(AlarmReport report)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Raised} alarms from {report.From:yyyy-MM-ddTHH:mm:ssZ} to {report.To:yyyy-MM-ddTHH:mm:ssZ}"));
        foreach (var target in report.Targets)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {target.What,-28} {target.Value,10:0.###}   target {target.Target,-6:0.##} ceiling {target.Ceiling,-6:0.##} {target.Verdict}"));
        }

        Console.WriteLine($"  priorities                   {string.Join(", ", report.PriorityShare.Select(share => $"{share.Key} {(share.Value * 100).ToString("0.#", CultureInfo.InvariantCulture)} %"))}");
        Console.WriteLine($"  acknowledged after           {Seconds(report.AcknowledgeMedianSeconds)} (median), {Seconds(report.AcknowledgeWorstSeconds)} at worst, {report.NeverAcknowledged} never");
        List("Most often", report.TopTen);
        List("Chattering", report.Chattering);
        List("Fleeting", report.Fleeting);
        List("Stale", report.Stale);
        List("On the shelf", report.Shelved);
        Proposals(report);
    }

    private static string Seconds(double? seconds) => seconds is { } known ? known.ToString("0", CultureInfo.InvariantCulture) + " s" : "none";

    private static void List(string title, IReadOnlyList<AlarmCulprit> culprits)
    {
        if (culprits.Count > 0)
        {
            Console.WriteLine($"{title}: {string.Join(", ", culprits.Select(one => $"{one.Subject} {one.Cause} ({one.Count})"))}");
        }
    }
}
