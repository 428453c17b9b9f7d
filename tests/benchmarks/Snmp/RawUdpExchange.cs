using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Benchmarks.Snmp;

/// <summary>The same datagrams on a bare socket: the least that .NET can do, without any check, deadline or decoding.</summary>
internal sealed class RawUdpExchange(byte[] request) : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] answer = new byte[65535];

    public Task ConnectAsync(IPEndPoint agent) => socket.ConnectAsync(agent);

    public async Task RunAsync(int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            await socket.SendAsync(request, SocketFlags.None, CancellationToken.None);
            await socket.ReceiveAsync(answer, SocketFlags.None, CancellationToken.None);
        }
    }

    public void Dispose() => socket.Dispose();
}
