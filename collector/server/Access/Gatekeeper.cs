using System.Net;
using System.Security.Cryptography;
using System.Text;
using EdgeDcim.Collector.Api;
using EdgeDcim.Collector.Configuration;

namespace EdgeDcim.Collector.Access;

/// <summary>
/// Says who may act. A person at this machine may; one that comes over the network shows the token of an operator. A request that a proxy passed on
/// comes over the network, wherever the proxy is; one that a foreign web page sends is nobody's.
/// </summary>
internal sealed class Gatekeeper(AccessConfig access)
{
    private static readonly string[] ProxyHeaders = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"];

    /// <summary>The user of an operator's token, or null for somebody at this machine, who says the name himself.</summary>
    /// <exception cref="BadQuestionException">This caller may not.</exception>
    public string? Operator(HttpContext context)
    {
        if (context.Request.Headers.Origin is [{ Length: > 0 } origin]
            && (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !string.Equals(from.Authority, context.Request.Host.Value, StringComparison.OrdinalIgnoreCase)))
        {
            throw new BadQuestionException(StatusCodes.Status403Forbidden, "a page of another origin cannot act here");
        }

        if (!context.Request.HasJsonContentType())
        {
            throw new BadQuestionException(StatusCodes.Status415UnsupportedMediaType, "send the action as Content-Type: application/json");
        }

        if (context.Request.Headers.Authorization is [{ } shown] && shown.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            var known = Bearer(shown["Bearer ".Length..])
                ?? throw new BadQuestionException(StatusCodes.Status401Unauthorized, "this token is not known here");
            return known.Role == AccessRole.Operator
                ? known.User
                : throw new BadQuestionException(StatusCodes.Status403Forbidden, $"{known.User} is a viewer and may not act; ask for a token with role: operator");
        }

        var isHere = context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) && !ProxyHeaders.Any(context.Request.Headers.ContainsKey);
        return isHere
            ? null
            : throw new BadQuestionException(StatusCodes.Status401Unauthorized, "acting from another machine needs the token of an operator: Authorization: Bearer TOKEN");
    }

    private AccessToken? Bearer(string shown)
    {
        // Hashed, so that neither content nor length of a token can be timed.
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(shown));
        AccessToken? found = null;
        foreach (var token in access.Tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(token.Token.Reveal()))))
            {
                found = token;
            }
        }

        return found;
    }
}
