using System.Globalization;
using System.Text.Json;
using EdgeDcim.Collector.Access;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Notification;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Api;

/// <summary>The alarm list, one alarm with its past, what a person does to it, and how good the alarms are.</summary>
internal sealed class AlarmEndpoints(AlarmService alarms, Notifier notifier, ViewJson json, Gatekeeper gate, TimeProvider time)
{
    private const int MaxPage = 1000;
    private const int MaxTrail = 500;
    private const int MaxText = 500;
    private static readonly string[] Lists = ["shown", "active", "unacknowledged", "shelved", "suppressed", "out_of_service", "all"];

    private static readonly Dictionary<string, AlarmEvent> Actions = new(StringComparer.Ordinal)
    {
        ["acknowledge"] = AlarmEvent.Acknowledged,
        ["shelve"] = AlarmEvent.Shelved,
        ["unshelve"] = AlarmEvent.Unshelved,
        ["out-of-service"] = AlarmEvent.TakenOut,
        ["in-service"] = AlarmEvent.PutBack,
        ["comment"] = AlarmEvent.Commented,
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/alarms", List);
        routes.MapGet("/api/v1/alarms/report", Report);
        routes.MapGet("/api/v1/alarms/history", History);
        routes.MapGet("/api/v1/alarms/{id}", One);
        routes.MapPost("/api/v1/alarms/{id}/{action}", ActAsync);
        routes.MapGet("/api/v1/notify", Channels);
        routes.MapPost("/api/v1/notify/test", TestAsync);
    }

    private Task List(HttpContext context)
    {
        var question = new Question(context, "list", "priority", "device", "cause", "limit", "offset");
        var list = question.Text("list") ?? "shown";
        if (!Lists.Contains(list))
        {
            throw BadQuestionException.Wrong($"'list' is '{list}'; write one of: {string.Join(", ", Lists)}");
        }

        var least = question.Text("priority") is { } word
            ? Enum.TryParse<AlarmPriority>(word, ignoreCase: true, out var known) && !char.IsAsciiDigit(word[0]) ? known : throw BadQuestionException.Wrong($"'priority' is '{word}'; write low, medium, high or critical")
            : AlarmPriority.Low;
        var (device, cause) = (question.Text("device"), question.Text("cause"));
        var (limit, offset) = (Whole(question, "limit", 100, MaxPage), Whole(question, "offset", 0, int.MaxValue));
        var found = alarms.View.Live.Where(alarm =>
            Fits(list, alarm) && alarm.Priority >= least && (device ?? alarm.Device) == alarm.Device && (cause ?? alarm.Cause) == alarm.Cause).ToList();
        var page = new AlarmPage(found.Count, offset + limit < found.Count ? offset + limit : null, [.. found.Skip(offset).Take(limit).Select(json.Alarm)]);
        return context.Response.WriteAsJsonAsync(page, ApiJson.Plain.AlarmPage, cancellationToken: context.RequestAborted);
    }

    private Task One(HttpContext context)
    {
        _ = new Question(context);
        var alarm = Known(context);
        var trail = alarms.Store.Changes(0, long.MaxValue, alarm.Id, MaxTrail);
        return context.Response.WriteAsJsonAsync(new AlarmStory(json.Alarm(alarm), [.. trail.Select(json.Change)]), ApiJson.Plain.AlarmStory, cancellationToken: context.RequestAborted);
    }

    private Task History(HttpContext context)
    {
        var question = new Question(context, "from", "to", "device", "limit");
        var toMs = question.Instant("to", time.GetUtcNow().ToUnixTimeMilliseconds() + 1);
        var fromMs = question.Instant("from", toMs - 86_400_000L);
        var (device, limit) = (question.Text("device"), Whole(question, "limit", 200, MaxPage));
        var trail = alarms.Store.Changes(fromMs, toMs, limit: AlarmReport.MaxChanges);
        var known = alarms.View.Live.ToDictionary(alarm => alarm.Id, StringComparer.Ordinal);
        foreach (var change in trail)
        {
            if (change.Subject is { } subject)
            {
                known.TryAdd(change.AlarmId, subject);
            }
        }

        var found = trail.Where(change => device is null || known.GetValueOrDefault(change.AlarmId)?.Device == device).ToList();
        var page = new AlarmHistory(found.Count > limit, [.. found.TakeLast(limit).Select(change => json.Event(change, known.GetValueOrDefault(change.AlarmId)))]);
        return context.Response.WriteAsJsonAsync(page, ApiJson.Plain.AlarmHistory, cancellationToken: context.RequestAborted);
    }

    private Task Report(HttpContext context)
    {
        var question = new Question(context, "period", "to");
        var toMs = question.Instant("to", time.GetUtcNow().ToUnixTimeMilliseconds() + 1);
        var spanMs = question.Step("period") ?? 7 * 86_400_000L;
        var report = AlarmReport.Of(alarms.Store.Changes(toMs - spanMs, toMs, limit: AlarmReport.MaxChanges), alarms.View, toMs - spanMs, toMs);
        return context.Response.WriteAsJsonAsync(report, ReportJson.Plain.AlarmReport, cancellationToken: context.RequestAborted);
    }

