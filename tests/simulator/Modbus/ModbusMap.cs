using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Simulator.Modbus;

/// <summary>Which function code reaches a block: 3 reads holding, 4 reads input registers. Many meters answer both alike.</summary>
[Flags]
internal enum Tables
{
    Holding = 1,
    Input = 2,
    Both = Holding | Input,
}

/// <summary>The registers of one device: which addresses answer, and how a true value becomes the words that the real device would send.</summary>
internal sealed class ModbusMap
{
    private readonly List<Block> _blocks = [];
    private readonly List<Register> _registers = [];

    /// <summary>Most registers that one request may ask for; more is answered with exception 3.</summary>
    public int MaxRegisters { get; init; } = 125;

    /// <summary>Declares <paramref name="count"/> readable registers; those without a value read as zero.</summary>
    public ModbusMap Readable(Tables tables, int address, int count)
    {
        _blocks.Add(new(tables, address, count));
        return this;
    }

    /// <summary>Puts a value at a zero-based address.</summary>
    public void Put(int address, Encoding encoding, Func<HallState, double> raw) => _registers.Add(new(address, encoding, raw));

    /// <summary>Reads <paramref name="words"/>.Length registers; false when one of them does not exist.</summary>
    public bool TryRead(Tables table, int address, HallState state, Span<ushort> words)
    {
        for (var a = address; a < address + words.Length; a++)
        {
            if (!Exists(table, a))
            {
                return false;
            }
        }

        words.Clear();
        Span<ushort> encoded = stackalloc ushort[4];
        foreach (var register in _registers)
        {
            var length = register.Encoding.Words();
            if (register.Address + length <= address || register.Address >= address + words.Length)
            {
                continue;
            }

            register.Encoding.Write(register.Raw(state), encoded);
            for (var i = 0; i < length; i++)
            {
                var at = register.Address + i - address;
                if (at >= 0 && at < words.Length)
                {
                    words[at] = encoded[i];
                }
            }
        }

        return true;
    }

    private bool Exists(Tables table, int address)
    {
        foreach (var block in _blocks)
        {
            if ((block.Tables & table) != 0 && address >= block.Address && address < block.Address + block.Count)
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Block(Tables Tables, int Address, int Count);

    private readonly record struct Register(int Address, Encoding Encoding, Func<HallState, double> Raw);
}
