using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>Where a number stands in a device, and how its registers are to be read.</summary>
/// <param name="Address">Zero-based, as on the wire.</param>
/// <param name="Length">In registers, or bits for coils and discrete inputs.</param>
internal sealed record RegisterSlot(ModbusFunction Table, int Address, int Length, RegisterType Type, WordOrder Words, ByteOrder Bytes)
{
    /// <summary>Lowest bit of a field inside the number; null for the whole number.</summary>
    public int? FirstBit { get; init; }

    public int BitCount { get; init; } = 1;

    /// <summary>First address behind the slot.</summary>
    public int End => Address + Length;

    /// <summary>As <c>read --json</c> names it: <c>holding/3027</c>.</summary>
    public string Source => FirstBit is { } bit ? $"{TableName(Table)}/{Address}.{bit}" : $"{TableName(Table)}/{Address}";

    public static string TableName(ModbusFunction table) => table switch
    {
        ModbusFunction.ReadCoils => "coil",
        ModbusFunction.ReadDiscreteInputs => "discrete",
        ModbusFunction.ReadInputRegisters => "input",
        _ => "holding",
    };

    /// <summary>The raw number out of a block's answer; NaN where the registers hold no number (a nibble that is no digit).</summary>
    /// <param name="block">The data of the answer, as on the wire.</param>
    /// <param name="start">Address of the block's first register or bit.</param>
    public double Decode(ReadOnlySpan<byte> block, int start)
    {
        if (Type == RegisterType.Bool)
        {
            return ModbusDecoder.Bit(block, Address - start) ? 1 : 0;
        }

        var registers = block.Slice((Address - start) * 2, Length * 2);
        if (FirstBit is { } bit)
        {
            var number = Length switch
            {
                1 => ModbusDecoder.UInt16(registers, Bytes),
                2 => ModbusDecoder.UInt32(registers, Words, Bytes),
                _ => ModbusDecoder.UInt64(registers, Words, Bytes),
            };
            return ModbusDecoder.BitField(number, bit, BitCount);
        }

        return Type switch
        {
            RegisterType.U16 => ModbusDecoder.UInt16(registers, Bytes),
            RegisterType.S16 => ModbusDecoder.Int16(registers, Bytes),
            RegisterType.U32 => ModbusDecoder.UInt32(registers, Words, Bytes),
            RegisterType.S32 => ModbusDecoder.Int32(registers, Words, Bytes),
            RegisterType.U64 => ModbusDecoder.UInt64(registers, Words, Bytes),
            RegisterType.S64 => ModbusDecoder.Int64(registers, Words, Bytes),
            RegisterType.F32 => ModbusDecoder.Float32(registers, Words, Bytes),
            RegisterType.F64 => ModbusDecoder.Float64(registers, Words, Bytes),
            RegisterType.Bcd => ModbusDecoder.TryBcd(registers, out var digits, Words, Bytes) ? digits : double.NaN,
            RegisterType.Mod10k => ModbusDecoder.TryMod10k(registers, out var parts, Words, Bytes) ? parts : double.NaN,
            RegisterType.SignMagnitude => ModbusDecoder.SignMagnitude(registers, Words, Bytes),
            _ => double.NaN,
        };
    }

    public string DecodeText(ReadOnlySpan<byte> block, int start) => ModbusDecoder.Text(block.Slice((Address - start) * 2, Length * 2), Bytes);
}
