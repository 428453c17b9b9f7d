using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeDcim.Collector.Tests.Storage;

/// <summary>The write endpoint of a database that answers as a test tells it to, over real HTTP.</summary>
internal sealed class DatabaseDouble : IAsyncDisposable
{
    private readonly WebApplication app;

    private DatabaseDouble(WebApplication app) => this.app = app;

    /// <summary>Lines of accepted requests, in the order of arrival.</summary>
    public ConcurrentQueue<string> Landed { get; } = new();

    /// <summary>Query string and authorization of every request.</summary>
    public ConcurrentQueue<(string Query, string Authorization, int Lines)> Requests { get; } = new();

    /// <summary>Decides by the lines of a request; null takes them.</summary>
    public Func<IReadOnlyList<string>, (int Status, string Body, string? RetryAfter)?> Answer { get; set; } = _ => null;

    public Uri Url => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<DatabaseDouble> StartAsync(CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var double_ = new DatabaseDouble(app);
        app.Run(double_.TakeAsync);
        await app.StartAsync(cancel);
        return double_;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var text = new StreamReader(new GZipStream(context.Request.Body, CompressionMode.Decompress), Encoding.UTF8);
        var lines = (await text.ReadToEndAsync(context.RequestAborted)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Requests.Enqueue(($"{context.Request.Path}{context.Request.QueryString}", context.Request.Headers.Authorization.ToString(), lines.Length));
        if (Answer(lines) is not { } refusal)
        {
            foreach (var line in lines)
            {
                Landed.Enqueue(line);
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.StatusCode = refusal.Status;
        if (refusal.RetryAfter is not null)
        {
            context.Response.Headers.RetryAfter = refusal.RetryAfter;
        }

        await context.Response.WriteAsync(refusal.Body, context.RequestAborted);
    }
}
