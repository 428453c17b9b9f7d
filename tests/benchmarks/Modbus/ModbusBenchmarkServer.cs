using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Benchmarks.Modbus;

/// <summary>Answers every read with registers that count up, in a process of its own so that its cost is not the client's. Prints its port.</summary>
internal static class ModbusBenchmarkServer
{
    private const int RequestLength = 12;

    /// <summary>Ends when standard input does.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(2048);
        var delay = TimeSpan.FromMilliseconds(args.Length > 0 ? int.Parse(args[0]) : 0);
        _ = AcceptAsync(listener, delay);
        Console.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    internal static async Task AcceptAsync(Socket listener, TimeSpan delay)
    {
        while (true)
        {
            _ = ServeAsync(await listener.AcceptAsync(), delay);
        }
    }

    private static async Task ServeAsync(Socket socket, TimeSpan delay)
    {
        using var own = socket;
        own.NoDelay = true;
        var request = new byte[RequestLength];
        var answer = new byte[9 + 250];
        for (var i = 9; i < answer.Length; i++)
        {
            answer[i] = (byte)i;
        }

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

            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, TimeProvider.System, CancellationToken.None);
            }

            var registers = BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(10));
            request.AsSpan(0, 8).CopyTo(answer);
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(4), (ushort)(3 + registers * 2));
            answer[8] = (byte)(registers * 2);
            await own.SendAsync(answer.AsMemory(0, 9 + registers * 2));
        }
    }
}
