using EdgeDcim.Collector.Broker;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Collector.Tests.Broker;

/// <summary>The meter follows packets however they are cut, and says what is too much before it is there.</summary>
public sealed class PacketMeterTests
{
    private static readonly byte[] Connect = [0x10, 3, 0, 1, 2];
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Packets_are_followed_however_the_bytes_are_cut()
    {
        byte[] all = [.. Connect, 0x30, 0x80, 0x01, .. new byte[128], 0xc0, 0];
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var meter = new PacketMeter(new BrokerLimits(), time);
            for (var at = 0; at < all.Length;)
            {
                var count = Math.Min(random.Next(1, 40), all.Length - at);
                Assert.Null(meter.Take(all.AsSpan(at, count)));
                at += count;
                Assert.Equal(at is not (5 or 136 or 138), meter.IsInside);
            }

            Assert.Equal(3, meter.Packets);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x30, 2, 0, 0 }, (int)Offence.Malformed)] // not CONNECT first
    [InlineData(new byte[] { 0x10, 0xff, 0xff, 0x0f }, (int)Offence.Size)]
    [InlineData(new byte[] { 0x10, 0xff, 0xff, 0xff, 0xff }, (int)Offence.Malformed)]
    [InlineData(new byte[] { 0x10, 0, 0x10, 0 }, (int)Offence.Malformed)] // CONNECT again
    [InlineData(new byte[] { 0x10, 0, 0x20, 0 }, (int)Offence.Malformed)] // what only servers send
    [InlineData(new byte[] { 0x10, 0, 0x30, 0x81, 0x80, 0x80, 0x02 }, (int)Offence.Size)]
    public void What_no_honest_client_sends_is_an_offence(byte[] bytes, int offence) =>
        Assert.Equal((Offence)offence, new PacketMeter(new BrokerLimits(), time).Take(bytes));

    [Fact]
    public void A_client_may_send_so_much_a_second_and_twice_that_at_once()
    {
        var meter = new PacketMeter(new BrokerLimits(Messages: 10), time);
        Assert.Null(meter.Take(Connect));
        for (var i = 0; i < 19; i++)
        {
            Assert.Null(meter.Take([0xc0, 0]));
        }

        time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(meter.Take([0xc0, 0]));
        }

        Assert.Equal(Offence.Messages, meter.Take([0xc0, 0]));
    }

    [Fact]
    public void Bytes_are_bounded_even_inside_one_packet()
    {
        var meter = new PacketMeter(new BrokerLimits(Bytes: 1000), time);
        Assert.Null(meter.Take(Connect));
        Assert.Null(meter.Take([0x30, 0xff, 0xff, 0x7f]));
        Assert.Equal(Offence.Bytes, meter.Take(new byte[2000]));
    }
}
