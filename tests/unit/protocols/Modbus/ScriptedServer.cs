using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Protocols.Tests.Modbus;

/// <summary>A listener whose connections a test drives step by step, so that it can misbehave exactly as the test wants.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ScriptedServer(int backlog = 16)
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(backlog);
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>Somebody has connected whom nobody accepted yet.</summary>
    public bool HasWaiting => listener.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    public async Task<ScriptedPeer> AcceptAsync(CancellationToken cancel) => new(await listener.AcceptAsync(cancel));

    public void Dispose() => listener.Dispose();
}

/// <summary>The device's side of one connection.</summary>
internal sealed class ScriptedPeer(Socket socket) : IDisposable
{
    // Header of 7, function, address, count.
    private const int RequestLength = 12;

    /// <summary>Bytes that the client has sent and nobody has read yet.</summary>
    public int Waiting => socket.Available;

    public async Task<byte[]> ReceiveAsync(CancellationToken cancel, int length = RequestLength)
    {
        var bytes = new byte[length];
        for (var filled = 0; filled < length;)
        {
            var count = await socket.ReceiveAsync(bytes.AsMemory(filled), cancel);
            Assert.True(count > 0, "the client closed the connection instead of asking");
            filled += count;
        }

        return bytes;
    }

    /// <summary>The next request, or null when the client has closed.</summary>
    public async Task<byte[]?> TryReceiveAsync(CancellationToken cancel)
    {
        var bytes = new byte[RequestLength];
        for (var filled = 0; filled < bytes.Length;)
        {
            var count = await socket.ReceiveAsync(bytes.AsMemory(filled), cancel);
            if (count == 0)
            {
                return null;
            }

            filled += count;
        }

        return bytes;
    }

    public async Task SendAsync(params byte[] bytes)
    {
        socket.NoDelay = true;
        await socket.SendAsync(bytes);
    }

    /// <summary>Answers a request with a PDU under its own transaction and unit.</summary>
    public Task AnswerAsync(byte[] request, string pduHex) => SendAsync(Frame(request, pduHex));

    public static byte[] Frame(byte[] request, string pduHex)
    {
        var pdu = Convert.FromHexString(pduHex.Replace(" ", "", StringComparison.Ordinal));
        return [request[0], request[1], 0, 0, 0, (byte)(pdu.Length + 1), request[6], .. pdu];
    }

    /// <summary>Answers every request for one register without allocating, until the client closes.</summary>
    public async Task EchoRegisterAsync(CancellationToken cancel)
    {
        socket.NoDelay = true;
        var request = new byte[RequestLength];
        var answer = new byte[] { 0, 0, 0, 0, 0, 5, 0, 3, 2, 0, 42 };
        while (await socket.ReceiveAsync(request.AsMemory(), cancel) == RequestLength)
        {
            request.AsSpan(0, 2).CopyTo(answer);
            answer[6] = request[6];
            await socket.SendAsync(answer.AsMemory(), cancel);
        }
    }

    /// <summary>Completes when the client has closed its side.</summary>
    public async Task SeeClosedAsync(CancellationToken cancel)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], cancel));
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
    }

    public void Close() => socket.Close();

    public void Dispose() => socket.Dispose();
}
