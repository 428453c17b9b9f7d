using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Threading.RateLimiting;
using Polly;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;

namespace EdgeDcim.Protocols.Redfish;

/// <summary>
/// One request and its whole answer, within bounds: how many at a time, how long, how large, how often again when the service is busy.
/// Sends GET, and POST and DELETE only for <see cref="RedfishSession"/>; there is no other method in this folder.
/// </summary>
internal sealed class RedfishExchange : IDisposable
{
    private const int MaxRedirects = 5;

    private const int MaxWaiting = 10_000;

    private readonly RedfishOptions options;
    private readonly TimeProvider time;
    private readonly RedfishTrust trust;
    private readonly HttpClient http;
    private readonly ResiliencePipeline<RedfishReply> pipeline;

    public RedfishExchange(RedfishOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        trust = new RedfishTrust(options);
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            ConnectTimeout = options.Timeout,
            MaxConnectionsPerServer = options.Concurrency,
            MaxResponseHeadersLength = 64,
            MaxResponseDrainSize = 0,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            UseCookies = false,
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => trust.Accepts(certificate, chain, errors) },
        })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        pipeline = new ResiliencePipelineBuilder<RedfishReply> { TimeProvider = time }
            .AddConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = options.Concurrency, QueueLimit = MaxWaiting })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.Timeout })
            .AddRetry(new RetryStrategyOptions<RedfishReply>
            {
                MaxRetryAttempts = 3,
                Delay = TimeSpan.FromMilliseconds(500),
                BackoffType = DelayBackoffType.Exponential,
                DelayGenerator = answer => ValueTask.FromResult(answer.Outcome.Result?.RetryAfter),
                // Waiting longer than the deadline gives nothing: whoever asked decides when to come again.
                ShouldHandle = answer => ValueTask.FromResult(answer.Outcome.Result is { IsBusy: true } busy && !(busy.RetryAfter > options.Timeout / 2)),
            })
            .Build();
    }

    /// <summary>Reads one path; redirects are followed on the same service only.</summary>
    /// <param name="path">As <see cref="RedfishUri.Local"/> gave it.</param>
    /// <param name="authorize">Adds who asks.</param>
    /// <param name="etag">The version at hand; the answer is then 304 when it still holds.</param>
    /// <param name="cancel">Ends it.</param>
    public async ValueTask<RedfishReply> GetAsync(string path, Action<HttpRequestHeaders>? authorize, string? etag, CancellationToken cancel)
    {
        for (var hops = 0; hops <= MaxRedirects; hops++)
        {
            var reply = await SendAsync(HttpMethod.Get, path, null, authorize, etag, cancel);
            if (!reply.IsRedirect)
            {
                return reply;
            }

            var next = reply.Location is not null && Uri.TryCreate(new Uri(options.Service, path), reply.Location, out var target) ? target.AbsoluteUri : reply.Location;
            path = RedfishUri.Local(next, options.Service)
                ?? throw new RedfishException(RedfishFault.Foreign, At(path, $"is redirected to {Short(next)}, which is not this service; write that address if it is the right one"));
        }

        throw new RedfishException(RedfishFault.BadReply, At(path, $"is redirected more than {MaxRedirects} times"));
    }

    /// <summary>Only for the login: the one POST there is.</summary>
    public ValueTask<RedfishReply> PostAsync(string path, byte[] body, CancellationToken cancel) => SendAsync(HttpMethod.Post, path, body, null, null, cancel);

    /// <summary>Only for the logout: the one DELETE there is.</summary>
    public ValueTask<RedfishReply> DeleteAsync(string path, Action<HttpRequestHeaders> authorize, CancellationToken cancel) =>
        SendAsync(HttpMethod.Delete, path, null, authorize, null, cancel);

    /// <summary>A message that names service and resource.</summary>
    public string At(string path, string what) => $"{options.Service.GetLeftPart(UriPartial.Authority)}{path} {what}";

    public void Dispose() => http.Dispose();

    private async ValueTask<RedfishReply> SendAsync(
        HttpMethod method, string path, byte[]? body, Action<HttpRequestHeaders>? authorize, string? etag, CancellationToken cancel)
    {
        try
        {
            return await pipeline.ExecuteAsync(token => AttemptAsync(method, path, body, authorize, etag, token), cancel);
        }
        catch (TimeoutRejectedException late)
        {
            throw new RedfishException(RedfishFault.Timeout, At(path, $"gave no whole answer within {options.Timeout.TotalSeconds:0.###} s"), late);
        }
        catch (RateLimiterRejectedException full)
        {
            throw new RedfishException(RedfishFault.Busy, At(path, $"waits behind {MaxWaiting} requests already"), full);
        }
        catch (HttpRequestException failed) when (failed.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw trust.Objection is { } objection
                ? new RedfishException(RedfishFault.Untrusted, At(path, $"is not read: {objection}"), failed)
                : new RedfishException(RedfishFault.Unreachable, At(path, $"gives no TLS connection ({Cause(failed)}); a service without TLS is written redfish+http://"), failed);
        }
        catch (HttpRequestException failed) when (failed.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded
            or HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.HttpProtocolError)
        {
            throw new RedfishException(RedfishFault.BadReply, At(path, $"gives a broken answer ({Cause(failed)})"), failed);
        }
        catch (HttpRequestException failed)
        {
            throw new RedfishException(RedfishFault.Unreachable, At(path, $"cannot be reached ({Cause(failed)})"), failed);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException)
        {
            throw new RedfishException(RedfishFault.BadReply, At(path, $"breaks off in the middle of its answer ({broken.Message})"), broken);
        }
    }

    private async ValueTask<RedfishReply> AttemptAsync(
        HttpMethod method, string path, byte[]? body, Action<HttpRequestHeaders>? authorize, string? etag, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(options.Service, path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Add("OData-Version", "4.0");
        authorize?.Invoke(request.Headers);
        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        return RedfishReply.Of(path, response, await ReadAsync(response, path, cancel), time.GetUtcNow());
    }

    private async ValueTask<byte[]> ReadAsync(HttpResponseMessage response, string path, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentLength > options.MaxBytes)
        {
            throw TooLarge(path);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), cancel) is > 0 and var read)
            {
                length += read;
                if (length > options.MaxBytes)
                {
                    throw TooLarge(path);
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private RedfishException TooLarge(string path) => new(RedfishFault.TooLarge, At(path, $"answers more than {options.MaxBytes >> 20} MB"));

    private static string Cause(Exception failed) => Short((failed.InnerException ?? failed).Message);

    private static string Short(string? text) => text is null ? "nowhere" : text.Length > 200 ? text[..200] + "…" : text;
}
