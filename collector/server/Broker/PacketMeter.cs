namespace EdgeDcim.Collector.Broker;

/// <summary>
/// Follows the packets in what a client sends (MQTT 5.0, 2.1) before anything is allocated for them: their kind, the length that they
/// announce, and how many come a second.
/// </summary>
internal sealed class PacketMeter(BrokerLimits limits, TimeProvider time)
{
    private const int Connect = 1;
    private readonly Allowance messages = new(limits.Messages, time);
    private readonly Allowance bytes = new(limits.Bytes, time);
    private bool inHeader;
    private int lengthBytes;
    private long length;
    private long missing;

    /// <summary>Packets that came whole.</summary>
    public long Packets { get; private set; }

    /// <summary>A packet has begun and is not whole.</summary>
    public bool IsInside => inHeader || missing > 0;

    /// <summary>Takes what came in; what is wrong with it, or null.</summary>
    public Offence? Take(ReadOnlySpan<byte> received)
    {
        if (!bytes.Spend(received.Length))
        {
            return Offence.Bytes;
        }

        while (received.Length > 0)
        {
            if (missing > 0)
            {
                var body = (int)Math.Min(missing, received.Length);
                missing -= body;
                received = received[body..];
                Packets += missing == 0 ? 1 : 0;
            }
            else if (TakeHeader(received[0]) is { } offence)
            {
                return offence;
            }
            else
            {
                received = received[1..];
            }
        }

        return null;
    }

    private Offence? TakeHeader(byte next)
    {
        if (!inHeader)
        {
            (inHeader, lengthBytes, length) = (true, 0, 0);
            return !IsExpected(next >> 4) ? Offence.Malformed : !messages.Spend(1) ? Offence.Messages : null;
        }

        length |= (long)(next & 0x7f) << (7 * lengthBytes++);
        if ((next & 0x80) != 0)
        {
            return lengthBytes == 4 ? Offence.Malformed : null;
        }

        inHeader = false;
        missing = length;
        Packets += length == 0 ? 1 : 0;
        return length > (Packets == 0 ? limits.FirstPacket : limits.Packet) ? Offence.Size : null;
    }

    /// <summary>First CONNECT, then whatever only clients send.</summary>
    private bool IsExpected(int type) => Packets == 0 ? type == Connect : type is (>= 3 and <= 8) or 10 or 12 or 14 or 15;

    /// <summary>So much a second, and twice that at once.</summary>
    private sealed class Allowance(double perSecond, TimeProvider time)
    {
        private double left = 2 * perSecond;
        private long at = time.GetTimestamp();

        public bool Spend(double amount)
        {
            var now = time.GetTimestamp();
            left = Math.Min(2 * perSecond, left + (time.GetElapsedTime(at, now).TotalSeconds * perSecond)) - amount;
            at = now;
            return left >= 0;
        }
    }
}
