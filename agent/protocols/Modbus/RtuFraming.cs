using System.Buffers.Binary;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>Binary frames: unit, PDU, CRC-16 with its low byte first (MODBUS over Serial Line 1.02, section 2.5.1).</summary>
internal sealed class RtuFraming : LineFraming
{
    private const int Around = 3;

    public override string Name => "RTU";

    public override int MaxLength => ModbusPdu.MaxLength + Around;

    public override int WireLength(int pduLength) => pduLength + Around;

    public override int Write(in ModbusRequest request, Span<byte> frame)
    {
        frame[0] = request.Unit;
        var length = 1 + ModbusPdu.Write(request, frame[1..]);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[length..], Crc16.Of(frame[..length]));
        return length + 2;
    }

    public override int Find(in ModbusRequest request, ReadOnlySpan<byte> received, Span<byte> pdu)
    {
        for (var at = 0; at < received.Length; at++)
        {
            if (received[at] != request.Unit)
            {
                continue;
            }

            var length = ModbusPdu.AnswerLength(request, received[(at + 1)..]);
            if (length <= 0 || received.Length < at + Around + length)
            {
                continue;
            }

            var body = received.Slice(at, 1 + length);
            if (Crc16.Of(body) == BinaryPrimitives.ReadUInt16LittleEndian(received[(at + 1 + length)..]))
            {
                body[1..].CopyTo(pdu);
                return length;
            }
        }

        return 0;
    }
}
