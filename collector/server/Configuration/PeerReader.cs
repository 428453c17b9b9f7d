using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Configuration;

/// <summary>Reads <c>peer</c>, the host id of the other collector of the site.</summary>
internal static class PeerReader
{
    public static string? Read(YamlMap root, string hostId, BrokerConfig broker)
    {
        if (root.String("peer") is not { } peer)
        {
            return null;
        }

        if (peer == hostId)
        {
            root.Problem("peer", $"'peer' and 'host_id' are both '{peer}'; each of the two collectors has an id of its own, and names the other as its peer");
        }

        if (broker is EmbeddedBrokerConfig)
        {
            root.Problem("peer", "'peer' needs a broker that goes on when one of the two collectors does not: name it under 'broker.url'");
        }

        return peer;
    }
}
