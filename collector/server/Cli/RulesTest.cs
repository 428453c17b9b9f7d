using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Anomalies.Replay;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Cli;

/// <summary><c>rules test</c>: a recording or the past of a running collector through the rules, and what would have happened.</summary>
internal static class RulesTest
{
    public static Command Create()
    {
        var config = CommandLine.ConfigOption();
        var file = new Argument<string?>("FILE") { Description = "A recording: CSV or CSV.gz with a header line. Without it the history of the running collector.", Arity = ArgumentArity.ZeroOrOne };
        var map = new Option<string?>("--map", "-m") { Description = "MAP.yaml of the recording, as of replay." };
        var last = new Option<string>("--last") { Description = "How much of the history of the running collector, such as 24h.", DefaultValueFactory = _ => "24h" };
        var json = new Option<bool>("--json") { Description = "One JSON object for each change." };
        var command = new Command("test", "Runs the rules over history or a recording and prints what would have happened.") { file, map, config, last, json };
        command.SetAction((parsed, cancel) => CommandLine.JudgedAsync(async () =>
        {
            var loaded = LoadedConfiguration.Load(parsed.GetRequiredValue(config));
            using var trial = new RuleTrial(loaded.Alarms, loaded.Facility);
            if (parsed.GetValue(file) is { } recording)
            {
                Recorded(trial, recording, parsed.GetValue(map));
            }
            else
            {
                await HistoryAsync(loaded, trial, parsed.GetRequiredValue(last), cancel);
            }

            Print(trial, parsed.GetValue(json));
            return ExitCode.Ok;
        }));
        return command;
    }

    public static void Print(RuleTrial trial, bool asJson)
    {
        foreach (var (alarm, change) in trial.Happened)
        {
            Console.WriteLine(asJson ? Json(alarm, change) : Line(alarm, change));
        }

        var report = trial.Report();
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, ReportJson.Plain.AlarmReport));
            return;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Raised} alarms from {report.From:yyyy-MM-ddTHH:mm:ssZ} to {report.To:yyyy-MM-ddTHH:mm:ssZ}, {report.PerDay} a day, at most {report.Peak10Minutes} in ten minutes"));
        ReportCommand.Proposals(report);
    }

    private static string Line(Alarm alarm, AlarmChange change) => string.Create(
        CultureInfo.InvariantCulture,
        $"{At(change.AtMs)} {Quantities.SnakeCase(change.Event.ToString()),-14} {Quantities.SnakeCase(alarm.Priority.ToString()),-8} {alarm.Subject} {alarm.Cause}{(change.Event == AlarmEvent.Raised ? $": {alarm.Text} ({alarm.Evidence})" : change.Reason is null ? "" : $": {change.Reason}")}");

    private static string Json(Alarm alarm, AlarmChange change)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("at", At(change.AtMs));
            json.WriteString("event", Quantities.SnakeCase(change.Event.ToString()));
            json.WriteString("device", alarm.Device);
            json.WriteString("part", alarm.Part);
            json.WriteString("cause", alarm.Cause);
            json.WriteString("priority", Quantities.SnakeCase(alarm.Priority.ToString()));
            json.WriteString("text", alarm.Text);
            json.WriteString("evidence", alarm.Evidence);
            json.WriteString("reason", change.Reason);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(memory.ToArray());
    }

    private static string At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Recorded(RuleTrial trial, string file, string? mapFile)
    {
        if (mapFile is null)
        {
            throw new Hosting.StartupException("a recording needs --map MAP.yaml, which says what its columns are");
        }

        var problems = new ConfigProblems();
        var map = ReplayMap.Load(mapFile, problems);
        problems.ThrowIfAny();
        foreach (var device in map!.Columns.GroupBy(column => column.Series.Device))
        {
            trial.Announce(device.Key, map.Kinds.GetValueOrDefault(device.Key), [.. device.Select(column => column.Series)]);
        }

        try
        {
            using var recording = Recording.Open(file, map);
            var readings = new List<Reading>();
            while (recording.Read(readings, out _, out var atMs))
            {
                trial.Take(CollectionsMarshal.AsSpan(readings), atMs);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new Hosting.StartupException($"the recording cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Asks the running collector, whose history nobody else can open, for every series that a rule watches.</summary>
    private static async Task HistoryAsync(LoadedConfiguration loaded, RuleTrial trial, string last, CancellationToken cancel)
    {
        var problems = new ConfigProblems();
        var span = Quantities.ParseDuration(new YamlScalar("--last", 1, 1, "last", last, problems), "--last");
        problems.ThrowIfAny();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{loaded.Collector.Listen[0]}"), Timeout = TimeSpan.FromSeconds(30) };
        var readings = new List<Reading>();
        using var devices = await AskAsync(http, "/api/v1/devices", cancel);
        var toMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var device in devices.RootElement.EnumerateArray())
        {
            var (id, kind) = (device.GetProperty("id").GetString()!, device.GetProperty("kind").GetString());
            using var all = await AskAsync(http, $"/api/v1/readings?device={Uri.EscapeDataString(id)}", cancel);
            List<Series> series = [.. all.RootElement.GetProperty("readings").EnumerateArray().Select(reading => new Series(id, reading.GetProperty("metric").GetString()!, reading.GetProperty("part").GetString()))];
            trial.Announce(id, kind, series);
            foreach (var one in series.Where(one => loaded.Alarms.Plan.Concerns(kind, one)))
            {
                await SeriesAsync(http, one, toMs - (long)span!.Value.TotalMilliseconds, toMs, readings, cancel);
            }
        }

        foreach (var instant in readings.GroupBy(reading => reading.AtMs).OrderBy(group => group.Key))
        {
            trial.Take([.. instant], instant.Key);
        }
    }

    private static async Task SeriesAsync(HttpClient http, Series series, long fromMs, long toMs, List<Reading> into, CancellationToken cancel)
    {
        const long chunkMs = 4 * 3_600_000; // a reading a second for so long is below what one answer may hold
        for (var from = fromMs; from < toMs; from += chunkMs)
        {
            using var answer = await AskAsync(http, $"/api/v1/history?series={Uri.EscapeDataString(series.ToString())}&from={from}&to={Math.Min(toMs, from + chunkMs)}", cancel);
            foreach (var point in answer.RootElement.GetProperty("points").EnumerateArray())
            {
                var atMs = point[0].GetInt64();
                into.Add(point[1].ValueKind == JsonValueKind.Null ? Reading.Missing(series, atMs) : new Reading(series, atMs, point[1].GetDouble(), Quality.Good));
            }
        }
    }

    private static async Task<JsonDocument> AskAsync(HttpClient http, string address, CancellationToken cancel)
    {
        try
        {
            return JsonDocument.Parse(await http.GetStringAsync(address, cancel));
        }
        catch (HttpRequestException away)
        {
            throw new Hosting.StartupException($"the collector at {http.BaseAddress} does not answer ({away.Message}); start it, or give a recording", away);
        }
    }
}
