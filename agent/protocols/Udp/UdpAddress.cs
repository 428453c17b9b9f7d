using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Protocols.Udp;

/// <summary>Compares socket addresses where they lie, in the layout that every operating system shares (RFC 3493 section 3.3).</summary>
internal static class UdpAddress
{
    private static readonly Range Port = 2..4;
    private static readonly Range Address4 = 4..8;
    private static readonly Range Address6 = 8..24;

    public static bool SameSource(SocketAddress asked, SocketAddress source)
    {
        if (asked.Family != source.Family)
        {
            return false;
        }

        var address = asked.Family == AddressFamily.InterNetworkV6 ? Address6 : Address4;
        var left = asked.Buffer.Span;
        var right = source.Buffer.Span;
        return left[Port].SequenceEqual(right[Port]) && left[address].SequenceEqual(right[address]);
    }
}
