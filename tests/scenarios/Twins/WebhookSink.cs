using System.Net;
using System.Text;
using System.Text.Json;
using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Scenarios.Twins;

/// <summary>Takes webhooks and remembers what they told, in order.</summary>
internal sealed class WebhookSink : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly List<string> told = [];
    private readonly Task serving;

    public WebhookSink()
    {
        var port = Ports.FreeTcp();
        Url = $"http://127.0.0.1:{port}/hook/";
        listener.Prefixes.Add(Url);
        listener.Start();
        serving = ServeAsync();
    }

    public string Url { get; }

    /// <summary>One word an event: <c>raised</c>, <c>cleared</c>.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (told)
            {
                return [.. told];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext call;
            try
            {
                call = await listener.GetContextAsync();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(call.Request.InputStream, Encoding.UTF8);
            using var body = JsonDocument.Parse(await reader.ReadToEndAsync());
            lock (told)
            {
                told.AddRange(body.RootElement.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("event").GetString()!));
            }

            call.Response.StatusCode = 204;
            call.Response.Close();
        }
    }
}
