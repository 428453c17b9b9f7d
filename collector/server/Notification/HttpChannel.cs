using System.Net.Http.Headers;
using System.Text;

namespace EdgeDcim.Collector.Notification;

/// <summary>What the channels over HTTP share: one client, and an answer that is not 2xx is a refusal.</summary>
internal abstract class HttpChannel(ChannelConfig config) : Channel(config)
{
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = config.Timeout };

    public override void Dispose()
    {
        client.Dispose();
        base.Dispose();
    }

    protected async Task PostAsync(Uri url, byte[] json, Action<HttpRequestHeaders> headers, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = Encoding.UTF8.WebName };
        headers(request.Headers);
        try
        {
            using var answer = await client.SendAsync(request, cancel);
            if (!answer.IsSuccessStatusCode)
            {
                throw new NotifyException($"{url.Host}:{url.Port} answered {(int)answer.StatusCode} {answer.ReasonPhrase}");
            }
        }
        catch (HttpRequestException away)
        {
            throw new NotifyException($"{url.Host}:{url.Port} cannot be reached: {away.Message}", away);
        }
        catch (TaskCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new NotifyException($"{url.Host}:{url.Port} did not answer in time", late);
        }
    }
}
