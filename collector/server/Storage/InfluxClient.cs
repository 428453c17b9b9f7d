using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using EdgeDcim.Collector.Configuration;
using Polly;
using Polly.Retry;

namespace EdgeDcim.Collector.Storage;

/// <summary>
/// Posts line protocol to the v2 write endpoint that InfluxDB 2 and 3 and VictoriaMetrics share. Whatever may pass by itself (network,
/// overload, a token that is about to be corrected) is tried again for ever, the pauses growing to a minute or as the server asks.
/// </summary>
internal sealed partial class InfluxClient : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestObeyed = TimeSpan.FromMinutes(10);

    private readonly InfluxConfig config;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly HttpClient http;
    private readonly Uri address;
    private readonly ResiliencePipeline<InfluxAnswer> pipeline;
    private long connections;
    private string? outage;
    private bool wasUnreachable;
    private int largestBody;

    public InfluxClient(InfluxConfig config, TimeProvider time, ILogger<InfluxClient> log)
    {
        (this.config, this.time, this.log) = (config, time, log);
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromHours(1), ConnectCallback = ConnectAsync })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        address = new UriBuilder(config.Url)
        {
            Path = $"{config.Url.AbsolutePath.TrimEnd('/')}/api/v2/write",
            Query = $"org={Uri.EscapeDataString(config.Organisation)}&bucket={Uri.EscapeDataString(config.Bucket)}&precision=ms",
        }.Uri;
        pipeline = new ResiliencePipelineBuilder<InfluxAnswer> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<InfluxAnswer>
            {
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Result is { Verdict: Verdict.Later }),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = LongestPause,
                MaxRetryAttempts = int.MaxValue,
                DelayGenerator = attempt => ValueTask.FromResult(attempt.Outcome.Result?.After),
                OnRetry = attempt =>
                {
                    Note(attempt.Outcome.Result!);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Requests that had to be made again.</summary>
    public long Retries { get; private set; }

    /// <summary>Called after each attempt that has to be made again.</summary>
    public Action Attempted { get; set; } = static () => { };

    /// <summary>Times that the database could not be reached at all: it may have been started afresh since.</summary>
    public long Outages { get; private set; }

    /// <summary>Connections made. One more than before may mean a database that was started afresh between two requests.</summary>
    public long Connections => Interlocked.Read(ref connections);

    /// <summary>Why the database takes nothing at present; null while it does.</summary>
    public string? Outage => outage;

    /// <summary>Returns when the database has taken the lines, or has said that it never will.</summary>
    public async Task<InfluxAnswer> WriteAsync(LineBatch batch, ReadOnlyMemory<Line> lines, CancellationToken cancel)
    {
        var body = Compress(batch, lines.Span);
        var answer = await pipeline.ExecuteAsync(token => PostAsync(body, token), cancel);
        if (outage is not null)
        {
            outage = null;
            wasUnreachable = false;
            Log.Back(log, config.Url.Authority);
        }

        return answer;
    }

    public void Dispose() => http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            Interlocked.Increment(ref connections);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<InfluxAnswer> PostAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(config.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentEncoding = { "gzip" }, ContentType = new MediaTypeHeaderValue("text/plain", "utf-8") } },
        };
        if (config.Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Token", config.Token.Reveal());
        }

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
            return await JudgeAsync(response, both.Token);
        }
        catch (HttpRequestException unreachable)
        {
            return new InfluxAnswer(Verdict.Later, $"it cannot be reached ({unreachable.HttpRequestError}): {Innermost(unreachable)}") { Unreachable = true };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new InfluxAnswer(Verdict.Later, $"it did not answer within {config.Timeout.TotalSeconds:0.#} s") { Unreachable = true };
        }
    }

    private async Task<InfluxAnswer> JudgeAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return new InfluxAnswer(Verdict.Taken, "");
        }

        var reason = $"{status} {await ReasonAsync(response, cancel)}";
        return response.StatusCode switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity => new InfluxAnswer(Verdict.Refused, reason),
            _ => new InfluxAnswer(Verdict.Later, reason) 
            {
                After = RetryAfter(response),
                Unreachable = response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout,
            },
        };
    }

    /// <summary>Seconds or a date; what asks for more than ten minutes is asked again after ten.</summary>
    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - time.GetUtcNow();
        return after is { } wait && wait > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Min(wait.Ticks, LongestObeyed.Ticks)) : null;
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var text = await response.Content.ReadAsStringAsync(cancel);
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement is { ValueKind: JsonValueKind.Object } root
                && (root.TryGetProperty("message", out var said) || root.TryGetProperty("error", out said)))
            {
                text = said.ToString();
            }
        }
        catch (JsonException)
        {
            // Plain text is a reason too.
        }

        text = text.ReplaceLineEndings(" ").Trim();
        return text.Length <= 300 ? text : text[..300] + "…";
    }

    private void Note(InfluxAnswer answer)
    {
        Retries++;
        Attempted();
        Outages += answer.Unreachable && !wasUnreachable ? 1 : 0;
        wasUnreachable = answer.Unreachable;
        if (outage is null)
        {
            Log.Away(log, config.Url.Authority, answer.Reason);
        }

        outage = answer.Reason;
    }

    /// <summary>In an array of its own each time: a server that answers early may still be reading the request before.</summary>
    private ReadOnlyMemory<byte> Compress(LineBatch batch, ReadOnlySpan<Line> lines)
    {
        var packed = new MemoryStream(largestBody);
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (ref readonly var line in lines)
            {
                zip.Write(batch.Text(line));
                zip.WriteByte((byte)'\n');
            }
        }

        largestBody = Math.Max(largestBody, (int)packed.Length);
        return packed.GetBuffer().AsMemory(0, (int)packed.Length);
    }

    private static string Innermost(Exception failed) => failed.InnerException is { } inner ? Innermost(inner) : failed.Message.ReplaceLineEndings(" ");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The database {Host} takes no points, the journal keeps them meanwhile: {Reason}")]
        public static partial void Away(ILogger log, string host, string reason);

        [LoggerMessage(LogLevel.Information, "The database {Host} takes points again.")]
        public static partial void Back(ILogger log, string host);
    }
}

internal enum Verdict
{
    Taken,

    /// <summary>The same request may pass later.</summary>
    Later,

    /// <summary>Something in it will never pass.</summary>
    Refused,
}

/// <param name="Reason">Status and the server's own words.</param>
internal sealed record InfluxAnswer(Verdict Verdict, string Reason)
{
    /// <summary>How long the server asks to be left alone.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>Nobody answered, or a proxy says so.</summary>
    public bool Unreachable { get; init; }
}
