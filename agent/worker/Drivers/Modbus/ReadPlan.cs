using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>One request: a stretch of one table and the slots in it.</summary>
internal sealed record ReadBlock(ModbusFunction Table, int Start, int Length, IReadOnlyList<RegisterSlot> Slots)
{
    public override string ToString() => $"{RegisterSlot.TableName(Table)} {Start}-{Start + Length - 1} ({Length}, {Slots.Count} values)";
}

/// <summary>
/// Groups slots into the fewest requests: sorted, merged over small gaps, split at the device's limit, never across a forbidden register,
/// and no slot cut in two. Deterministic.
/// </summary>
internal static class ReadPlan
{
    public static List<ReadBlock> Build(IEnumerable<RegisterSlot> slots, ModbusLimits limits)
    {
        var blocks = new List<ReadBlock>();
        var inBlock = new List<RegisterSlot>();
        var end = 0;
        foreach (var slot in slots.Distinct().OrderBy(slot => slot.Table).ThenBy(slot => slot.Address).ThenBy(slot => slot.Length))
        {
            if (inBlock.Count > 0 && !Fits(inBlock[0], end, slot, limits))
            {
                blocks.Add(Close(inBlock, end));
                inBlock = [];
                end = 0;
            }

            inBlock.Add(slot);
            end = Math.Max(end, slot.End);
        }

        if (inBlock.Count > 0)
        {
            blocks.Add(Close(inBlock, end));
        }

        return blocks;
    }

    /// <summary>Two halves of a block, cut at its widest hole, else in the middle; neither reads what only the hole made it read.</summary>
    public static (ReadBlock Left, ReadBlock Right) Split(ReadBlock block)
    {
        var cut = block.Slots.Count / 2;
        var widest = 0;
        var end = block.Slots[0].End;
        for (var i = 1; i < block.Slots.Count; i++)
        {
            var hole = block.Slots[i].Address - end;
            if (hole > widest)
            {
                widest = hole;
                cut = i;
            }

            end = Math.Max(end, block.Slots[i].End);
        }

        return (Part(block, 0, cut), Part(block, cut, block.Slots.Count));
    }

    private static ReadBlock Part(ReadBlock block, int from, int to)
    {
        var slots = block.Slots.Skip(from).Take(to - from).ToList();
        return Close(slots, slots.Max(slot => slot.End));
    }

    private static bool Fits(RegisterSlot first, int end, RegisterSlot next, ModbusLimits limits) =>
        next.Table == first.Table
        && next.Address - end <= limits.Gap
        && Math.Max(end, next.End) - first.Address <= limits.MaxLengthOf(first.Table)
        && !(next.Address > end && limits.IsForbidden(end, next.Address));

    private static ReadBlock Close(List<RegisterSlot> slots, int end) => new(slots[0].Table, slots[0].Address, end - slots[0].Address, slots);
}
