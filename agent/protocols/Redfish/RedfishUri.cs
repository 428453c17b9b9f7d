namespace EdgeDcim.Protocols.Redfish;

/// <summary>Judges where a link of the service leads. Only resources of the same service below <c>/redfish/</c> are ever asked for.</summary>
public static class RedfishUri
{
    /// <summary>DSP0266 6.1: the one address that a client may know beforehand.</summary>
    public const string Root = "/redfish/v1/";

    private const int MaxLength = 2048;

    /// <summary>Path and query of a link, without its fragment; null when it leads elsewhere or is no link.</summary>
    public static string? Local(string? link, Uri service)
    {
        if (link is null || link.Length > MaxLength)
        {
            return null;
        }

        if (!link.StartsWith('/'))
        {
            if (!Uri.TryCreate(link, UriKind.Absolute, out var absolute) || absolute.Scheme != service.Scheme || absolute.Authority != service.Authority || absolute.UserInfo.Length > 0)
            {
                return null;
            }

            link = absolute.PathAndQuery;
        }

        var fragment = link.IndexOf('#', StringComparison.Ordinal);
        link = fragment < 0 ? link : link[..fragment];
        return link.StartsWith("/redfish/", StringComparison.OrdinalIgnoreCase) && IsPlain(link) ? link : null;
    }

    /// <summary>The last segment of a link: the name of a member among its siblings.</summary>
    public static string NameOf(string link)
    {
        var query = link.IndexOf('?', StringComparison.Ordinal);
        var path = (query < 0 ? link : link[..query]).TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }

    private static bool IsPlain(string link)
    {
        foreach (var letter in link)
        {
            if (letter is <= ' ' or '\\' or '\x7f')
            {
                return false;
            }
        }

        return !link.Contains("/..", StringComparison.Ordinal) && !link.Contains("%2e", StringComparison.OrdinalIgnoreCase);
    }
}
