using CsCheck;
using EdgeDcim.Agent.Drivers.Modbus;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Tests.Drivers;

public sealed class ReadPlanTests
{
    [Fact]
    public void Build_neighbours_areReadTogether()
    {
        var plan = ReadPlan.Build([Slot(4, 2), Slot(0, 2), Slot(2, 2)], new ModbusLimits());

        Assert.Equal((0, 6), (Assert.Single(plan).Start, plan[0].Length));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 1)]
    public void Build_hole_isReadAcrossOnlyWithinTheGap(int gap, int requests) =>
        Assert.Equal(requests, ReadPlan.Build([Slot(0, 2), Slot(6, 2)], new ModbusLimits { Gap = gap }).Count);

    [Fact]
    public void Build_forbiddenRegister_isNeverTouched()
    {
        var plan = ReadPlan.Build([Slot(0, 2), Slot(6, 2)], new ModbusLimits { Gap = 100, Forbidden = [(4, 4)] });

        Assert.Equal([(0, 2), (6, 2)], plan.Select(block => (block.Start, block.Length)));
    }

    [Fact]
    public void Build_lastAddress_isReadable() =>
        Assert.Equal((65535, 1), ReadPlan.Build([Slot(65535, 1)], new ModbusLimits()).Select(block => (block.Start, block.Length)).Single());

    [Fact]
    public void Build_anySlots_coversEachOnceWithinTheLimitsAndStaysTheSame()
    {
        var slots = Gen.Select(Gen.Int[0, 400], Gen.Int[1, 4], (address, length) => Slot(address, length)).List[1, 60];
        Gen.Select(slots, Gen.Int[4, 125], Gen.Int[0, 20], Gen.Int[0, 400]).Sample((wanted, limit, gap, forbidden) =>
        {
            var limits = new ModbusLimits { MaxRegisters = limit, Gap = gap, Forbidden = [(forbidden, forbidden)] };
            wanted = [.. wanted.Where(slot => !limits.IsForbidden(slot.Address, slot.End))];

            var plan = ReadPlan.Build(wanted, limits);

            Assert.Equal(wanted.Distinct().Count(), plan.Sum(block => block.Slots.Count));
            Assert.All(plan, block => Assert.InRange(block.Length, 1, limit));
            Assert.All(plan, block => Assert.False(limits.IsForbidden(block.Start, block.Start + block.Length)));
            Assert.All(plan, block => Assert.All(block.Slots, slot => Assert.True(slot.Address >= block.Start && slot.End <= block.Start + block.Length)));
            Assert.Equal(plan.Select(block => block.ToString()), ReadPlan.Build(wanted.AsEnumerable().Reverse(), limits).Select(block => block.ToString()));
        });
    }

    [Fact]
    public void Split_block_cutsAtItsWidestHole()
    {
        var block = Assert.Single(ReadPlan.Build([Slot(0, 2), Slot(2, 2), Slot(8, 2), Slot(10, 2)], new ModbusLimits { Gap = 10 }));

        var (left, right) = ReadPlan.Split(block);

        Assert.Equal(((0, 4), (8, 4)), ((left.Start, left.Length), (right.Start, right.Length)));
    }

    private static RegisterSlot Slot(int address, int length) =>
        new(ModbusFunction.ReadHoldingRegisters, address, length, RegisterType.U16, WordOrder.Big, ByteOrder.Big);
}
