using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace EdgeDcim.Protocols.Redfish;

/// <summary>
/// Reads resources of one Redfish service (DSP0266) by their links. Logs in at the first request and out when it is disposed of; any number
/// of requests may be under way at once. There is no way to write.
/// </summary>
public sealed class RedfishClient : IAsyncDisposable
{
    private const int MaxPages = 200;

    private const int MaxMembers = 5000;

    /// <summary>A service whose $expand failed that often does not have it, whatever it says.</summary>
    private const int MaxLies = 3;

    private readonly RedfishOptions options;
    private readonly RedfishExchange exchange;
    private readonly RedfishSession session;
    private readonly ConcurrentDictionary<string, bool> unexpandable = new(StringComparer.Ordinal);

    public RedfishClient(RedfishOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Concurrency, nameof(options));
        this.options = options;
        exchange = new RedfishExchange(options, time);
        session = new RedfishSession(exchange, options, time);
    }

    public Uri Service => options.Service;

    /// <summary>Requests at a time.</summary>
    public int Concurrency => options.Concurrency;

    /// <summary>Reads the resource that a link names.</summary>
    /// <param name="link">As the service wrote it in <c>@odata.id</c>, or <see cref="RedfishUri.Root"/>.</param>
    /// <param name="known">What was read before: given back as it is when the service says that it still holds. Null to read afresh, as measured values must be.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="RedfishException">There is no such resource to be had.</exception>
    public async ValueTask<RedfishResource> GetAsync(string link, RedfishResource? known, CancellationToken cancel)
    {
        var path = Local(link);
        var reply = await AskAsync(path, known?.ETag, cancel);
        return reply.Status switch
        {
            HttpStatusCode.OK => new RedfishResource(path, reply.ETag, reply.Resource(what => exchange.At(path, what))),
            HttpStatusCode.NotModified when known is not null => known,
            _ => throw FaultOf(exchange, reply),
        };
    }

    /// <summary>The members of a collection over all its pages, themselves included where the service offers <c>$expand</c> and keeps the promise.</summary>
    /// <exception cref="RedfishException">The collection cannot be read.</exception>
    public async ValueTask<IReadOnlyList<RedfishMember>> GetMembersAsync(string link, CancellationToken cancel)
    {
        var path = Local(link);
        await session.EnsureAsync(cancel);
        if (CanExpand(path) && ExpandQuery() is { } query)
        {
            try
            {
                var expanded = await PagesAsync($"{path}?{query}", cancel);
                if (expanded.Count == 0 || expanded.Any(member => member.Resource is not null))
                {
                    return expanded;
                }
            }
            catch (RedfishException lie) when (lie.IsOfOneResource)
            {
                // Below, without it.
            }

            unexpandable.TryAdd(path, true);
        }

        return await PagesAsync(path, cancel);
    }

    /// <summary>True when one request is thought to give all members of a collection with what they hold; learnt from the root and from experience.</summary>
    public bool CanExpand(string path) =>
        ExpandQuery() is not null && !path.Contains('?', StringComparison.Ordinal) && unexpandable.Count < MaxLies && !unexpandable.ContainsKey(path);

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        exchange.Dispose();
    }

    internal static RedfishException FaultOf(RedfishExchange exchange, RedfishReply reply)
    {
        var why = reply.Explanation();
        var said = $"answers {(int)reply.Status}{(why.Length > 0 ? $" ({why})" : "")}";
        var fault = reply.Status switch
        {
            _ when reply.IsBusy => RedfishFault.Busy,
            HttpStatusCode.Unauthorized => RedfishFault.BadCredentials,
            HttpStatusCode.NotFound or HttpStatusCode.Gone => RedfishFault.NotFound,
            >= HttpStatusCode.InternalServerError => RedfishFault.ServiceError,
            >= HttpStatusCode.BadRequest => RedfishFault.Refused,
            _ => RedfishFault.BadReply,
        };
        return new RedfishException(fault, exchange.At(reply.Path, said));
    }

    private string Local(string link) =>
        RedfishUri.Local(link, options.Service) ?? throw new RedfishException(RedfishFault.Foreign, $"{options.Service.GetLeftPart(UriPartial.Authority)}: the link '{(link.Length > 200 ? link[..200] + "…" : link)}' leads out of this service's tree and is not followed");

    private async ValueTask<RedfishReply> AskAsync(string path, string? etag, CancellationToken cancel)
    {
        var login = await session.EnsureAsync(cancel);
        var reply = await exchange.GetAsync(path, login.Authorize, etag, cancel);
        if (reply.Status != HttpStatusCode.Unauthorized)
        {
            return reply;
        }

        if (login == RedfishSession.Login.Nobody)
        {
            throw new RedfishException(RedfishFault.BadCredentials, exchange.At(path, "wants a login; give user=… and a password"));
        }

        var renewed = await session.RenewAsync(login, cancel);
        reply = renewed is null ? reply : await exchange.GetAsync(path, renewed.Authorize, etag, cancel);
        if (reply.Status == HttpStatusCode.Unauthorized)
        {
            // With a session that was just given, it is this resource that is closed to the user; a basic login is judged here for the first time.
            throw login.Token is null
                ? new RedfishException(RedfishFault.BadCredentials, exchange.At(path, $"does not accept the password of '{options.User}'"))
                : new RedfishException(RedfishFault.Refused, exchange.At(path, $"is closed to '{options.User}' (401 in a new session)"));
        }

        return reply;
    }

    private async ValueTask<IReadOnlyList<RedfishMember>> PagesAsync(string path, CancellationToken cancel)
    {
        var members = new List<RedfishMember>();
        var pages = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (string? next = path; next is not null;)
        {
            if (!pages.Add(next) || pages.Count > MaxPages)
            {
                throw new RedfishException(RedfishFault.BadReply, exchange.At(path, $"has pages without end (nextLink {next})"));
            }

            var page = await GetAsync(next, null, cancel);
            Take(page.Json, members, seen);
            next = page.Text("Members@odata.nextLink") ?? page.Text("@odata.nextLink");
            next = next is null ? null : Local(next);
        }

        return members;
    }

    private void Take(JsonElement page, List<RedfishMember> members, HashSet<string> seen)
    {
        if (!page.TryGetProperty("Members", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var member in list.EnumerateArray())
        {
            if (members.Count < MaxMembers && RedfishUri.Local(RedfishJson.LinkOf(member), options.Service) is { } link && seen.Add(link))
            {
                members.Add(new RedfishMember(link, member.GetPropertyCount() > 1 ? new RedfishResource(link, null, member) : null));
            }
        }
    }

    /// <summary>DSP0266 7.3.1: only what <c>ProtocolFeaturesSupported</c> of the root offers; one level, and none of the links sideways.</summary>
    private string? ExpandQuery()
    {
        if (session.Root is not { } root || !root.Json.TryGetProperty("ProtocolFeaturesSupported", out var features) || features.ValueKind != JsonValueKind.Object
            || !features.TryGetProperty("ExpandQuery", out var expand) || expand.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var sign = Offers("NoLinks") ? "." : Offers("ExpandAll") ? "*" : null;
        return sign is null ? null : Offers("Levels") ? $"$expand={sign}($levels=1)" : $"$expand={sign}";

        bool Offers(string name) => expand.TryGetProperty(name, out var offered) && offered.ValueKind == JsonValueKind.True;
    }
}
