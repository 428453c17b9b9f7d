using System.Buffers.Binary;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>The frame of Modbus TCP: transaction, protocol (0), length of what follows, unit; then the PDU.</summary>
internal readonly record struct MbapFrame(ushort Transaction, byte Unit, int Length)
{
    public const int HeaderLength = 7;

    // MODBUS Messaging on TCP/IP 1.0b, section 3.1.3: 7 + 253.
    public const int MaxLength = HeaderLength + ModbusPdu.MaxLength;

    public enum Outcome
    {
        /// <summary>The bytes so far are the beginning of a frame.</summary>
        Incomplete,

        /// <summary>A whole frame is there.</summary>
        Whole,

        /// <summary>No frame begins so; the stream cannot be trusted any more.</summary>
        Broken,
    }

    public static int Write(ushort transaction, in ModbusRequest request, Span<byte> frame)
    {
        var pdu = ModbusPdu.Write(request, frame[HeaderLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame, transaction);
        BinaryPrimitives.WriteUInt16BigEndian(frame[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame[4..], (ushort)(1 + pdu));
        frame[6] = request.Unit;
        return HeaderLength + pdu;
    }

    /// <summary>Looks at the first frame of the bytes received so far; <see cref="Length"/> counts header and PDU.</summary>
    public static Outcome Read(ReadOnlySpan<byte> received, out MbapFrame frame)
    {
        frame = default;
        if (received.Length >= 4 && BinaryPrimitives.ReadUInt16BigEndian(received[2..]) != 0)
        {
            return Outcome.Broken;
        }

        if (received.Length < HeaderLength)
        {
            return Outcome.Incomplete;
        }

        // The length counts the unit too; a PDU has at least a function and one byte more.
        int following = BinaryPrimitives.ReadUInt16BigEndian(received[4..]);
        if (following < 3 || following > 1 + ModbusPdu.MaxLength)
        {
            return Outcome.Broken;
        }

        frame = new MbapFrame(BinaryPrimitives.ReadUInt16BigEndian(received), received[6], HeaderLength - 1 + following);
        return received.Length < frame.Length ? Outcome.Incomplete : Outcome.Whole;
    }
}
