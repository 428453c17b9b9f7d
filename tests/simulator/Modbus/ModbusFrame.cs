using System.Buffers.Binary;
using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Simulator.Modbus;

/// <summary>Answers one Modbus TCP request (MODBUS Application Protocol V1.1b3, Messaging on TCP/IP V1.0b): reads only, everything else is an exception.</summary>
internal static class ModbusFrame
{
    public const int HeaderLength = 7;
    private const byte IllegalFunction = 1;
    private const byte IllegalAddress = 2;
    private const byte IllegalValue = 3;

    /// <summary>Gateway target device failed to respond: what a gateway says about a unit id that nobody has.</summary>
    private const byte NoSuchUnit = 11;

    /// <summary>Turns the PDU of a request (function code and data) into the PDU of the answer; returns its length in <paramref name="answer"/>.</summary>
    public static int Answer(ReadOnlySpan<byte> pdu, ModbusMap? unit, HallState state, Span<byte> answer)
    {
        var function = pdu[0];
        if (unit is null)
        {
            return Exception(function, NoSuchUnit, answer);
        }

        if (function is not (3 or 4))
        {
            return Exception(function, IllegalFunction, answer);
        }

        if (pdu.Length != 5)
        {
            return Exception(function, IllegalValue, answer);
        }

        var address = BinaryPrimitives.ReadUInt16BigEndian(pdu[1..]);
        var count = BinaryPrimitives.ReadUInt16BigEndian(pdu[3..]);
        if (count is 0 or > 125 || count > unit.MaxRegisters)
        {
            return Exception(function, IllegalValue, answer);
        }

        Span<ushort> words = stackalloc ushort[count];
        if (address + count > 65_536 || !unit.TryRead(function == 3 ? Tables.Holding : Tables.Input, address, state, words))
        {
            return Exception(function, IllegalAddress, answer);
        }

        answer[0] = function;
        answer[1] = (byte)(2 * count);
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(answer[(2 + (2 * i))..], words[i]);
        }

        return 2 + (2 * count);
    }

    private static int Exception(byte function, byte code, Span<byte> answer)
    {
        answer[0] = (byte)(function | 0x80);
        answer[1] = code;
        return 2;
    }
}
