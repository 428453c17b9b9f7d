using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace EdgeDcim.Protocols.Redfish;

/// <summary>
/// Who asks: one session of the service, made at the first request, renewed when the service forgot it, deleted at the end; basic
/// authentication where a service has no sessions. Services have few sessions to give, so none is ever left behind.
/// </summary>
internal sealed class RedfishSession(RedfishExchange exchange, RedfishOptions options, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A service that takes longer to forget us forgets us by its own session timeout.</summary>
    private static readonly TimeSpan LogoutPatience = TimeSpan.FromSeconds(3);

    /// <summary>A session that is refused sooner was not forgotten: the user may not read.</summary>
    private static readonly TimeSpan NewFor = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile Login? current;
    private long loggedIn;

    /// <summary>The service root, read on the way to the login.</summary>
    public RedfishResource? Root { get; private set; }

    /// <summary>The login that requests use; made when there is none yet.</summary>
    public async ValueTask<Login> EnsureAsync(CancellationToken cancel) => current ?? await LoginAsync(null, cancel);

    /// <summary>A new login in the place of one that the service no longer knows; null when it was new itself.</summary>
    public async ValueTask<Login?> RenewAsync(Login refused, CancellationToken cancel) =>
        current != refused ? await EnsureAsync(cancel)
        : refused.Token is null || time.GetElapsedTime(Interlocked.Read(ref loggedIn)) < NewFor ? null
        : await LoginAsync(refused, cancel);

    public async ValueTask DisposeAsync()
    {
        if (current is { Token: not null } login)
        {
            current = null;
            using var patience = new CancellationTokenSource(LogoutPatience, time);
            await LogoutAsync(login, login, patience.Token);
        }

        gate.Dispose();
    }

    private async ValueTask<Login> LoginAsync(Login? refused, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            if (current != refused)
            {
                return current!;
            }

            Root ??= await RootAsync(cancel);
            var login = options.User is null ? Login.Nobody : await OpenAsync(cancel) ?? Login.Basic(options.User, options.Password);
            Interlocked.Exchange(ref loggedIn, time.GetTimestamp());
            current = login;
            if (refused is { Token: not null } && login.Token is not null)
            {
                await LogoutAsync(refused, login, cancel);
            }

            return login;
        }
        catch (RedfishException failed) when (!failed.IsOfLogin)
        {
            throw new RedfishException(failed.Fault, failed.Message, failed.InnerException) { IsOfLogin = true };
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>DSP0266 13.3.2: the root is readable by everybody; services that want a login all the same are asked again by the client.</summary>
    private async ValueTask<RedfishResource?> RootAsync(CancellationToken cancel)
    {
        var reply = await exchange.GetAsync(RedfishUri.Root, null, null, cancel);
        return reply.Status == HttpStatusCode.OK ? new RedfishResource(reply.Path, reply.ETag, reply.Resource(what => exchange.At(reply.Path, what)))
            : reply.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? null
            : throw RedfishClient.FaultOf(exchange, reply);
    }

    /// <summary>Null when the service has no sessions to log in to.</summary>
    private async ValueTask<Login?> OpenAsync(CancellationToken cancel)
    {
        if (await SessionsAsync(cancel) is not { } sessions)
        {
            return null;
        }

        var reply = await exchange.PostAsync(sessions, Credentials(), cancel);
        var why = reply.Explanation();
        if ((int)reply.Status is >= 200 and < 300)
        {
            return reply.Token is null ? null : new Login(reply.Token, null, Own(reply, sessions));
        }

        // Registries name it Base.1.x.SessionLimitExceeded; services send it with several status codes.
        if (reply.IsBusy || why.Contains("SessionLimit", StringComparison.OrdinalIgnoreCase))
        {
            throw new RedfishException(RedfishFault.Busy, exchange.At(sessions, $"has no session left ({(int)reply.Status}{(why.Length > 0 ? $", {why}" : "")}); close others, or raise its limit"));
        }

        return reply.Status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                throw new RedfishException(RedfishFault.BadCredentials, exchange.At(sessions, $"does not accept the password of '{options.User}'{(why.Length > 0 ? $" ({why})" : "")}")),
            HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented => null,
            _ => throw RedfishClient.FaultOf(exchange, reply),
        };
    }

    private async ValueTask<string?> SessionsAsync(CancellationToken cancel)
    {
        if (Root is null)
        {
            return null;
        }

        if (Root.Json.TryGetProperty("Links", out var links) && links.ValueKind == JsonValueKind.Object && links.TryGetProperty("Sessions", out var direct)
            && RedfishUri.Local(RedfishJson.LinkOf(direct), options.Service) is { } sessions)
        {
            return sessions;
        }

        if (RedfishUri.Local(Root.LinkOf("SessionService"), options.Service) is not { } service)
        {
            return null;
        }

        var reply = await exchange.GetAsync(service, headers => Login.Basic(options.User!, options.Password).Authorize(headers), null, cancel);
        return reply.Status == HttpStatusCode.OK && RedfishJson.TryParse(reply.Body, out var json, out _) && json.TryGetProperty("Sessions", out var found)
            ? RedfishUri.Local(RedfishJson.LinkOf(found), options.Service)
            : null;
    }

    private byte[] Credentials()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("UserName", options.User);
            json.WriteString("Password", options.Password ?? "");
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Where our session stands; null when the service names something that is no session, which is then never deleted.</summary>
    private string? Own(RedfishReply reply, string sessions)
    {
        var named = RedfishJson.TryParse(reply.Body, out var json, out _) ? RedfishJson.LinkOf(json) : null;
        return new[] { reply.Location, named }.Select(link => RedfishUri.Local(link, options.Service))
            .FirstOrDefault(link => link?.StartsWith(sessions.TrimEnd('/') + "/", StringComparison.OrdinalIgnoreCase) == true && link.TrimEnd('/').Length > sessions.Length);
    }

    private async ValueTask LogoutAsync(Login session, Login asWhom, CancellationToken cancel)
    {
        if (session.Place is null)
        {
            return;
        }

        try
        {
            await exchange.DeleteAsync(session.Place, asWhom.Authorize, cancel);
        }
        catch (Exception unreachable) when (unreachable is RedfishException || (unreachable is OperationCanceledException && cancel.IsCancellationRequested))
        {
            // Nothing is left to do: the service forgets the session by its own timeout.
        }
    }

    /// <summary>What a request says about who asks.</summary>
    internal sealed record Login(string? Token, string? BasicText, string? Place)
    {
        public static Login Nobody { get; } = new(null, null, null);

        public static Login Basic(string user, string? password) => new(null, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), null);

        public void Authorize(HttpRequestHeaders headers)
        {
            if (Token is not null)
            {
                headers.TryAddWithoutValidation("X-Auth-Token", Token);
            }
            else if (BasicText is not null)
            {
                headers.Authorization = new AuthenticationHeaderValue("Basic", BasicText);
            }
        }

        /// <summary>Never who.</summary>
        public override string ToString() => Token is not null ? "session" : BasicText is not null ? "basic" : "nobody";
    }
}
