using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Agent.Tests.Drivers;

/// <summary>Stands between a driver and a device that speaks over UDP, and says what becomes of each answer on its way.</summary>
internal sealed class HostileRelay : IAsyncDisposable
{
    private readonly UdpClient front = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient back = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly IPEndPoint device;
    private readonly Task serving;
    private byte[] before = [];

    public HostileRelay(int port)
    {
        device = new IPEndPoint(IPAddress.Loopback, port);
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)front.Client.LocalEndPoint!).Port;

    /// <summary>The answer, and the one before it, to what is sent; null: as it is.</summary>
    public Func<byte[], byte[], IEnumerable<byte[]>>? Mangle { get; set; }

    public async ValueTask DisposeAsync()
    {
        front.Dispose();
        back.Dispose();
        await serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var asked = await front.ReceiveAsync();
                await back.SendAsync(asked.Buffer, device);
                var answer = (await back.ReceiveAsync()).Buffer;
                foreach (var each in Mangle?.Invoke(answer, before) ?? [answer])
                {
                    await front.SendAsync(each, asked.RemoteEndPoint);
                }

                before = answer;
            }
        }
        catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
        {
        }
    }
}
