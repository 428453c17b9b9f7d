using System.Globalization;
using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Tests.Snmp;

public sealed class SnmpValueTests
{
    [Theory]
    [InlineData("02 01 FB", SnmpType.Integer32, "-5")]
    [InlineData("04 03 41 42 43", SnmpType.OctetString, "ABC")]
    [InlineData("04 04 41 42 00 00", SnmpType.OctetString, "AB")]
    [InlineData("04 03 00 1B FF", SnmpType.OctetString, "00 1B FF")]
    [InlineData("04 02 C3 A9", SnmpType.OctetString, "é")]
    [InlineData("04 00", SnmpType.OctetString, "")]
    [InlineData("06 03 88 37 03", SnmpType.ObjectIdentifier, "2.999.3")]
    [InlineData("06 00", SnmpType.ObjectIdentifier, "0.0")]
    [InlineData("40 04 C0 A8 01 FE", SnmpType.IpAddress, "192.168.1.254")]
    [InlineData("41 05 00 FF FF FF FF", SnmpType.Counter32, "4294967295")]
    [InlineData("42 02 08 FC", SnmpType.Gauge32, "2300")]
    [InlineData("47 01 07", SnmpType.Gauge32, "7")]
    [InlineData("43 04 00 98 96 80", SnmpType.TimeTicks, "10000000")]
    [InlineData("44 07 9F 78 04 42 F6 00 00", SnmpType.Opaque, "123")]
    [InlineData("44 02 01 02", SnmpType.Opaque, "01 02")]
    [InlineData("46 09 00 FF FF FF FF FF FF FF FF", SnmpType.Counter64, "18446744073709551615")]
    [InlineData("05 00", SnmpType.Null, "")]
    [InlineData("80 00", SnmpType.NoSuchObject, "")]
    [InlineData("81 00", SnmpType.NoSuchInstance, "")]
    [InlineData("82 00", SnmpType.EndOfMibView, "")]
    public void TryRead_of_every_type_gives_its_value(string octets, SnmpType type, string text)
    {
        var bytes = Hex.Bytes(octets);
        Assert.True(SnmpValues.TryRead(bytes[0], bytes.AsSpan(2), out var value));
        Assert.Equal(type, value.Type);
        Assert.Equal(text, value.AsText());
    }

    [Theory]
    [InlineData(0x02)]
    [InlineData(0x41)]
    [InlineData(0x46)]
    [InlineData(0x30)]
    [InlineData(0x9F)]
    public void TryRead_of_an_empty_number_or_an_unknown_tag_is_refused(byte tag) => Assert.False(SnmpValues.TryRead(tag, [], out _));

    [Theory]
    [InlineData("02 01 FB", -5)]
    [InlineData("42 02 08 FC", 2300)]
    [InlineData("46 08 00 00 00 01 00 00 00 00", 4294967296)]
    [InlineData("04 05 32 33 2E 35 30", 23.50)]
    [InlineData("04 06 20 2D 34 2E 30 00", -4)]
    [InlineData("44 07 9F 78 04 42 F6 80 00", 123.25)]
    [InlineData("44 0B 9F 79 08 40 5E D0 00 00 00 00 00", 123.25)]
    [InlineData("44 05 9F 7A 02 FF 00", -256)]
    public void TryGetNumber_understands_numbers_numeric_text_and_wrapped_floats(string octets, double expected)
    {
        var bytes = Hex.Bytes(octets);
        Assert.True(SnmpValues.TryRead(bytes[0], bytes.AsSpan(2), out var value));
        Assert.True(value.TryGetNumber(out var number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("04 00")]
    [InlineData("04 03 4E 2F 41")]
    [InlineData("04 03 31 2C 35")]
    [InlineData("04 05 31 32 20 56 41")]
    [InlineData("44 03 9F 78 04")]
    [InlineData("06 01 2A")]
    [InlineData("05 00")]
    [InlineData("81 00")]
    public void TryGetNumber_of_what_is_no_number_is_refused_and_not_zero(string octets)
    {
        var bytes = Hex.Bytes(octets);
        Assert.True(SnmpValues.TryRead(bytes[0], bytes.AsSpan(2), out var value));
        Assert.False(value.TryGetNumber(out _));
    }

    [Fact]
    public void AsText_does_not_depend_on_the_culture()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Assert.Equal("0.5", SnmpValue.OfBytes(SnmpType.Opaque, Hex.Bytes("9F 78 04 3F 00 00 00")).AsText());
    }

    [Fact]
    public void Equality_is_that_of_type_and_content()
    {
        Assert.Equal(SnmpValue.OfText("a"), SnmpValue.OfText("a"));
        Assert.NotEqual(SnmpValue.OfText("a"), SnmpValue.OfBytes(SnmpType.Opaque, "a"u8));
        Assert.NotEqual(SnmpValue.OfUnsigned(SnmpType.Gauge32, 1), SnmpValue.OfUnsigned(SnmpType.Counter32, 1));
        Assert.Equal(SnmpValue.OfObjectIdentifier(Oid.Parse("1.3")).GetHashCode(), SnmpValue.OfObjectIdentifier(Oid.Parse("1.3")).GetHashCode());
    }
}
