using System.Buffers.Binary;
using System.Net.Sockets;

namespace EdgeDcim.Benchmarks.Modbus;

/// <summary>The same exchange on a bare socket: the least that .NET can do, without any check, deadline or decoding.</summary>
internal sealed class RawExchange : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] request = [0, 0, 0, 0, 0, 6, 1, 3, 0, 0, 0, 0];
    private readonly byte[] answer = new byte[260];
    private ushort transaction;

    public Task ConnectAsync(int port) => socket.ConnectAsync("127.0.0.1", port);

    public async Task RunAsync(int requests, int registers)
    {
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(10), (ushort)registers);
        var length = 9 + registers * 2;
        for (var i = 0; i < requests; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(request, ++transaction);
            await socket.SendAsync(request, SocketFlags.None, CancellationToken.None);
            for (var filled = 0; filled < length;)
            {
                filled += await socket.ReceiveAsync(answer.AsMemory(filled), SocketFlags.None, CancellationToken.None);
            }
        }
    }

    public void Dispose() => socket.Dispose();
}
