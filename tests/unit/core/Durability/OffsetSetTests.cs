using EdgeDcim.Core.Durability;
using Xunit;

namespace EdgeDcim.Core.Tests.Durability;

public sealed class OffsetSetTests
{
    [Fact]
    public void Ranges_that_touch_or_overlap_become_one()
    {
        var set = Set((1, 3), (7, 9), (4, 4), (20, 30), (6, 6));
        Assert.Equal([new(1, 4), new(6, 9), new(20, 30)], set.Ranges);

        set.Add(new OffsetRange(2, 25));

        Assert.Equal([new(1, 30)], set.Ranges);
    }

    [Fact]
    public void What_it_lacks_is_found_run_by_run_up_to_an_end()
    {
        var set = Set((3, 5), (8, 9));

        Assert.Equal(new OffsetRange(1, 2), set.LackedAfter(0, 100));
        Assert.Equal(new OffsetRange(6, 7), set.LackedAfter(2, 100));
        Assert.Equal(new OffsetRange(6, 6), set.LackedAfter(4, 6));
        Assert.Equal(new OffsetRange(10, 100), set.LackedAfter(7, 100));
        Assert.Null(set.LackedAfter(7, 9));
        Assert.Null(set.LackedAfter(9, 9));
    }

    [Fact]
    public void Parts_of_a_range_are_those_that_are_in_it()
    {
        Assert.Equal([new(4, 5), new(8, 8)], Set((3, 5), (8, 9)).Within(new OffsetRange(4, 8)));
        Assert.Empty(Set((3, 5)).Within(new OffsetRange(6, 9)));
    }

    [Fact]
    public void It_agrees_with_a_plain_set_for_any_order_of_additions()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var (set, plain) = (new OffsetSet(), new HashSet<long>());
            for (var i = 0; i < 30; i++)
            {
                var first = random.Next(1, 60);
                var last = first + random.Next(0, 6);
                set.Add(new OffsetRange(first, last));
                plain.UnionWith(Enumerable.Range(first, last - first + 1).Select(offset => (long)offset));
                Assert.All(Enumerable.Range(0, 70), offset => Assert.Equal(plain.Contains(offset), set.Contains(offset)));
            }
        }
    }

    [Fact]
    public void Beyond_its_bound_the_lowest_go()
    {
        var set = new OffsetSet();
        for (var i = 0; i <= OffsetSet.MaxRanges; i++)
        {
            set.Add(new OffsetRange(i * 2, i * 2));
        }

        Assert.False(set.Contains(0));
        Assert.True(set.Contains(2));
        Assert.Equal(OffsetSet.MaxRanges, set.Ranges.Count);
    }

    private static OffsetSet Set(params ReadOnlySpan<(long First, long Last)> ranges)
    {
        var set = new OffsetSet();
        foreach (var (first, last) in ranges)
        {
            set.Add(new OffsetRange(first, last));
        }

        return set;
    }
}
