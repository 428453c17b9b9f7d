using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Scenarios.Ipmi;

/// <summary>Stands before a controller and takes IPMI 2.0 out of what it says it can, so that IPMI 1.5 is spoken with it. Everything else passes untouched.</summary>
internal sealed class LegacyRelay : IAsyncDisposable
{
    private const int MessageAt = 14;
    private const int TypesAt = MessageAt + 8;
    private const int ExtendedAt = TypesAt + 2;
    private const byte ChannelAuthentication = 0x38;

    private readonly UdpClient front = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient back = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource stop = new();
    private readonly Task there;
    private readonly Task andBack;
    private IPEndPoint? client;

    public LegacyRelay(IPEndPoint controller)
    {
        there = RunAsync(front, async received =>
        {
            client = received.RemoteEndPoint;
            await back.SendAsync(received.Buffer, controller, stop.Token);
        });
        andBack = RunAsync(back, async received => await front.SendAsync(Older(received.Buffer), client!, stop.Token));
    }

    public IPEndPoint EndPoint => (IPEndPoint)front.Client.LocalEndPoint!;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await there;
        await andBack;
        front.Dispose();
        back.Dispose();
        stop.Dispose();
    }

    private static byte[] Older(byte[] answer)
    {
        if (answer.Length <= ExtendedAt || answer[4] != 0 || answer[MessageAt + 5] != ChannelAuthentication)
        {
            return answer;
        }

        var older = answer.ToArray();
        older[TypesAt] &= 0x7F;
        older[ExtendedAt] = 0;
        older[^1] = (byte)-older[(MessageAt + 3)..^1].Sum(octet => octet);
        return older;
    }

    private async Task RunAsync(UdpClient from, Func<UdpReceiveResult, Task> pass)
    {
        try
        {
            while (true)
            {
                await pass(await from.ReceiveAsync(stop.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The way a relay ends.
        }
    }
}
