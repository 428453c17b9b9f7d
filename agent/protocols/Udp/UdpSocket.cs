using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Protocols.Udp;

/// <summary>A UDP socket with its receive loop: one for all peers of an address family, or one that listens.</summary>
internal sealed class UdpSocket : IAsyncDisposable
{
    public const int MaxDatagramBytes = 65535;

    /// <summary>Room for the answers of many targets that were asked at the same instant; the kernel cuts it to what it allows.</summary>
    private const int ReceiveBufferBytes = 4 << 20;

    /// <summary>Windows reports an ICMP "port unreachable" of one target as an error of the next receive; this control code turns it off.</summary>
    private const int SioUdpConnReset = -1744830452;

    private readonly Socket socket;
    private Task receiving = Task.CompletedTask;
    private volatile bool closed;

    /// <summary>For requests: any free port.</summary>
    public UdpSocket(AddressFamily family)
        : this(new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0))
    {
    }

    /// <exception cref="SocketException">The address is taken, not this machine's, or not allowed.</exception>
    public UdpSocket(IPEndPoint listen)
    {
        socket = new Socket(listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = ReceiveBufferBytes };
        if (OperatingSystem.IsWindows())
        {
            socket.IOControl(SioUdpConnReset, [0, 0, 0, 0], null);
        }

        try
        {
            socket.Bind(listen);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        socket.Blocking = false;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public delegate void UdpReceiver(ReadOnlySpan<byte> datagram, SocketAddress source);

    /// <summary>Where it is bound, with the port that it got.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Once, when its owner is ready for datagrams.</summary>
    public void Start(UdpReceiver receive) => receiving = ReceiveAsync(receive);

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
        closed = true;
        socket.Dispose();
        await receiving;
    }

    private async Task ReceiveAsync(UdpReceiver receive)
    {
        // A datagram that is here already must not be handled inside Start.
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
            catch (Exception) when (closed) // Closing a socket ends its receive in a way of each operating system.
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
