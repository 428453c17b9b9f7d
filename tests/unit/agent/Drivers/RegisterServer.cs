using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Tests.Drivers;

/// <summary>A Modbus TCP device of holding registers on a loopback port: refuses what the test says, and remembers what it was asked.</summary>
internal sealed class RegisterServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public RegisterServer()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public ushort[] Registers { get; } = new ushort[65536];

    /// <summary>Address to exception code: a block that touches the address is refused.</summary>
    public Dictionary<int, byte> Refused { get; } = [];

    public List<(int Address, int Count)> Asked { get; } = [];

    public ModbusTcpClient Connect(int inFlight = 1) => new(
        new ModbusTcpOptions { MaxInFlight = inFlight, Host = "127.0.0.1", Port = Port, Timeout = TimeSpan.FromSeconds(10) }, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            using var client = await listener.AcceptTcpClientAsync(stop.Token);
            var stream = client.GetStream();
            var request = new byte[12];
            while (true)
            {
                await stream.ReadExactlyAsync(request, stop.Token);
                await stream.WriteAsync(Answer(request), stop.Token);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or EndOfStreamException or IOException or SocketException)
        {
        }
    }

    private byte[] Answer(byte[] request)
    {
        var address = BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(8));
        var count = BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(10));
        lock (Asked)
        {
            Asked.Add((address, count));
        }

        foreach (var (refused, code) in Refused)
        {
            if (refused >= address && refused < address + count)
            {
                return [request[0], request[1], 0, 0, 0, 3, request[6], (byte)(request[7] | 0x80), code];
            }
        }

        var answer = new byte[9 + count * 2];
        request.AsSpan(0, 4).CopyTo(answer);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(4), (ushort)(3 + count * 2));
        answer[6] = request[6];
        answer[7] = request[7];
        answer[8] = (byte)(count * 2);
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(9 + i * 2), Registers[address + i]);
        }

        return answer;
    }
}
