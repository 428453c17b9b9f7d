using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Benchmarks.Chain;

/// <summary>
/// A fleet of Modbus devices that costs next to nothing: each has an address of its own in 127.0.0.0/8 and answers every read with other
/// 32-bit floats from 200 to 250, taken from one table. Prints the port that all of them share.
/// </summary>
internal static class FleetServer
{
    private const int RequestLength = 12;
    private const int HeaderLength = 9;
    private const int TableBytes = 1 << 18;

    /// <summary>The address of a device by its number.</summary>
    public static IPAddress AddressOf(int device) => new([127, 77, (byte)(device / 250), (byte)((device % 250) + 1)]);

    /// <summary>Ends when standard input does.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var devices = int.Parse(args[0]);
        var table = Table();
        var port = 0;
        for (var device = 0; device < devices; device++)
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(AddressOf(device), port));
            listener.Listen(16);
            port = ((IPEndPoint)listener.LocalEndPoint!).Port;
            _ = AcceptAsync(listener, table, device * 7919);
        }

        Console.WriteLine(port);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static byte[] Table()
    {
        var chance = new Random(1);
        var table = new byte[TableBytes];
        for (var i = 0; i < TableBytes; i += 4)
        {
            BinaryPrimitives.WriteSingleBigEndian(table.AsSpan(i), 200 + (50 * chance.NextSingle()));
        }

        return table;
    }

    private static async Task AcceptAsync(Socket listener, byte[] table, int seed)
    {
        while (true)
        {
            _ = ServeAsync(await listener.AcceptAsync(), table, seed);
        }
    }

    private static async Task ServeAsync(Socket socket, byte[] table, int seed)
    {
        using var own = socket;
        own.NoDelay = true;
        var request = new byte[RequestLength];
        var answer = new byte[HeaderLength + 250];
        var at = seed;
        while (true)
        {
            for (var filled = 0; filled < RequestLength;)
            {
                var count = await own.ReceiveAsync(request.AsMemory(filled));
                if (count == 0)
                {
                    return;
                }

                filled += count;
            }

            var bytes = BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(10)) * 2;
            request.AsSpan(0, 8).CopyTo(answer);
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(4), (ushort)(3 + bytes));
            answer[8] = (byte)bytes;
            at = (at + 4 * 257) & (TableBytes - 1) & ~3;
            table.AsSpan(Math.Min(at, TableBytes - bytes) & ~3, bytes).CopyTo(answer.AsSpan(HeaderLength));
            await own.SendAsync(answer.AsMemory(0, HeaderLength + bytes));
        }
    }
}
