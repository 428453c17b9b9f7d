using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Configuration;

/// <summary>Reads <c>primary_host</c>: one host id, several of collectors that share a site, or <c>none</c>.</summary>
internal static class HostList
{
    private const int MaxHosts = 4;

    /// <summary>Empty when nobody is waited for.</summary>
    public static IReadOnlyList<string> Read(YamlMap root, Func<YamlScalar, bool> isName)
    {
        var given = root.Strings("primary_host");
        if (given is [{ Text: "none" }])
        {
            return [];
        }

        var hosts = new List<string>();
        foreach (var host in given)
        {
            if (host.Text == "none")
            {
                host.Problem("'primary_host' lists 'none' beside others; write the host ids of the collectors, or none alone");
            }
            else if (hosts.Contains(host.Text))
            {
                host.Problem($"'primary_host' lists '{host.Text}' twice; every collector of a site has a 'host_id' of its own");
            }
            else if (isName(host))
            {
                hosts.Add(host.Text);
            }
        }

        if (hosts.Count > MaxHosts)
        {
            root.Problem("primary_host", $"'primary_host' lists {hosts.Count} hosts; at most {MaxHosts} may have to acknowledge every reading");
        }

        return hosts.Count == 0 ? ["edgedcim"] : hosts;
    }
}
