using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>A request as the agent saw it.</summary>
internal sealed record SeenRequest(int Version, string Community, byte Kind, long Id, long Second, long Third, IReadOnlyList<string> Oids, byte[] Datagram, IPEndPoint From)
{
    public byte[] Answer(params byte[][] varBinds) => Tlv.Response(Version, Community, Id, 0, 0, varBinds);

    public byte[] AnswerNumbers(long number) => Answer([.. Oids.Select(oid => Tlv.VarBind(oid, Tlv.Integer(number)))]);

    public byte[] Error(int status, int index) => Tlv.Response(Version, Community, Id, status, index, [.. Oids.Select(oid => Tlv.VarBind(oid, [0x05, 0x00]))]);

    public static SeenRequest Parse(byte[] datagram, IPEndPoint from)
    {
        var message = Tlv.Parse(datagram).Children;
        var pdu = message[2].Children;
        return new SeenRequest(
            (int)message[0].Number,
            System.Text.Encoding.UTF8.GetString(message[1].Content),
            message[2].Tag,
            pdu[0].Number,
            pdu[1].Number,
            pdu[2].Number,
            [.. pdu[3].Children.Select(varBind => varBind.Children[0].Oid)],
            datagram,
            from);
    }
}

/// <summary>An agent of the test's own on a loopback UDP port: the test says what it answers, and with which malice.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Task? serving;

    public TestAgent()
    {
    }

    /// <summary>Answers by itself; null is silence.</summary>
    public TestAgent(Func<SeenRequest, byte[]?> answer) => serving = ServeAsync(answer);

    public IPEndPoint EndPoint => (IPEndPoint)socket.Client.LocalEndPoint!;

    public List<SeenRequest> Seen { get; } = [];

    public async Task<SeenRequest> ReceiveAsync()
    {
        var received = await socket.ReceiveAsync(TestContext.Current.CancellationToken);
        return SeenRequest.Parse(received.Buffer, received.RemoteEndPoint);
    }

    public async Task SendAsync(byte[] datagram, IPEndPoint to) => await socket.SendAsync(datagram, to, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        if (serving is not null)
        {
            await serving;
        }
    }

    private async Task ServeAsync(Func<SeenRequest, byte[]?> answer)
    {
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync();
                var request = SeenRequest.Parse(received.Buffer, received.RemoteEndPoint);
                lock (Seen)
                {
                    Seen.Add(request);
                }

                if (answer(request) is { } reply)
                {
                    await socket.SendAsync(reply, received.RemoteEndPoint);
                }
            }
        }
        catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
        {
        }
    }
}