    private async Task ActAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["action"]!;
        if (!Actions.TryGetValue(name, out var what))
        {
            throw BadQuestionException.Unknown($"an alarm has no action '{name}'; there are: {string.Join(", ", Actions.Keys)}");
        }

        var bearer = gate.Operator(context);
        var action = await BodyAsync(context);
        var alarm = Known(context);
        var user = bearer ?? Checked(action.User, "user") ?? throw BadQuestionException.Wrong("'user' is missing: the audit trail wants to know who did it");
        var reason = Checked(action.Reason, "reason");
        if (reason is null && what is AlarmEvent.Shelved or AlarmEvent.TakenOut or AlarmEvent.Commented)
        {
            throw BadQuestionException.Wrong($"'reason' is missing: '{name}' needs one");
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var untilMs = what == AlarmEvent.Shelved ? nowMs + ShelfMs(action.For) : 0;
        if (!alarms.Act(new AlarmChange(alarm.Id, nowMs, what, user, reason, null, untilMs)))
        {
            throw new BadQuestionException(StatusCodes.Status409Conflict, $"'{name}' cannot be done to this alarm as it is now: {json.Alarm(alarms.Find(alarm.Id) ?? alarm).State}");
        }

        await context.Response.WriteAsJsonAsync(json.Alarm(alarms.Find(alarm.Id)!), ApiJson.Plain.AlarmRecord, cancellationToken: context.RequestAborted);
    }

    private Task Channels(HttpContext context)
    {
        _ = new Question(context);
        IReadOnlyList<ChannelRecord> found = [.. notifier.Channels.Select(channel => new ChannelRecord(channel.Name, channel.Way, alarms.Store.Waiting(channel.Name)))];
        return context.Response.WriteAsJsonAsync(found, ApiJson.Plain.IReadOnlyListChannelRecord, cancellationToken: context.RequestAborted);
    }

    private async Task TestAsync(HttpContext context)
    {
        gate.Operator(context);
        var name = (await BodyAsync(context)).Channel ?? throw BadQuestionException.Wrong($"'channel' is missing; there are: {Names()}");
        var channel = notifier.Channels.FirstOrDefault(one => one.Name == name) ?? throw BadQuestionException.Unknown($"there is no channel '{name}'; there are: {Names()}");
        string? reason = null;
        try
        {
            await Notifier.TestAsync(channel, time, context.RequestAborted);
        }
        catch (NotifyException refused)
        {
            reason = refused.Message;
        }

        await context.Response.WriteAsJsonAsync(new NotifyTestRecord(name, reason is null, reason), ApiJson.Plain.NotifyTestRecord, cancellationToken: context.RequestAborted);
    }

    private string Names() => notifier.Channels.Count == 0 ? "none" : string.Join(", ", notifier.Channels.Select(channel => channel.Name));

    private Alarm Known(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        return alarms.Find(id) ?? throw BadQuestionException.Unknown($"no alarm '{id}' is known here; /api/v1/alarms?list=all lists them");
    }

    private static bool Fits(string list, Alarm alarm) => list switch
    {
        "shown" => alarm.IsShown,
        "active" => alarm.IsActive,
        "unacknowledged" => alarm.IsShown && alarm.IsUnacknowledged,
        "shelved" => alarm.Shelf is not null,
        "suppressed" => alarm.SuppressedBy is not null,
        "out_of_service" => alarm.OutOfService is not null,
        _ => true,
    };

    private static async Task<AlarmAction> BodyAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFromJsonAsync(AlarmActionJson.Default.AlarmAction, context.RequestAborted) ?? throw BadQuestionException.Wrong("the body is empty; send a JSON object");
        }
        catch (JsonException wrong)
        {
            throw BadQuestionException.Wrong($"the body is not the JSON of an action ({wrong.Message.Split('.')[0]}); write {{\"user\":\"…\",\"reason\":\"…\"}}");
        }
    }

    private static string? Checked(string? text, string key) =>
        string.IsNullOrWhiteSpace(text) ? null : text.Length <= MaxText ? text.Trim() : throw BadQuestionException.Wrong($"'{key}' is longer than {MaxText} characters");

    private static long ShelfMs(string? text)
    {
        var span = text is null ? TimeSpan.FromHours(1) : Quantities.ParseDuration(new YamlScalar("", 0, 0, "for", text, new ConfigProblems()), "for");
        return span is { } given && given > TimeSpan.Zero && given.TotalMilliseconds <= Shelf.MaxMs
            ? (long)given.TotalMilliseconds
            : throw BadQuestionException.Wrong($"'for' is '{text}'; write a duration up to 24h, such as 30m or 8h; what takes longer is out-of-service");
    }

    private static int Whole(Question question, string key, int otherwise, int most) => question.Text(key) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number
        : throw BadQuestionException.Wrong($"'{key}' is '{text}'; write a whole number up to {most}");
}
