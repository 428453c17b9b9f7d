using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Profiles.Tests.Peers;

/// <summary>A Modbus TCP server on a loopback port that answers from a recording; what the recording does not hold between two of its registers reads as 0.</summary>
internal sealed class ReplayedRegisters : IAsyncDisposable
{
    private const byte IllegalFunction = 1;
    private const byte IllegalAddress = 2;
    private const int RequestLength = 12;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly DeviceRecording recording;
    private readonly Task serving;

    public ReplayedRegisters(DeviceRecording recording)
    {
        this.recording = recording;
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        listener.Stop();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await ServeAsync(client.GetStream());
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        try
        {
            var request = new byte[RequestLength];
            while (true)
            {
                await stream.ReadExactlyAsync(request.AsMemory(0, 8), stop.Token);
                await stream.ReadExactlyAsync(request.AsMemory(8, BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(4)) - 2), stop.Token);
                var pdu = Answer((ModbusFunction)request[7], BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(8)), BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(10)));
                await stream.WriteAsync((byte[])[request[0], request[1], 0, 0, 0, (byte)(pdu.Length + 1), request[6], .. pdu], stop.Token);
            }
        }
        catch (Exception gone) when (gone is EndOfStreamException or IOException)
        {
        }
    }

    private byte[] Answer(ModbusFunction function, int address, int count)
    {
        if (!recording.Registers.TryGetValue(function, out var registers))
        {
            return [(byte)((byte)function | 0x80), IllegalFunction];
        }

        if (address < registers.Keys.First() || address + count - 1 > registers.Keys.Last())
        {
            return [(byte)((byte)function | 0x80), IllegalAddress];
        }

        if (count == 1 && recording.Alone.TryGetValue((function, address), out var own))
        {
            return [(byte)function, 2, (byte)(own >> 8), (byte)own];
        }

        var isBits = function is ModbusFunction.ReadCoils or ModbusFunction.ReadDiscreteInputs;
        var data = new byte[isBits ? (count + 7) / 8 : count * 2];
        for (var i = 0; i < count; i++)
        {
            var value = registers.GetValueOrDefault(address + i);
            if (isBits)
            {
                data[i / 8] |= (byte)((value & 1) << (i % 8));
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(i * 2), value);
            }
        }

        return [(byte)function, (byte)data.Length, .. data];
    }
}
