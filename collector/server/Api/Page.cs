using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace EdgeDcim.Collector.Api;

/// <summary>Serves the page from <c>wwwroot</c> beside the program; a build without it says so instead of showing nothing.</summary>
internal static class Page
{
    private const string Notice = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>EdgeDcim collector</title></head>
        <body><h1>EdgeDcim collector</h1>
        <p>The collector runs, but this build has no page in it: run <code>npm ci &amp;&amp; npm run build</code> in <code>collector/dashboard</code> and build again.</p>
        <p>What it knows: <a href="/api/v1/state">state</a>, <a href="/api/v1/devices">devices</a>, <a href="/api/v1/kpi">KPIs</a>,
        <a href="/metrics">metrics</a>, <a href="/api/v1/openapi.json">the description of its API</a>.</p></body></html>
        """;

    public static void Use(WebApplication app)
    {
        var root = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (!File.Exists(Path.Combine(root, "index.html")))
        {
            app.MapGet("/", context =>
            {
                context.Response.ContentType = "text/html; charset=utf-8";
                return context.Response.WriteAsync(Notice, context.RequestAborted);
            });
            return;
        }

        var files = new PhysicalFileProvider(root);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, OnPrepareResponse = SetCache });
    }

    /// <summary>Files of the build carry a hash in their name and never change; the page that names them is asked for each time.</summary>
    private static void SetCache(StaticFileResponseContext file) =>
        file.Context.Response.Headers.CacheControl = file.Context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache";
}
