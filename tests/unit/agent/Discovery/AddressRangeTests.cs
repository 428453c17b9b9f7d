using EdgeDcim.Agent.Discovery;

namespace EdgeDcim.Agent.Tests.Discovery;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.0.8.20", 1, "10.0.8.20", "10.0.8.20")]
    [InlineData("10.0.8.0/30", 2, "10.0.8.1", "10.0.8.2")]
    [InlineData("10.0.8.77/24", 254, "10.0.8.1", "10.0.8.254")]
    [InlineData("127.0.0.1/32", 1, "127.0.0.1", "127.0.0.1")]
    [InlineData("10.0.8.4/31", 2, "10.0.8.4", "10.0.8.5")]
    [InlineData("10.0.8.250-10.0.9.5", 12, "10.0.8.250", "10.0.9.5")]
    [InlineData("10.0.8.20-60", 41, "10.0.8.20", "10.0.8.60")]
    [InlineData("255.255.255.254-255", 2, "255.255.255.254", "255.255.255.255")]
    [InlineData("10.0.8.1, 10.0.8.2,10.0.8.1-2", 2, "10.0.8.1", "10.0.8.2")]
    [InlineData("fd00::20", 1, "fd00::20", "fd00::20")]
    [InlineData("10.0.0.0/16", 65_534, "10.0.0.1", "10.0.255.254")]
    public void A_range_is_what_it_says_without_network_and_broadcast(string text, int count, string first, string last)
    {
        Assert.Null(AddressRange.Parse([text], out var addresses));

        Assert.Equal((count, first, last), (addresses.Count, addresses[0].ToString(), addresses[^1].ToString()));
    }

    [Theory]
    [InlineData("10.0.0.0/15", "too large")]
    [InlineData("0.0.0.0/0", "too large")]
    [InlineData("10.0.0.0-10.1.0.0", "too large")]
    [InlineData("10.0.0.0/16,10.1.0.0/16", "too large")]
    [InlineData("10.0.0.9-3", "ends before it begins")]
    [InlineData("10", "is no range")]
    [InlineData("10.0.8", "is no range")]
    [InlineData("10.0.8.0/33", "is no range")]
    [InlineData("10.0.8.0/", "is no range")]
    [InlineData("10.0.8.1-x", "is no range")]
    [InlineData("hall-1", "is no range")]
    [InlineData("*", "is no range")]
    [InlineData("", "nothing to search")]
    public void What_is_no_range_or_too_large_is_refused_in_a_sentence(string text, string says) =>
        Assert.Contains(says, AddressRange.Parse([text], out _), StringComparison.Ordinal);
}
