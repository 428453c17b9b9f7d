using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeDcim.Benchmarks.Modbus;
using EdgeDcim.Benchmarks.Snmp;

namespace EdgeDcim.Benchmarks.Slow;

/// <summary>
/// Many devices that think for a while before each answer, each at an address of its own below 127.1.0.0 so that each is a host to the agent.
/// In a process of its own, so that its cost is not the agent's. Prints the one port that all of them have.
/// </summary>
internal static class SlowDevices
{
    /// <summary>Addresses that end in 0 or 255 are left out: they look like a network's.</summary>
    private const int OfANet = 250;

    public static IPAddress AddressOf(int device) => new([127, 1, (byte)(device / OfANet), (byte)(1 + (device % OfANet))]);

    /// <summary>PROTOCOL COUNT MILLISECONDS; ends when standard input does.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var isSnmp = args[0] == "snmp";
        var count = int.Parse(args[1], CultureInfo.InvariantCulture);
        var delay = TimeSpan.FromMilliseconds(int.Parse(args[2], CultureInfo.InvariantCulture));
        var sockets = new List<Socket>();
        var port = 0;
        for (var device = 0; device < count; device++)
        {
            var socket = isSnmp
                ? new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(AddressOf(device), port));
            port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            sockets.Add(socket);
            if (isSnmp)
            {
                _ = SnmpBenchmarkServer.ServeAsync(socket, delay);
            }
            else
            {
                socket.Listen();
                _ = ModbusBenchmarkServer.AcceptAsync(socket, delay);
            }
        }

        Console.WriteLine(port);
        await Console.In.ReadToEndAsync();
        sockets.ForEach(socket => socket.Dispose());
        return 0;
    }
}
