using EdgeDcim.Collector.Diagnostics;

namespace EdgeDcim.Collector.Api;

/// <summary>What machines ask: is the process alive, can it do its work, how much has it done.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, Health health, MetricRegistry metrics)
    {
        routes.MapGet("/healthz", context =>
        {
            context.Response.StatusCode = health.IsAlive ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync(health.IsAlive ? "ok\n" : "stuck\n", context.RequestAborted);
        });
        routes.MapGet("/readyz", context =>
        {
            var checks = health.Checks();
            var ready = checks.Values.All(check => check == Health.Fine);
            context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsJsonAsync(new ReadyRecord(ready, checks), ApiJson.Plain.ReadyRecord, cancellationToken: context.RequestAborted);
        });
        routes.MapGet("/metrics", context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return context.Response.WriteAsync(metrics.Render(), context.RequestAborted);
        });
        routes.MapGet("/api/v1/openapi.json", context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            return context.Response.SendFileAsync(Path.Combine(AppContext.BaseDirectory, "openapi.json"), context.RequestAborted);
        });
    }
}
