using EdgeDcim.Protocols.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Modbus;

public sealed class PacingTests
{
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider time = new();

    [Theory]
    [InlineData(0x06)]
    [InlineData(0x0B)]
    public void Answered_busy_raises_the_gap_of_that_unit_only(byte code)
    {
        var pacing = new Pacing(TimeSpan.Zero, Most, time);
        Assert.Equal(TimeSpan.Zero, pacing.Reserve(7));
        pacing.Answered(7, code);
        Assert.Equal(TimeSpan.FromMilliseconds(20), pacing.Reserve(7));
        pacing.Answered(7, code);
        Assert.Equal(TimeSpan.FromMilliseconds(40), pacing.LearnedGap(7));
        Assert.Equal(TimeSpan.Zero, pacing.LearnedGap(8));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, pacing.Reserve(7));
    }

    [Fact]
    public void Answered_busy_even_after_the_longest_gap_gives_up_until_the_unit_answers_well()
    {
        var pacing = new Pacing(TimeSpan.Zero, Most, time);
        for (var i = 0; i < 10; i++)
        {
            pacing.Answered(7, 0x0B);
        }

        Assert.Equal(TimeSpan.Zero, pacing.LearnedGap(7));
        pacing.Answered(7, null);
        pacing.Answered(7, 0x0B);
        Assert.Equal(TimeSpan.FromMilliseconds(20), pacing.LearnedGap(7));
    }

    [Fact]
    public void Answered_well_for_long_relaxes_what_was_learnt()
    {
        var pacing = new Pacing(TimeSpan.Zero, Most, time);
        pacing.Answered(7, 0x06);
        for (var i = 0; i < 255; i++)
        {
            pacing.Answered(7, null);
        }

        Assert.Equal(TimeSpan.FromMilliseconds(20), pacing.LearnedGap(7));
        pacing.Answered(7, null);
        Assert.Equal(TimeSpan.FromMilliseconds(17.5), pacing.LearnedGap(7));
    }

    [Fact]
    public void Reserve_several_at_once_are_spaced_by_the_gap()
    {
        var pacing = new Pacing(TimeSpan.FromMilliseconds(40), Most, time);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([0, 40, 80], Enumerable.Range(0, 3).Select(_ => pacing.Reserve(1).TotalMilliseconds));
    }

    [Fact]
    public void State_a_gap_of_one_unit_is_kept_for_it_alone_and_learnt_upward_from_there()
    {
        var pacing = new Pacing(TimeSpan.FromMilliseconds(5), Most, time);
        pacing.State(7, TimeSpan.FromMilliseconds(40));
        pacing.Quiet();
        Assert.Equal(TimeSpan.FromMilliseconds(40), pacing.Reserve(7));
        time.Advance(TimeSpan.FromMilliseconds(40));
        Assert.Equal(TimeSpan.FromMilliseconds(5), pacing.Reserve(8));
        pacing.Answered(7, 0x06);
        Assert.Equal(TimeSpan.FromMilliseconds(80), pacing.LearnedGap(7));
        pacing.State(7, TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, pacing.LearnedGap(8));
    }

    [Fact]
    public void Answered_other_exceptions_teach_nothing()
    {
        var pacing = new Pacing(TimeSpan.Zero, Most, time);
        pacing.Answered(7, 0x02);
        Assert.Equal(TimeSpan.Zero, pacing.LearnedGap(7));
    }
}
