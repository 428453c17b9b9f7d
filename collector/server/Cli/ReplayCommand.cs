using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Replay;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Cli;

/// <summary><c>replay</c>: the live detectors over a recording, so that one may be tried on history before it is trusted.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The recording: CSV or CSV.gz with a header line." };
        var map = new Option<string>("--map", "-m") { Description = "MAP.yaml: the time column, and what each column is.", Required = true };
        var facility = new Option<string?>("--facility") { Description = "facility.yaml, for its cooling section." };
        var learn = new Option<string?>("--learn") { Description = "A recording of the same columns that is known to be good: learnt from, not judged." };
        var rows = new Option<long>("--learn-rows") { Description = "Learn from the first N rows and judge the rest." };
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var command = new Command("replay", "Runs the detectors over a recording exactly as live and prints every change of state.") { file, map, facility, learn, rows, json };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(file), parsed.GetRequiredValue(map), parsed.GetValue(facility), parsed.GetValue(learn), parsed.GetValue(rows), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string file, string mapFile, string? facilityFile, string? learnFile, long learnRows, bool json)
    {
        try
        {
            var problems = new ConfigProblems();
            var map = ReplayMap.Load(mapFile, problems);
            var facility = facilityFile is null ? null : FacilityConfig.Load(facilityFile, problems);
            problems.ThrowIfAny();
            var run = new ReplayRun(map!, facility?.Cooling, DetectorCatalog.All);
            var summary = run.Run(file, learnFile, learnRows, change => Print(change, json));
            Print(summary, json);
            if (!json)
            {
                foreach (var detector in run.Engine.Detectors)
                {
                    Console.WriteLine($"  {detector.Subject} {detector.Name}: {detector.Baseline}");
                }
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
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"edgedcim-collector: the recording cannot be read: {unreadable.Message}");
            return ExitCode.Failed;
        }
    }

    private static void Print(ReplayedChange replayed, bool json)
    {
        var change = replayed.Change;
        var state = change.State == AnomalyState.Anomalous ? "anomalous" : "normal";
        Console.WriteLine(json
            ? JsonSerializer.Serialize(
                new ChangeLine(
                    Spell.At(change.AtMs), replayed.Row, change.Detector, change.Subject, state,
                    double.IsFinite(change.Score) ? Math.Round(change.Score, 3) : null, change.Cause, Math.Round(change.Confidence, 2), change.Evidence),
                ReplayJson.Default.ChangeLine)
            : string.Create(CultureInfo.InvariantCulture, $"{Spell.At(change.AtMs)} row {replayed.Row} {state,-9} {change.Detector} {change.Subject}: {change.Cause}. {change.Evidence}"));
    }

    private static void Print(ReplaySummary summary, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new SummaryLine(summary), ReplayJson.Default.SummaryLine));
            return;
        }

        Console.WriteLine(
            $"{summary.Rows} rows, {summary.LearnRows} learnt; {summary.Detectors} detectors, {summary.Watching} watching; "
            + $"{summary.Anomalies} anomalies, {summary.StillAnomalous} still there at the end; "
            + $"{summary.Corrupt} corrupt cells, {summary.Late} late or repeated readings, {summary.Timeless} rows without a time.");
        if (summary.Unmapped.Count > 0)
        {
            Console.WriteLine($"Not in the map, ignored: {string.Join(", ", summary.Unmapped)}.");
        }

        if (summary.Watching == 0)
        {
            Console.WriteLine("No detector has learnt enough to judge: give --learn-rows or --learn, or a longer recording.");
        }
    }
}

internal sealed record ChangeLine(
    string At, long Row, string Detector, string Subject, string State, double? Score, string Cause, double Confidence, string Evidence);

internal sealed record SummaryLine(ReplaySummary Summary);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChangeLine))]
[JsonSerializable(typeof(SummaryLine))]
internal sealed partial class ReplayJson : JsonSerializerContext;
