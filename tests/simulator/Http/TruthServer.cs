using System.Globalization;
using System.Net;
using System.Text.Json;
using EdgeDcim.Simulator.Devices;
using EdgeDcim.Simulator.Physics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Simulator.Http;

/// <summary>Tells what is true in the hall and lets a test change it. Loopback only.</summary>
/// <remarks><c>GET /truth[?atMs=]</c>, <c>GET /control</c>, <c>POST /control</c>.</remarks>
internal sealed class TruthServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TruthServer(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    public static async Task<TruthServer> StartAsync(int port, HallRunner hall, TruthTable truth, ControlDesk desk, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.MapGet("/truth", (long? atMs) => Truth(hall, truth, atMs));
        app.MapGet("/control", () => Results.Json(desk.Show()));
        app.MapPost("/control", async (HttpRequest request, CancellationToken aborted) =>
        {
            try
            {
                using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: aborted);
                return desk.Apply(body.RootElement) is { } problem ? Results.Problem(problem, statusCode: 400) : Results.Json(desk.Show());
            }
            catch (JsonException e)
            {
                return Results.Problem($"The body is not JSON: {e.Message}", statusCode: 400);
            }
        });
        await app.StartAsync(cancel);
        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static IResult Truth(HallRunner hall, TruthTable truth, long? atMs)
    {
        var moment = atMs is { } at ? hall.At(at) : hall.Current();
        if (moment is null)
        {
            return Results.Problem("That instant is before the start or more than ten minutes ago.", statusCode: 404);
        }

        var s = moment.State;
        return Results.Json(new
        {
            pue = s.Pue,
            wue = s.Wue,
            at = DateTimeOffset.FromUnixTimeMilliseconds(moment.AtMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fffK", CultureInfo.InvariantCulture),
            atMs = moment.AtMs,
            hour = s.Hour,
            itW = s.ItWatts,
            totalW = s.Main.ActiveW,
            waterLitresPerHour = s.Plant.MakeUpLitresPerHour,
            values = truth.At(s),
            seen = truth.At(s.Seen!),
        });
    }
}

