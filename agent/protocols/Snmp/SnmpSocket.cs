using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>One UDP socket for all targets of an address family, with its receive loop.</summary>
internal sealed class SnmpSocket : IAsyncDisposable
{
    public const int MaxDatagramBytes = 65535;

    /// <summary>Room for the answers of many targets that were asked at the same instant; the kernel cuts it to what it allows.</summary>
    private const int ReceiveBufferBytes = 4 << 20;

    /// <summary>Windows reports an ICMP "port unreachable" of one target as an error of the next receive; this control code turns it off.</summary>
    private const int SioUdpConnReset = -1744830452;

    private readonly Socket socket;
    private readonly Task receiving;

    public SnmpSocket(AddressFamily family, SnmpReceiver receive)
    {
        socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = ReceiveBufferBytes };
        if (OperatingSystem.IsWindows())
        {
            socket.IOControl(SioUdpConnReset, [0, 0, 0, 0], null);
        }

        socket.Bind(new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        socket.Blocking = false;
        receiving = ReceiveAsync(receive);
    }

    public delegate void SnmpReceiver(ReadOnlySpan<byte> datagram, SocketAddress source);

    /// <summary>Never blocks: a full send buffer loses the datagram like the network could, and the retry sends it again.</summary>
    /// <returns>False when it was lost that way.</returns>
    /// <exception cref="SocketException">No route to the address.</exception>
    public bool Send(ReadOnlySpan<byte> datagram, SocketAddress address)
    {
        try
        {
            socket.SendTo(datagram, SocketFlags.None, address);
            return true;
        }
        catch (SocketException full) when (full.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await receiving;
    }

    private async Task ReceiveAsync(SnmpReceiver receive)
    {
        // Only this loop runs before the first datagram: it must not hold up the constructor.
        await Task.Yield();
        var buffer = GC.AllocateUninitializedArray<byte>(MaxDatagramBytes, pinned: true);
        var source = new SocketAddress(socket.AddressFamily);
        while (true)
        {
            try
            {
                var length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, source);
                receive(buffer.AsSpan(0, length), source);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException closed) when (closed.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket)
            {
                return;
            }
            catch (SocketException)
            {
                // The error of one datagram (too large, an ICMP message); the socket lives on.
                await Task.Yield();
            }
        }
    }
}
