using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Benchmarks.Snmp;

/// <summary>
/// An agent that is quick and simple, in a process of its own so that its cost is not the client's: every object under the root has a Gauge32,
/// the last arc is the row. Prints its port.
/// </summary>
internal static class SnmpBenchmarkServer
{
    public const int Rows = 20_000;

    public const string Root = "1.3.6.1.4.1.99999.1";

    /// <summary>The last arc of the row before the first: from here on every row takes three octets.</summary>
    public const int RowBase = 1 << 14;

    /// <summary>The root with the tag and length of a row, which adds three octets.</summary>
    private static readonly byte[] RowOid = [0x06, 12, 0x2B, 6, 1, 4, 1, 0x86, 0x8D, 0x1F, 1];

    /// <summary>A GET of the first rows, as a bare socket would send it.</summary>
    public static byte[] Get(int variables)
    {
        byte[] list = [.. Enumerable.Range(1, variables).SelectMany(row => VarBind(Row(row), [5, 0]))];
        byte[] pdu = [2, 4, 0x12, 0x34, 0x56, 0x78, 2, 1, 0, 2, 1, 0, .. Wrap(0x30, list)];
        return Wrap(0x30, [2, 1, 1, 4, 6, .. "public"u8, .. Wrap(0xA0, pdu)]);
    }

    /// <summary>Ends when standard input does.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var delay = TimeSpan.FromMilliseconds(args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 0);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = ServeAsync(socket, delay);
        Console.WriteLine(((IPEndPoint)socket.LocalEndPoint!).Port);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    internal static async Task ServeAsync(Socket socket, TimeSpan delay)
    {
        var request = new byte[65535];
        while (true)
        {
            var source = new SocketAddress(AddressFamily.InterNetwork);
            var length = await socket.ReceiveFromAsync(request, SocketFlags.None, source, CancellationToken.None);
            var answer = Answer(request.AsSpan(0, length));
            if (delay > TimeSpan.Zero)
            {
                _ = SendLaterAsync(socket, answer, source, delay);
            }
            else
            {
                socket.SendTo(answer, SocketFlags.None, source);
            }
        }
    }

    private static async Task SendLaterAsync(Socket socket, byte[] answer, SocketAddress target, TimeSpan delay)
    {
        await Task.Delay(delay, TimeProvider.System, CancellationToken.None);
        socket.SendTo(answer, SocketFlags.None, target);
    }

    private static byte[] Answer(ReadOnlySpan<byte> request)
    {
        var at = Enter(request, 0);
        var headEnd = Skip(request, Skip(request, at));
        var kind = request[headEnd];
        at = Enter(request, headEnd);
        var idEnd = Skip(request, at);
        var id = request[at..idEnd];
        var repetitionsAt = Skip(request, idEnd);
        var repetitions = request[repetitionsAt + 2];
        var list = Skip(request, repetitionsAt);
        var varBinds = new List<byte>();
        for (at = Enter(request, list); at < request.Length; at = Skip(request, at))
        {
            var oidAt = Enter(request, at);
            var oid = request[oidAt..Skip(request, oidAt)];
            if (kind == 0xA0)
            {
                varBinds.AddRange(VarBind(oid, [0x42, 2, 8, oid[^1]]));
                continue;
            }

            var row = oid.Length == RowOid.Length + 3 ? (((oid[^3] & 0x7F) << 14) | ((oid[^2] & 0x7F) << 7) | oid[^1]) - RowBase : 0;
            for (var i = 1; i <= Math.Max(1, (int)repetitions); i++)
            {
                varBinds.AddRange(row + i > Rows ? VarBind(oid, [0x82, 0]) : VarBind(Row(row + i), [0x42, 2, 8, (byte)i]));
            }
        }

        byte[] pdu = [.. id, 2, 1, 0, 2, 1, 0, .. Wrap(0x30, [.. varBinds])];
        return Wrap(0x30, [.. request[Enter(request, 0)..headEnd], .. Wrap(0xA2, pdu)]);
    }

    private static byte[] Row(int row) => [.. RowOid, (byte)(0x80 | ((RowBase + row) >> 14)), (byte)(0x80 | (row >> 7)), (byte)(row & 0x7F)];

    private static byte[] VarBind(ReadOnlySpan<byte> oid, ReadOnlySpan<byte> value) => [0x30, (byte)(oid.Length + value.Length), .. oid, .. value];

    private static byte[] Wrap(byte tag, byte[] content) => [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static int Enter(ReadOnlySpan<byte> bytes, int at) => at + 2 + (bytes[at + 1] < 0x80 ? 0 : bytes[at + 1] & 0x7F);

    private static int Skip(ReadOnlySpan<byte> bytes, int at)
    {
        var start = Enter(bytes, at);
        int length = bytes[at + 1];
        if (length >= 0x80)
        {
            length = 0;
            foreach (var octet in bytes[(at + 2)..start])
            {
                length = (length << 8) | octet;
            }
        }

        return start + length;
    }
}
