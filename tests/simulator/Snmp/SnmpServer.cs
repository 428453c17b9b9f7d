using System.Net;
using System.Net.Sockets;
using EdgeDcim.Simulator.Devices;
using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Simulator.Snmp;

/// <summary>One SNMP device on a UDP port of loopback.</summary>
internal sealed class SnmpServer : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <summary>Listens at once; port 0 takes a free one.</summary>
    public SnmpServer(int port, string device, SnmpResponder responder, HallRunner hall, Silence silence)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        _serving = ServeAsync(device, responder, hall, silence, _stop.Token);
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(string device, SnmpResponder responder, HallRunner hall, Silence silence, CancellationToken cancel)
    {
        var buffer = new byte[65_536];
        var anyone = new IPEndPoint(IPAddress.Any, 0);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, anyone, cancel);
                if (silence.IsSilent(device))
                {
                    continue;
                }

                if (responder.Answer(buffer.AsSpan(0, received.ReceivedBytes), hall.Current().State.Seen!) is { } answer)
                {
                    await _socket.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, cancel);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // On Windows the ICMP answer of a client that has gone arrives here; the next request does not care.
            }
        }
    }
}
