namespace EdgeDcim.Protocols.Modbus;

/// <summary>Why a request gave no value.</summary>
public enum ModbusFault
{
    /// <summary>No connection could be made, or the serial port could not be opened.</summary>
    Unreachable,

    /// <summary>Nothing that answers the request arrived before its deadline.</summary>
    Timeout,

    /// <summary>The connection ended while the answer was awaited.</summary>
    Closed,

    /// <summary>What arrived is no correct answer to the request.</summary>
    BadReply,

    /// <summary>The device answered that it cannot or will not; see <see cref="ModbusException.ExceptionCode"/>.</summary>
    DeviceException,
}

/// <summary>The one exception of a request; its message names the peer, unit, function, address, count and cause.</summary>
public sealed class ModbusException : Exception
{
    internal ModbusException(ModbusFault fault, ModbusRequest request, string peer, string cause, byte? exceptionCode = null, Exception? inner = null)
        : base($"{peer}, {request}: {cause}", inner)
    {
        Fault = fault;
        Unit = request.Unit;
        Function = request.Function;
        Address = request.Address;
        Count = request.Count;
        ExceptionCode = exceptionCode;
    }

    public ModbusFault Fault { get; }

    /// <summary>The code that the device gave, when <see cref="Fault"/> is <see cref="ModbusFault.DeviceException"/>.</summary>
    public byte? ExceptionCode { get; }

    public byte Unit { get; }

    /// <summary>The function code on the wire: 1 to 4, or 43 for the identity.</summary>
    public byte Function { get; }

    public ushort Address { get; }

    public int Count { get; }

    /// <summary>The device or its gateway asks to come again later (05 acknowledge, 06 busy, 0B no answer behind the gateway).</summary>
    public bool IsLater => ExceptionCode is 0x05 or 0x06 or 0x0B;

    /// <summary>The device refuses this block (02 illegal address, 03 illegal value); a smaller block may work.</summary>
    public bool IsIllegalBlock => ExceptionCode is 0x02 or 0x03;

    /// <summary>The names of MODBUS Application Protocol 1.1b3, section 7.</summary>
    internal static string NameOf(byte exceptionCode) => exceptionCode switch
    {
        0x01 => "illegal function",
        0x02 => "illegal data address",
        0x03 => "illegal data value",
        0x04 => "device failure",
        0x05 => "acknowledged, not ready yet",
        0x06 => "device busy",
        0x08 => "memory parity error",
        0x0A => "gateway path unavailable",
        0x0B => "the device behind the gateway did not answer",
        _ => "unknown code",
    };
}
