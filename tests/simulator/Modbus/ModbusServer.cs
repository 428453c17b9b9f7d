using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using EdgeDcim.Simulator.Devices;
using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Simulator.Modbus;

/// <summary>A Modbus TCP gateway on loopback with several units behind it. A silenced unit swallows its requests, as a dead device behind a gateway may.</summary>
internal sealed class ModbusServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IReadOnlyDictionary<byte, Unit> _units;
    private readonly HallRunner _hall;
    private readonly Silence _silence;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <summary>Listens at once; port 0 takes a free one.</summary>
    public ModbusServer(int port, IReadOnlyDictionary<byte, Unit> units, HallRunner hall, Silence silence)
    {
        (_units, _hall, _silence) = (units, hall, silence);
        _listener = new(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_stop.Token);
    }

    public sealed record Unit(string Device, ModbusMap Map);

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancel)
    {
        var clients = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(cancel);
                clients.RemoveAll(task => task.IsCompleted);
                clients.Add(ServeAsync(client, cancel));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancel)
    {
        using var owned = client;
        client.NoDelay = true;
        var stream = client.GetStream();

        // 260 bytes is the longest frame: 7 of header and a PDU of 253.
        var request = new byte[260];
        var answer = new byte[260];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(request.AsMemory(0, ModbusFrame.HeaderLength), cancel);
                var protocol = BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(2));
                var length = BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(4));
                if (protocol != 0 || length is < 2 or > 254)
                {
                    return;
                }

                await stream.ReadExactlyAsync(request.AsMemory(ModbusFrame.HeaderLength, length - 1), cancel);
                _units.TryGetValue(request[6], out var unit);
                if (unit is not null && _silence.IsSilent(unit.Device))
                {
                    continue;
                }

                var size = ModbusFrame.Answer(request.AsSpan(ModbusFrame.HeaderLength, length - 1), unit?.Map, _hall.Current().State.Seen!, answer.AsSpan(ModbusFrame.HeaderLength));
                request.AsSpan(0, ModbusFrame.HeaderLength).CopyTo(answer);
                BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(4), (ushort)(size + 1));
                await stream.WriteAsync(answer.AsMemory(0, ModbusFrame.HeaderLength + size), cancel);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The client went away, or we are stopping.
        }
    }
}
