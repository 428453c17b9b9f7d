using CsCheck;
using EdgeDcim.Agent.Polling;
using Xunit;

namespace EdgeDcim.Agent.Tests.Polling;

public sealed class PollTimingTests
{
    [Theory]
    [InlineData(0, 5000, 0, 5000)]
    [InlineData(1, 5000, 0, 4999)]
    [InlineData(4999, 5000, 0, 1)]
    [InlineData(5000, 5000, 100, 100)]
    [InlineData(5100, 5000, 100, 5000)]
    [InlineData(-1, 5000, 0, 1)]
    public void UntilNextMs_leads_to_the_next_slot_of_the_wall_clock(long wallMs, long periodMs, long offsetMs, long expected) =>
        Assert.Equal(expected, PollTiming.UntilNextMs(wallMs, periodMs, offsetMs));

    [Fact]
    public void UntilNextMs_is_never_zero_and_always_lands_on_a_slot() =>
        Gen.Select(Gen.Long[-1_000_000_000_000, 4_000_000_000_000], Gen.Long[1, 86_400_000]).Sample((wall, period) =>
        {
            var offset = PollTiming.OffsetMs("device", Math.Min(period, 250));
            var until = PollTiming.UntilNextMs(wall, period, offset);
            return until >= 1 && until <= period && (wall + until - offset) % period == 0;
        });

    [Fact]
    public void OffsetMs_is_stable_inside_the_window_and_spreads()
    {
        var offsets = Enumerable.Range(0, 1000).Select(i => PollTiming.OffsetMs($"pdu-{i}", 250)).ToList();

        Assert.All(offsets, offset => Assert.InRange(offset, 0, 249));
        Assert.True(offsets.Distinct().Count() > 150);
        Assert.Equal(offsets[7], PollTiming.OffsetMs("pdu-7", 250));
        Assert.Equal(0, PollTiming.OffsetMs("pdu-7", 0));
    }
}
