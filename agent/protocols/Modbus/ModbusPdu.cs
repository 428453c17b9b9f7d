using System.Buffers.Binary;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>The part of a message that is the same on every transport: function code and data.</summary>
internal static class ModbusPdu
{
    // MODBUS Application Protocol 1.1b3, section 4.1: 256 bytes of a serial frame less unit and CRC.
    public const int MaxLength = 253;

    public const int MaxRequestLength = 5;

    private const byte ExceptionFlag = 0x80;

    // Function 43 carries other interfaces too; 14 is "read device identification" (section 6.21).
    public const byte IdentityInterface = 0x0E;

    public static int Write(in ModbusRequest request, Span<byte> pdu)
    {
        pdu[0] = request.Function;
        if (request.Function == ModbusRequest.ReadIdentity)
        {
            pdu[1] = IdentityInterface;
            pdu[2] = (byte)request.Count;
            pdu[3] = (byte)request.Address;
            return 4;
        }

        BinaryPrimitives.WriteUInt16BigEndian(pdu[1..], request.Address);
        BinaryPrimitives.WriteUInt16BigEndian(pdu[3..], (ushort)request.Count);
        return 5;
    }

    /// <summary>Length of the answer's PDU as far as its first bytes tell; 0 when more bytes are needed, -1 when no answer to the request begins so.</summary>
    public static int AnswerLength(in ModbusRequest request, ReadOnlySpan<byte> begin)
    {
        if (begin.IsEmpty)
        {
            return 0;
        }

        if (begin[0] == (request.Function | ExceptionFlag))
        {
            return 2;
        }

        if (begin[0] != request.Function)
        {
            return -1;
        }

        if (request.Function == ModbusRequest.ReadIdentity)
        {
            return IdentityObjects.AnswerLength(begin);
        }

        return begin.Length < 2 ? 0 : begin[1] == request.DataLength ? 2 + begin[1] : -1;
    }

    /// <summary>Checks an answer and copies its data; null when it is correct.</summary>
    public static ModbusException? Take(in ModbusRequest request, string peer, ReadOnlySpan<byte> pdu, Span<byte> destination, out int length)
    {
        length = 0;
        if (pdu.Length < 2)
        {
            return Bad(request, peer, $"the answer has only {pdu.Length} bytes");
        }

        if (pdu[0] == (request.Function | ExceptionFlag))
        {
            return pdu.Length == 2
                ? new ModbusException(ModbusFault.DeviceException, request, peer, $"the device answers exception {pdu[1]:X2} ({ModbusException.NameOf(pdu[1])})", pdu[1])
                : Bad(request, peer, $"an exception answer has {pdu.Length} bytes instead of 2");
        }

        if (pdu[0] != request.Function)
        {
            return Bad(request, peer, $"the answer is for function {pdu[0]}");
        }

        if (request.Function == ModbusRequest.ReadIdentity)
        {
            pdu[1..].CopyTo(destination);
            length = pdu.Length - 1;
            return null;
        }

        if (pdu[1] != request.DataLength || pdu.Length != 2 + request.DataLength)
        {
            return Bad(request, peer, $"the answer announces {pdu[1]} and carries {pdu.Length - 2} data bytes instead of {request.DataLength}");
        }

        pdu[2..].CopyTo(destination);
        length = request.DataLength;
        return null;
    }

    private static ModbusException Bad(in ModbusRequest request, string peer, string cause) => new(ModbusFault.BadReply, request, peer, cause);
}
