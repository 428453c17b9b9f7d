using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Protocols.Udp;

/// <summary>Address and port as a key of a table, without what else an operating system keeps in a socket address.</summary>
internal readonly record struct UdpPeer(UInt128 Address, ushort Port)
{
    public static UdpPeer Of(SocketAddress address)
    {
        var bytes = address.Buffer.Span;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return address.Family == AddressFamily.InterNetworkV6
            ? new UdpPeer(BinaryPrimitives.ReadUInt128BigEndian(bytes[8..]), port)
            : new UdpPeer(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port);
    }
}
