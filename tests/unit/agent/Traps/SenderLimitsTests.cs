using System.Net;
using EdgeDcim.Agent.Traps;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Agent.Tests.Traps;

public sealed class SenderLimitsTests
{
    private static readonly IPAddress Storm = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Quiet = IPAddress.Parse("192.0.2.2");

    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_sender_may_burst_and_then_has_its_rate_and_its_neighbour_notices_nothing()
    {
        var limits = new SenderLimits(10, time);

        Assert.Equal(50, Enumerable.Range(0, 1000).Count(_ => limits.Admit(Storm)));
        Assert.True(limits.Admit(Quiet));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, Enumerable.Range(0, 1000).Count(_ => limits.Admit(Storm)));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(50, Enumerable.Range(0, 1000).Count(_ => limits.Admit(Storm)));
    }

    [Fact]
    public void What_is_wrong_with_a_sender_is_told_once_an_hour()
    {
        var limits = new SenderLimits(10, time);
        limits.Admit(Storm);

        Assert.True(limits.MayTell(Storm));
        Assert.False(limits.MayTell(Storm));
        time.Advance(TimeSpan.FromHours(1));
        Assert.True(limits.MayTell(Storm));
        Assert.False(limits.MayTell(Quiet));
    }

    [Fact]
    public void Thousands_of_senders_take_bounded_room_and_quiet_ones_make_place()
    {
        var limits = new SenderLimits(1, time);
        var senders = Enumerable.Range(0, 6000).Select(i => new IPAddress(0x0A000000L + i)).ToList();

        Assert.Equal(4096, senders.Count(limits.Admit));
        Assert.False(limits.Admit(senders[^1]));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(limits.Admit(senders[^1]));
    }
}
