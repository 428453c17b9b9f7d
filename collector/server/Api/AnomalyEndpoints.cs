using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeDcim.Collector.Access;
using EdgeDcim.Collector.Anomalies;

namespace EdgeDcim.Collector.Api;

/// <summary>What every detector thinks and has learnt, and the button that lets it learn anew.</summary>
internal sealed partial class AnomalyEndpoints(AnomalyService anomalies, Gatekeeper gate, ILogger log)
{
    private const int MaxPage = 1000;
    private static readonly string[] States = ["learning", "normal", "anomalous"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/anomalies", ListAsync);
        routes.MapPost("/api/v1/anomalies/reset", ResetAsync);
    }

    private async Task ListAsync(HttpContext context)
    {
        var question = new Question(context, "state", "detector", "subject", "limit", "offset");
        var (state, detector, subject) = (question.Text("state"), question.Text("detector"), question.Text("subject"));
        if (state is not null && !States.Contains(state))
        {
            throw BadQuestionException.Wrong($"'state' is '{state}'; write one of: {string.Join(", ", States)}");
        }

        var (limit, offset) = (question.Whole("limit", 100, MaxPage), question.Whole("offset", 0, int.MaxValue));
        var all = await (anomalies.ListAsync(context.RequestAborted) ?? throw Busy());
        var found = all.Select(Record)
            .Where(one => (state ?? one.State) == one.State && (detector ?? one.Detector) == one.Detector && (subject ?? one.Subject) == one.Subject)
            .OrderBy(one => Array.IndexOf(States, one.State) == 2 ? 0 : 1).ToList();
        await context.Response.WriteAsJsonAsync(
            new AnomalyPage(found.Count, offset + limit < found.Count ? offset + limit : null, [.. found.Skip(offset).Take(limit)]),
            ApiJson.Plain.AnomalyPage, cancellationToken: context.RequestAborted);
    }

    private async Task ResetAsync(HttpContext context)
    {
        var bearer = gate.Operator(context);
        AnomalyReset? asked;
        try
        {
            asked = await context.Request.ReadFromJsonAsync(AnomalyResetJson.Default.AnomalyReset, context.RequestAborted);
        }
        catch (JsonException)
        {
            asked = null;
        }

        if (asked is not { Detector: { Length: > 0 } detector, Subject: { Length: > 0 } subject })
        {
            throw BadQuestionException.Wrong("the body is not the JSON of a reset; write {\"detector\":\"…\",\"subject\":\"…\",\"user\":\"…\"}");
        }

        var user = bearer ?? asked.User ?? throw BadQuestionException.Wrong("'user' is missing: the log wants to know who did it");
        if (!await (anomalies.ResetAsync(detector, subject, context.RequestAborted) ?? throw Busy()))
        {
            throw BadQuestionException.Unknown($"no detector '{detector}' watches '{subject}'; /api/v1/anomalies lists them");
        }

        Log.Reset(log, detector, subject, user.Length <= 100 ? user : user[..100]);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static AnomalyRecord Record(DetectorStatus status) => new(
        status.Detector, status.Subject,
        status.IsAnomalous ? "anomalous" : status.Phase == DetectorPhase.Watching ? "normal" : "learning",
        double.IsFinite(status.Score) ? Math.Round(status.Score, 3) : null,
        status.LastChange is { } change ? DateTimeOffset.FromUnixTimeMilliseconds(change.AtMs) : null,
        status.LastChange?.Cause, status.LastChange?.Confidence, status.LastChange?.Evidence, status.Baseline);

    private static BadQuestionException Busy() =>
        new(StatusCodes.Status503ServiceUnavailable, "too many questions wait for the detectors; ask again in a second");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The detector {Detector} of {Subject} learns anew; {User} asked for it.")]
        public static partial void Reset(ILogger log, string detector, string subject, string user);
    }
}

/// <summary>A detector as the API says it. <paramref name="Since"/> to <paramref name="Evidence"/> are of its last change; null before one.</summary>
internal sealed record AnomalyRecord(
    string Detector, string Subject, string State, double? Score, DateTimeOffset? Since, string? Cause, double? Confidence, string? Evidence, string Baseline);

internal sealed record AnomalyPage(int Total, int? Next, IReadOnlyList<AnomalyRecord> Anomalies);

/// <summary>What a person asks to be learnt anew.</summary>
internal sealed record AnomalyReset(string? Detector, string? Subject, string? User);

[JsonSerializable(typeof(AnomalyReset))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
internal sealed partial class AnomalyResetJson : JsonSerializerContext;
