using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>
/// Stands between a client and its broker, forwards every byte and writes down every packet: who connected how, with which will, who
/// subscribed and published what and in which order. Can lose a message on the way, as networks do.
/// </summary>
internal sealed class MqttTap : IAsyncDisposable
{
    /// <summary>CONNACK of MQTT 3.1.1 with return code 1 (3.2.2.3).</summary>
    private static readonly byte[] UnacceptableVersion = [0x20, 2, 0, 1];

    private readonly string client;
    private readonly string broker;
    private readonly int brokerPort;
    private readonly TrafficLog log;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private readonly bool onlyOldVersion;
    private Func<MqttPacket.Publish, bool>? lose;

    /// <param name="onlyOldVersion">Refuse MQTT 5 as a broker of 3.1.1 does.</param>
    public MqttTap(string client, string broker, int brokerPort, TrafficLog log, bool onlyOldVersion)
    {
        (this.client, this.broker, this.brokerPort, this.log, this.onlyOldVersion) = (client, broker, brokerPort, log, onlyOldVersion);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The next message of the client that fits does not reach the broker.</summary>
    public void LoseOne(Func<MqttPacket.Publish, bool> which) => Volatile.Write(ref lose, which);

    /// <summary>True once the message of <see cref="LoseOne"/> was lost.</summary>
    public bool HasLost => Volatile.Read(ref lose) is null;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptSocketAsync(stopping.Token)));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (near)
        {
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, brokerPort, stopping.Token);
            }
            catch (Exception away) when (away is SocketException or OperationCanceledException)
            {
                // The CONNECT may have been on its way already.
                log.Refuse(client);
                return;
            }

            var session = log.Begin(client, broker);
            await Task.WhenAny(PumpAsync(near, far, session, fromClient: true), PumpAsync(far, near, session, fromClient: false));
            log.End(session);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Session session, bool fromClient)
    {
        var buffer = new byte[1 << 20];
        var filled = 0;
        try
        {
            while (true)
            {
                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }

                var read = await from.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None, stopping.Token);
                if (read == 0)
                {
                    return;
                }

                filled += read;
                var done = 0;
                while (MqttPacket.Length(buffer.AsSpan(done, filled - done)) is > 0 and var length)
                {
                    if (fromClient && onlyOldVersion && MqttPacket.Parse(buffer.AsSpan(done, length), session.Version) is MqttPacket.Connect { Version: 5 })
                    {
                        await from.SendAsync(UnacceptableVersion, SocketFlags.None, stopping.Token);
                        return;
                    }

                    if (!Take(buffer.AsSpan(done, length), session, fromClient))
                    {
                        await to.SendAsync(buffer.AsMemory(done, length), SocketFlags.None, stopping.Token);
                    }

                    done += length;
                }

                buffer.AsSpan(done, filled - done).CopyTo(buffer);
                filled -= done;
            }
        }
        catch (Exception over) when (over is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    /// <summary>True when the packet is lost here.</summary>
    private bool Take(ReadOnlySpan<byte> bytes, Session session, bool fromClient)
    {
        var packet = MqttPacket.Parse(bytes, session.Version);
        if (fromClient && packet is MqttPacket.Publish publish && Volatile.Read(ref lose) is { } which && which(publish))
        {
            // The client did publish it, so it stays in the record; only the broker never sees it.
            Volatile.Write(ref lose, null);
            log.Add(session, fromClient, packet);
            return true;
        }

        log.Add(session, fromClient, packet);
        return false;
    }
}
