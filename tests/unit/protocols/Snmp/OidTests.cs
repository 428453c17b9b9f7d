using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Protocols.Snmp.Ber;

namespace EdgeDcim.Protocols.Tests.Snmp;

public sealed class OidTests
{
    [Theory]
    [InlineData("1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.3.0")]
    [InlineData(".1.3.6.1", "1.3.6.1")]
    [InlineData("2.999.4294967295", "2.999.4294967295")]
    [InlineData("0.0", "0.0")]
    public void Parse_of_dotted_numbers_gives_them_back(string text, string expected) => Assert.Equal(expected, Oid.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("1")]
    [InlineData("1..3")]
    [InlineData("1.3.")]
    [InlineData("1.40")]
    [InlineData("3.1")]
    [InlineData("1.3.-6")]
    [InlineData("1.3.4294967296")]
    [InlineData("1.3. 6")]
    [InlineData("iso.3.6")]
    public void TryParse_of_anything_else_is_refused(string text)
    {
        Assert.False(Oid.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => Oid.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_takes_128_arcs_and_not_129()
    {
        Assert.True(Oid.TryParse("1.3" + string.Concat(Enumerable.Repeat(".7", 126)), out _));
        Assert.False(Oid.TryParse("1.3" + string.Concat(Enumerable.Repeat(".7", 127)), out _));
    }

    [Fact]
    public void CompareTo_orders_as_an_agent_walks()
    {
        string[] walk = ["1.3.6.1", "1.3.6.1.0", "1.3.6.1.2", "1.3.6.1.10", "1.3.6.1.4294967295", "1.3.6.2"];
        Assert.Equal(walk, walk.Reverse().Select(Oid.Parse).Order().Select(oid => oid.ToString()));
    }

    [Fact]
    public void StartsWith_and_append_work_by_arc_and_not_by_text()
    {
        var root = Oid.Parse("1.3.6.1.2");
        Assert.True(root.Append(1, 0).StartsWith(root));
        Assert.True(root.StartsWith(root));
        Assert.False(Oid.Parse("1.3.6.1.25").StartsWith(root));
        Assert.Equal(Oid.Parse("1.3.6.1.2.1.0").GetHashCode(), root.Append(1, 0).GetHashCode());
    }

    /// <summary>X.690 section 8.19.5 gives {2 999 3} as 88 37 03; the others follow from its rules by hand.</summary>
    [Theory]
    [InlineData("2.999.3", "06 03 88 37 03")]
    [InlineData("1.3.6.1.2.1.1.3.0", "06 08 2B 06 01 02 01 01 03 00")]
    [InlineData("1.3.6.1.4.1.318", "06 07 2B 06 01 04 01 82 3E")]
    [InlineData("0.0", "06 01 00")]
    [InlineData("2.100.4294967295", "06 07 81 34 8F FF FF FF 7F")]
    public void Encoding_is_that_of_X690(string dotted, string octets)
    {
        var writer = new BerWriter(new byte[32]);
        writer.Oid(Oid.Parse(dotted));
        Assert.Equal(octets, Hex.Of(writer.Written));
        Assert.True(BerOids.TryRead(writer.Written[2..], out var back));
        Assert.Equal(dotted, back.ToString());
    }

    [Theory]
    [InlineData("2B 86")]
    [InlineData("2B 90 80 80 80 80 00")]
    public void Decoding_refuses_a_cut_arc_and_one_of_more_than_32_bits(string octets) => Assert.False(BerOids.TryRead(Hex.Bytes(octets), out _));

    [Fact]
    public void Decoding_refuses_more_than_128_arcs()
    {
        Assert.True(BerOids.TryRead(new byte[127], out _));
        Assert.False(BerOids.TryRead(new byte[128], out _));
    }
}
