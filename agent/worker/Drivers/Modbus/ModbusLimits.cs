using EdgeDcim.Agent.Configuration;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>What a model bears and how its registers are counted; the defaults of its points.</summary>
internal sealed record ModbusLimits
{
    public ModbusFunction Table { get; init; } = ModbusFunction.ReadHoldingRegisters;

    /// <summary>1 when the maker's list counts registers from one; taken off every address of the profile.</summary>
    public int Base { get; init; }

    public WordOrder Words { get; init; } = WordOrder.Big;

    public ByteOrder Bytes { get; init; } = ByteOrder.Big;

    /// <summary>Registers in one request (MODBUS 1.1b3 section 6.3: at most 125), or 16 times as many bits.</summary>
    public int MaxRegisters { get; init; } = 125;

    /// <summary>Registers that may be read for nothing to save a request.</summary>
    public int Gap { get; init; }

    /// <summary>Wire addresses, first and last, that no request may touch.</summary>
    public IReadOnlyList<(int First, int Last)> Forbidden { get; init; } = [];

    /// <summary>Quiet time before each request that the model is known to need.</summary>
    public TimeSpan Quiet { get; init; }

    /// <summary>How long a unit of the model rests after it gave no answer on a line; null: as long as the timeout.</summary>
    public TimeSpan? Turnaround { get; init; }

    public PathPace Pace { get; init; } = PathPace.Default;

    public int MaxLengthOf(ModbusFunction table) => IsBits(table) ? Math.Min(2000, MaxRegisters * 16) : MaxRegisters;

    public static bool IsBits(ModbusFunction table) => table is ModbusFunction.ReadCoils or ModbusFunction.ReadDiscreteInputs;

    public bool IsForbidden(int first, int end) => Forbidden.Any(range => first <= range.Last && range.First < end);
}
