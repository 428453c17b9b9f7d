using EdgeDcim.Protocols.Snmp.Ber;

namespace EdgeDcim.Protocols.Tests.Snmp;

public sealed class BerTests
{
    /// <summary>X.690 section 8.3: two's complement in the fewest octets.</summary>
    [Theory]
    [InlineData(0, "02 01 00")]
    [InlineData(127, "02 01 7F")]
    [InlineData(128, "02 02 00 80")]
    [InlineData(256, "02 02 01 00")]
    [InlineData(-1, "02 01 FF")]
    [InlineData(-128, "02 01 80")]
    [InlineData(-129, "02 02 FF 7F")]
    [InlineData(int.MaxValue, "02 04 7F FF FF FF")]
    [InlineData(int.MinValue, "02 04 80 00 00 00")]
    [InlineData(long.MinValue, "02 08 80 00 00 00 00 00 00 00")]
    public void Integer_takes_the_fewest_octets_both_ways(long number, string octets)
    {
        var writer = new BerWriter(new byte[16]);
        writer.Integer(number);
        Assert.Equal(octets, Hex.Of(writer.Written));
        Assert.Equal(number, new BerReader(writer.Written).Integer());
    }

    [Theory]
    [InlineData(0x7FFF_FFFF_FFFF_FFFF, "46 08 7F FF FF FF FF FF FF FF")]
    [InlineData(0x8000_0000_0000_0000, "46 09 00 80 00 00 00 00 00 00 00")]
    [InlineData(ulong.MaxValue, "46 09 00 FF FF FF FF FF FF FF FF")]
    public void Unsigned_has_a_leading_zero_where_it_would_look_negative(ulong number, string octets)
    {
        var writer = new BerWriter(new byte[16]);
        writer.Unsigned(number, BerTag.Counter64);
        Assert.Equal(octets, Hex.Of(writer.Written));
        Assert.True(BerIntegers.TryReadUnsigned64(writer.Written[2..], out var back));
        Assert.Equal(number, back);
    }

    [Theory]
    [InlineData("FF FF FF FF", 4294967295)]
    [InlineData("00 FF FF FF FF", 4294967295)]
    [InlineData("FF FF FF FF FF", 4294967295)]
    [InlineData("80 00 00 00", 2147483648)]
    [InlineData("05", 5)]
    public void Unsigned32_is_read_as_agents_write_it(string octets, long expected)
    {
        Assert.True(BerIntegers.TryReadUnsigned32(Hex.Bytes(octets), out var number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01 00 00 00 00")]
    [InlineData("00 00 00 00 00 00 00 00 01")]
    public void Unsigned32_beyond_32_bits_is_refused(string octets) => Assert.False(BerIntegers.TryReadUnsigned32(Hex.Bytes(octets), out _));

    /// <summary>X.690 section 8.1.3: short form up to 127, long form beyond.</summary>
    [Theory]
    [InlineData(127, "04 7F")]
    [InlineData(128, "04 81 80")]
    [InlineData(201, "04 81 C9")]
    [InlineData(256, "04 82 01 00")]
    public void Length_has_the_shortest_form(int length, string header)
    {
        var writer = new BerWriter(new byte[512]);
        writer.Octets(BerTag.OctetString, new byte[length]);
        Assert.Equal(header, Hex.Of(writer.Written[..(writer.Length - length)]));
        Assert.Equal(length, new BerReader(writer.Written).Octets(BerTag.OctetString).Length);
    }

    [Theory]
    [InlineData("04 81 03 61 62 63")]
    [InlineData("04 83 00 00 03 61 62 63")]
    public void Length_may_be_longer_than_needed(string octets) => Assert.Equal("abc"u8, new BerReader(Hex.Bytes(octets)).Octets(BerTag.OctetString));

    [Theory]
    [InlineData("04 80 61 00 00", "a length in a form that SNMP does not allow")]
    [InlineData("04 85 00 00 00 00 01 61", "a length in a form that SNMP does not allow")]
    [InlineData("04 82 01", "a length in a form that SNMP does not allow")]
    [InlineData("04 03 61 62", "an element that is longer than what is around it")]
    [InlineData("04 84 FF FF FF FF 61", "an element that is longer than what is around it")]
    [InlineData("04", "it ends in the middle of an element")]
    [InlineData("", "it ends in the middle of an element")]
    [InlineData("05 00", "an element of another type than expected")]
    public void Octets_of_a_broken_element_are_empty_and_the_problem_is_told(string octets, string problem)
    {
        var reader = new BerReader(Hex.Bytes(octets));
        Assert.Equal(0, reader.Octets(BerTag.OctetString).Length);
        Assert.Equal(problem, reader.Problem);
    }

    [Fact]
    public void Enter_keeps_an_element_inside_the_one_around_it()
    {
        // The inner string claims one octet more than its sequence has; the octet exists behind the sequence.
        var reader = new BerReader(Hex.Bytes("30 03 04 02 61 62"));
        reader.Enter(BerTag.Sequence);
        reader.Octets(BerTag.OctetString);
        Assert.Equal("an element that is longer than what is around it", reader.Problem);
    }
}
