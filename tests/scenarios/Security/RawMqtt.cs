using System.Buffers.Binary;
using System.Text;

namespace EdgeDcim.Scenarios.Security;

/// <summary>MQTT 3.1.1 by hand, for packets that no client library would send.</summary>
internal static class RawMqtt
{
    public static byte[] Connect(string clientId) => Packet(0x10, [0, 4, .. "MQTT"u8, 4, 2, 0, 60, .. Text(clientId)]);

    public static byte[] Publish(string topic, ReadOnlySpan<byte> payload) => Packet(0x30, [.. Text(topic), .. payload]);

    /// <summary>At least once, of one topic.</summary>
    public static byte[] Subscribe(ushort packet, string filter) => Packet(0x82, [(byte)(packet >> 8), (byte)packet, .. Text(filter), 1]);

    public static byte[] Packet(byte header, ReadOnlySpan<byte> body)
    {
        var packet = new List<byte> { header };
        var length = body.Length;
        do
        {
            packet.Add((byte)((length & 0x7f) | (length > 0x7f ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return [.. packet, .. body];
    }

    /// <summary>What the server still says before it ends the connection.</summary>
    public static async Task<byte[]> ReadToEndAsync(Stream stream, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        var said = new List<byte>();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, either.Token) is > 0 and var count)
            {
                said.AddRange(buffer.AsSpan(0, count));
            }
        }
        catch (IOException)
        {
            // Reset instead of closed: ended as well.
        }

        return [.. said];
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var all = new byte[bytes.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(all, (ushort)bytes.Length);
        bytes.CopyTo(all, 2);
        return all;
    }
}
