using System.Net.Sockets;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>Makes TCP connections that carry small requests.</summary>
internal static class TcpDial
{
    /// <exception cref="SocketException">The host refuses or is not found.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/>, or <paramref name="most"/> went by.</exception>
    public static async ValueTask<Socket> OpenAsync(string host, int port, TimeSpan most, TimeProvider time, CancellationToken cancel)
    {
        using var tooLate = new CancellationTokenSource(most > TimeSpan.Zero ? most : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLate.Token, cancel);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, either.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static string NameOf(string host, int port) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
}
