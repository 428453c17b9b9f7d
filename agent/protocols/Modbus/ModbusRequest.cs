namespace EdgeDcim.Protocols.Modbus;

/// <summary>One question to one unit, free of framing. For function 43 the address is the first object and the count the read code.</summary>
internal readonly record struct ModbusRequest(byte Unit, byte Function, ushort Address, int Count)
{
    public const byte ReadIdentity = 0x2B;

    // MODBUS Application Protocol 1.1b3, sections 6.1 to 6.4: what one answer can carry.
    private const int MaxBits = 2000;
    private const int MaxRegisters = 125;

    private bool IsBits => Function is (byte)ModbusFunction.ReadCoils or (byte)ModbusFunction.ReadDiscreteInputs;

    /// <summary>Data bytes that a correct answer to a read carries.</summary>
    public int DataLength => IsBits ? (Count + 7) / 8 : Count * 2;

    /// <exception cref="ArgumentException">The request cannot be asked, or its answer would not fit.</exception>
    public static ModbusRequest Read(byte unit, ModbusFunction function, ushort address, int count, Memory<byte> destination)
    {
        if (function is < ModbusFunction.ReadCoils or > ModbusFunction.ReadInputRegisters)
        {
            throw new ArgumentOutOfRangeException(nameof(function), function, "Only the functions 1 to 4 are read.");
        }

        var request = new ModbusRequest(unit, (byte)function, address, count);
        var most = request.IsBits ? MaxBits : MaxRegisters;
        if (count < 1 || count > most)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"{function} reads 1 to {most} at once.");
        }

        if (address + count > 0x10000)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"A block from {address} with {count} entries would end beyond 65535.");
        }

        if (destination.Length < request.DataLength)
        {
            throw new ArgumentException($"The destination holds {destination.Length} bytes, the answer has {request.DataLength}.", nameof(destination));
        }

        return request;
    }

    public override string ToString() => Function switch
    {
        1 => Sentence("coils"),
        2 => Sentence("discrete inputs"),
        3 => Sentence("holding registers"),
        4 => Sentence("input registers"),
        _ => $"unit {Unit}, identity (function {Function}, object {Address})",
    };

    private string Sentence(string table) => $"unit {Unit}, {table} {Address}-{Address + Count - 1} (function {Function}, address {Address}, count {Count})";
}
