using EdgeDcim.Collector.Live;

namespace EdgeDcim.Collector.Api;

/// <summary>What is true now: state, devices, readings, KPIs, and the live feed of it.</summary>
internal static class SiteEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, LiveFeed feed, ViewJson json)
    {
        routes.MapGet("/api/v1/state", context =>
        {
            _ = new Question(context);
            return context.Response.WriteAsJsonAsync(json.StateOf(feed.View), ApiJson.Plain.StateRecord, cancellationToken: context.RequestAborted);
        });
        routes.MapGet("/api/v1/devices", context =>
        {
            var question = new Question(context, "kind", "state");
            var (kind, state) = (question.Text("kind"), question.Text("state"));
            IReadOnlyList<DeviceRecord> found = [.. json.Devices(feed.View).Where(device => (kind ?? device.Kind) == device.Kind && (state ?? device.State) == device.State)];
            return context.Response.WriteAsJsonAsync(found, ApiJson.Plain.IReadOnlyListDeviceRecord, cancellationToken: context.RequestAborted);
        });
        routes.MapGet("/api/v1/readings", context =>
        {
            var id = new Question(context, "device").Required("device");
            var device = feed.View.Snapshot.Device(id) ?? throw BadQuestionException.Unknown($"no device '{id}' is known here; /api/v1/devices lists them");
            return context.Response.WriteAsJsonAsync(json.Readings(device, feed.View.NowMs), ApiJson.Plain.ReadingsRecord, cancellationToken: context.RequestAborted);
        });
        routes.MapGet("/api/v1/kpi", context =>
        {
            var question = new Question(context, "name", "scope", "window");
            var (name, scope, window) = (question.Text("name"), question.Text("scope"), question.Text("window"));
            IReadOnlyList<KpiElement> found =
                [.. json.Kpis(feed.View).Where(kpi => (name ?? kpi.Name) == kpi.Name && (scope ?? kpi.Scope) == kpi.Scope && (window ?? kpi.Window) == kpi.Window)];
            return context.Response.WriteAsJsonAsync(found, ApiJson.Plain.IReadOnlyListKpiElement, cancellationToken: context.RequestAborted);
        });
        routes.MapGet("/api/v1/live", context =>
        {
            _ = new Question(context);
            var events = feed.Subscribe(context.RequestAborted)
                ?? throw new BadQuestionException(StatusCodes.Status503ServiceUnavailable, "too many pages are open; close some, or ask /api/v1/state instead");

            // Some proxies hold events back until a buffer is full unless they are asked not to.
            context.Response.Headers["X-Accel-Buffering"] = "no";
            return TypedResults.ServerSentEvents(events).ExecuteAsync(context);
        });
    }
}
