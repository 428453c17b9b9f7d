using System.Text.Json;
using EdgeDcim.Collector.Live;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Api;

/// <summary>Curves of the past, of a series or of a KPI.</summary>
internal sealed class HistoryEndpoints(History history, DeviceCatalog catalog, LiveFeed feed, TimeProvider time)
{
    /// <summary>More points than a screen has columns help nobody and cost memory.</summary>
    public const int MaxPoints = 20_000;

    private const long DefaultSpanMs = 3_600_000;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/history", AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        var question = new Question(context, "series", "kpi", "window", "scope", "from", "to", "step");
        var (series, kpi) = (question.Text("series"), question.Text("kpi"));
        if ((series is null) == (kpi is null))
        {
            throw BadQuestionException.Wrong("give either 'series' (device/metric or device/metric/part) or 'kpi' (such as pue)");
        }

        if (series is not null && (question.Text("window") ?? question.Text("scope")) is not null)
        {
            throw BadQuestionException.Wrong("'window' and 'scope' belong to 'kpi'; a series has neither");
        }

        var toMs = question.Instant("to", time.GetUtcNow().ToUnixTimeMilliseconds() + 1);
        var fromMs = question.Instant("from", toMs - DefaultSpanMs);
        var step = question.Step("step");
        if (fromMs >= toMs)
        {
            throw BadQuestionException.Wrong("'from' must be before 'to'");
        }

        if (step is { } given && (toMs - fromMs) / given > MaxPoints)
        {
            throw BadQuestionException.Wrong($"that is more than {MaxPoints} points; choose a larger 'step' or a shorter span");
        }

        var (points, unit) = series is not null
            ? await SeriesAsync(series, fromMs, toMs, step, context.RequestAborted)
            : await KpiAsync(kpi!, question.Text("scope") ?? "site", question.Text("window") ?? "now", fromMs, toMs, step, context.RequestAborted);
        if (points.Count > MaxPoints + 2)
        {
            throw BadQuestionException.Wrong($"that is more than {MaxPoints} points; give a 'step', or a shorter span");
        }

        await WriteAsync(context, series is not null ? "series" : "kpi", (series ?? kpi)!, unit, points);
    }

    private async Task<(IReadOnlyList<HistoryPoint>, string?)> SeriesAsync(string text, long fromMs, long toMs, long? step, CancellationToken cancel)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == text.Length - 1)
        {
            throw BadQuestionException.Wrong($"'series' is '{text}'; write device/metric or device/metric/part, such as main/power.active");
        }

        var series = Series.FromMetricPath(text[..slash], text[(slash + 1)..]);
        if (!history.Knows(series) && feed.View.Snapshot.Device(series.Device)?.Samples.Any(sample => sample.Series == series) != true)
        {
            throw BadQuestionException.Unknown($"no series '{series}' is known here; /api/v1/readings?device={series.Device} lists those of the device");
        }

        return (await history.QueryAsync(series, fromMs, toMs, step, cancel), catalog.UnitOf(series));
    }

    private async Task<(IReadOnlyList<HistoryPoint>, string?)> KpiAsync(
        string name, string scope, string window, long fromMs, long toMs, long? step, CancellationToken cancel)
    {
        var known = feed.View.Kpis.FirstOrDefault(kpi => kpi.Name == name && kpi.Scope == scope && kpi.Window == window);
        var points = await history.QueryKpiAsync(name, scope, window, fromMs, toMs, step, cancel);
        return known is null && !points.Any(point => point.Value is not null)
            ? throw BadQuestionException.Unknown($"no KPI '{name}' of scope '{scope}' over window '{window}' is known here; /api/v1/kpi lists them")
            : (points, known?.Unit);
    }

    /// <summary>Written by hand: a curve is thousands of pairs, and pairs are not worth an object each.</summary>
    private static async Task WriteAsync(HttpContext context, string what, string name, string? unit, IReadOnlyList<HistoryPoint> points)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString(what, name);
        json.WriteString("unit", unit);
        json.WriteStartArray("points");
        foreach (var point in points)
        {
            json.WriteStartArray();
            json.WriteNumberValue(point.AtMs);
            if (point.Value is { } value)
            {
                json.WriteNumberValue(value);
            }
            else
            {
                json.WriteNullValue();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
