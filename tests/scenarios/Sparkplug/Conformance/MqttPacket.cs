using System.Buffers.Binary;
using System.Text;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>What one MQTT control packet says, as far as Sparkplug has a word on it. Read from the bytes here, not by the library under test.</summary>
internal abstract record MqttPacket
{
    /// <summary>Any packet that no statement speaks of.</summary>
    internal sealed record Other(int Type) : MqttPacket;

    /// <param name="SessionExpirySeconds">0 where MQTT 5 leaves it out; always 0 for 3.1.1.</param>
    internal sealed record Connect(int Version, bool CleanStart, uint SessionExpirySeconds, Publish? Will) : MqttPacket;

    internal sealed record Publish(string Topic, int Quality, bool Retain, byte[] Payload) : MqttPacket;

    internal sealed record Subscribe(IReadOnlyList<(string Filter, int Quality)> Filters) : MqttPacket;

    /// <param name="Reason">0: normal, the will is not published; 4: with the will.</param>
    internal sealed record Disconnect(int Reason) : MqttPacket;

    /// <summary>Length of the packet that <paramref name="bytes"/> begin with, or 0 while its header or body is incomplete.</summary>
    public static int Length(ReadOnlySpan<byte> bytes)
    {
        var (length, shift) = (0, 0);
        for (var i = 1; i < bytes.Length && i < 5; i++, shift += 7)
        {
            length |= (bytes[i] & 0x7F) << shift;
            if ((bytes[i] & 0x80) == 0)
            {
                return bytes.Length >= i + 1 + length ? i + 1 + length : 0;
            }
        }

        return 0;
    }

    /// <param name="whole">One packet with its fixed header.</param>
    /// <param name="version">Of the connection: 4 or 5; ignored for CONNECT.</param>
    public static MqttPacket Parse(ReadOnlySpan<byte> whole, int version)
    {
        var body = new Cursor(whole);
        var first = body.Byte();
        body.Varint();
        return (first >> 4) switch
        {
            1 => ParseConnect(ref body),
            3 => ParsePublish(first, version, ref body),
            8 => ParseSubscribe(version, ref body),
            14 => new Disconnect(body.AtEnd ? 0 : body.Byte()),
            var type => new Other(type),
        };
    }

    private static Connect ParseConnect(ref Cursor body)
    {
        body.Text();
        var version = body.Byte();
        var flags = body.Byte();
        body.UInt16();
        var expiry = version == 5 ? SessionExpiry(body.Slice(body.Varint())) : 0;
        body.Text();
        Publish? will = null;
        if ((flags & 4) != 0)
        {
            body.Slice(version == 5 ? body.Varint() : 0);
            var topic = body.Text();
            will = new Publish(topic, (flags >> 3) & 3, (flags & 32) != 0, body.Slice(body.UInt16()).ToArray());
        }

        return new Connect(version, (flags & 2) != 0, expiry, will);
    }

    private static Publish ParsePublish(int first, int version, ref Cursor body)
    {
        var topic = body.Text();
        var quality = (first >> 1) & 3;
        body.Slice(quality > 0 ? 2 : 0);
        body.Slice(version == 5 ? body.Varint() : 0);
        return new Publish(topic, quality, (first & 1) != 0, body.Rest().ToArray());
    }

    private static Subscribe ParseSubscribe(int version, ref Cursor body)
    {
        body.UInt16();
        body.Slice(version == 5 ? body.Varint() : 0);
        var filters = new List<(string, int)>();
        while (!body.AtEnd)
        {
            filters.Add((body.Text(), body.Byte() & 3));
        }

        return new Subscribe(filters);
    }

    /// <summary>Property 0x11 of a CONNECT (MQTT 5, 3.1.2.11.2); the others are passed over by their sizes.</summary>
    private static uint SessionExpiry(ReadOnlySpan<byte> properties)
    {
        var cursor = new Cursor(properties);
        while (!cursor.AtEnd)
        {
            switch (cursor.Byte())
            {
                case 0x11: return BinaryPrimitives.ReadUInt32BigEndian(cursor.Slice(4));
                case 0x27: cursor.Slice(4); break;
                case 0x21 or 0x22: cursor.Slice(2); break;
                case 0x17 or 0x19: cursor.Slice(1); break;
                case 0x26: cursor.Text(); cursor.Text(); break;
                default: cursor.Text(); break;
            }
        }

        return 0;
    }

    private ref struct Cursor(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> left = bytes;

        public readonly bool AtEnd => left.IsEmpty;

        public int Byte() => Slice(1)[0];

        public int UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Slice(2));

        public string Text() => Encoding.UTF8.GetString(Slice(UInt16()));

        public ReadOnlySpan<byte> Rest() => Slice(left.Length);

        public int Varint()
        {
            var (value, shift, more) = (0, 0, true);
            for (; more; shift += 7)
            {
                var next = Byte();
                value |= (next & 0x7F) << shift;
                more = (next & 0x80) != 0;
            }

            return value;
        }

        public ReadOnlySpan<byte> Slice(int length)
        {
            var slice = left[..length];
            left = left[length..];
            return slice;
        }
    }
}
