using CsCheck;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;
using Xunit;

namespace EdgeDcim.Core.Tests.Sparkplug;

public sealed class SessionTests
{
    [Fact]
    public void The_sequence_starts_at_0_with_a_birth_and_wraps_after_255()
    {
        var session = new EdgeSession(bdSeq: 7);

        Assert.Equal(0, session.StartBirth());
        Assert.Equal(Enumerable.Range(1, 255).Append(0).Append(1), Enumerable.Range(0, 257).Select(_ => session.NextSeq()));
        Assert.Equal(0, session.StartBirth());
        Assert.Equal(1, session.NextSeq());
    }

    [Fact]
    public void The_birth_death_number_starts_at_0_and_wraps_after_255()
    {
        Assert.Equal(0, EdgeSession.NextBdSeq(null));
        Assert.Equal(1, EdgeSession.NextBdSeq(0));
        Assert.Equal(0, EdgeSession.NextBdSeq(255));
    }

    [Fact]
    public void A_host_finds_a_missing_message_and_trusts_again_after_the_next_birth()
    {
        var check = new SequenceCheck();

        Assert.False(check.Accept(0));
        Assert.True(check.Birth(0));
        Assert.True(check.Accept(1));
        Assert.False(check.Accept(3));
        Assert.False(check.Accept(4));
        Assert.False(check.InOrder);
        Assert.True(check.Birth(0));
        Assert.True(check.Accept(1));
    }

    [Fact]
    public void A_host_follows_a_whole_round_of_numbers()
    {
        var session = new EdgeSession(0);
        var check = new SequenceCheck();

        Assert.True(check.Birth(session.StartBirth()));
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(check.Accept(session.NextSeq())));
    }

    [Theory]
    [InlineData("{\"online\":true,\"timestamp\":1668114759262}", true, 1668114759262)]
    [InlineData(" { \"timestamp\" : 0 , \"more\" : [ {} ] , \"online\" : false } ", false, 0)]
    public void A_host_state_is_read_from_its_json(string json, bool online, long timestamp) =>
        Assert.Equal(new HostState(online, timestamp), HostState.Parse(System.Text.Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData("ONLINE")]
    [InlineData("[]")]
    [InlineData("{\"online\":true}")]
    [InlineData("{\"timestamp\":1}")]
    [InlineData("{\"online\":1,\"timestamp\":1}")]
    [InlineData("{\"online\":true,\"timestamp\":\"1\"}")]
    [InlineData("{\"online\":true,\"timestamp\":-1}")]
    [InlineData("{\"online\":true,\"timestamp\":1")]
    public void A_host_state_that_is_not_one_is_refused(string json) =>
        Assert.Throws<SparkplugException>(() => HostState.Parse(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_host_state_of_random_bytes_gives_a_sparkplug_exception_and_nothing_else() =>
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            Assert.Throws<SparkplugException>(() => HostState.Parse(bytes));
        });

    [Fact]
    public void A_host_state_is_written_as_the_specification_shows_it() =>
        Assert.Equal("{\"online\":true,\"timestamp\":1668114759262}"u8.ToArray(), new HostState(true, 1668114759262).ToJson());

    [Fact]
    public void An_acknowledgement_keeps_its_ranges_both_ways()
    {
        const string text = "3f2504e0-4f89-41d3-9a0c-0305e82c3301 17-42,50,52-60";

        var parsed = Acknowledgement.Parse(text);

        Assert.Equal(Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301"), parsed.Stream);
        Assert.Equal([new OffsetRange(17, 42), new OffsetRange(50, 50), new OffsetRange(52, 60)], parsed.Ranges);
        Assert.Equal(text, parsed.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301 ")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301 9-3")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301 1,,2")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301 -5")]
    [InlineData("not-a-guid 1")]
    public void An_acknowledgement_that_is_not_one_is_refused(string text) =>
        Assert.Throws<SparkplugException>(() => Acknowledgement.Parse(text));
}
