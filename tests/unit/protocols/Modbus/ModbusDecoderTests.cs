using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Protocols.Tests.Modbus;

public sealed class ModbusDecoderTests
{
    // 1234.5678 as IEEE 754 single is 449A522B; each device family ships it in one of these four orders.
    [Theory]
    [InlineData("449A522B", WordOrder.Big, ByteOrder.Big)]
    [InlineData("522B449A", WordOrder.Little, ByteOrder.Big)]
    [InlineData("9A442B52", WordOrder.Big, ByteOrder.Little)]
    [InlineData("2B529A44", WordOrder.Little, ByteOrder.Little)]
    public void Float32_any_order_gives_the_value(string wire, WordOrder words, ByteOrder bytes) =>
        Assert.Equal(1234.5678f, ModbusDecoder.Float32(Hex(wire), words, bytes));

    [Theory]
    [InlineData("00000000", 0f)]
    [InlineData("BF000000", -0.5f)]
    [InlineData("43660000", 230f)]
    [InlineData("7FC00000", float.NaN)]
    [InlineData("FF800000", float.NegativeInfinity)]
    public void Float32_special_values_are_given_as_they_are(string wire, float expected) => Assert.Equal(expected, ModbusDecoder.Float32(Hex(wire)));

    // 123456.789 as IEEE 754 double is 40FE240C9FBE76C9.
    [Theory]
    [InlineData("40FE240C9FBE76C9", WordOrder.Big, ByteOrder.Big)]
    [InlineData("76C99FBE240C40FE", WordOrder.Little, ByteOrder.Big)]
    [InlineData("FE400C24BE9FC976", WordOrder.Big, ByteOrder.Little)]
    [InlineData("C976BE9F0C24FE40", WordOrder.Little, ByteOrder.Little)]
    public void Float64_any_order_gives_the_value(string wire, WordOrder words, ByteOrder bytes) =>
        Assert.Equal(123456.789, ModbusDecoder.Float64(Hex(wire), words, bytes));

    [Theory]
    [InlineData("12345678", WordOrder.Big, ByteOrder.Big)]
    [InlineData("56781234", WordOrder.Little, ByteOrder.Big)]
    [InlineData("34127856", WordOrder.Big, ByteOrder.Little)]
    [InlineData("78563412", WordOrder.Little, ByteOrder.Little)]
    public void UInt32_any_order_gives_the_value(string wire, WordOrder words, ByteOrder bytes)
    {
        Assert.Equal(0x12345678u, ModbusDecoder.UInt32(Hex(wire), words, bytes));
        Assert.Equal(0x12345678, ModbusDecoder.Int32(Hex(wire), words, bytes));
    }

    [Fact]
    public void Int_of_each_width_is_signed()
    {
        Assert.Equal(-2, ModbusDecoder.Int16(Hex("FFFE")));
        Assert.Equal(-257, ModbusDecoder.Int16(Hex("FFFE"), ByteOrder.Little));
        Assert.Equal(65534, ModbusDecoder.UInt16(Hex("FFFE")));
        Assert.Equal(-2, ModbusDecoder.Int32(Hex("FFFEFFFF"), WordOrder.Little));
        Assert.Equal(-2, ModbusDecoder.Int64(Hex("FFFFFFFFFFFFFFFE")));
        Assert.Equal(0x0102030405060708, ModbusDecoder.Int64(Hex("0708050603040102"), WordOrder.Little));
        Assert.Equal(18446744073709551614UL, ModbusDecoder.UInt64(Hex("FFFFFFFFFFFFFFFE")));
        Assert.Equal(-2, ModbusDecoder.SignMagnitude(Hex("80000002")));
        Assert.Equal(2, ModbusDecoder.SignMagnitude(Hex("0002")));
    }

    [Theory]
    [InlineData("1234", 1234, true)]
    [InlineData("12345678", 12345678, true)]
    [InlineData("9999999999999999", 9999999999999999, true)]
    [InlineData("123A", 0, false)]
    [InlineData("F000", 0, false)]
    public void TryBcd_digits_give_the_number_and_others_nothing(string wire, long expected, bool ok)
    {
        Assert.Equal(ok, ModbusDecoder.TryBcd(Hex(wire), out var value));
        Assert.Equal(expected, value);
    }

    [Fact]
    public void TryBcd_low_word_first_gives_the_number()
    {
        Assert.True(ModbusDecoder.TryBcd(Hex("56781234"), out var value, WordOrder.Little));
        Assert.Equal(12345678, value);
    }

    // 1 234 567 890 123 in modulo 10 000, lowest register first: 0123, 6789, 2345, 1.
    [Theory]
    [InlineData("007B1A8509290001", WordOrder.Little, 1234567890123, true)]
    [InlineData("0001092900000000", WordOrder.Big, 1234500000000, true)]
    [InlineData("FFFFD8F1", WordOrder.Big, -19999, true)]
    [InlineData("0001D8F1", WordOrder.Big, 0, false)]
    [InlineData("00012710", WordOrder.Big, 0, false)]
    public void TryMod10k_registers_of_four_digits_make_one_number(string wire, WordOrder words, long expected, bool ok)
    {
        Assert.Equal(ok, ModbusDecoder.TryMod10k(Hex(wire), out var value, words));
        Assert.Equal(expected, value);
    }

    // Bits 27-20, 35-28 and 38-36 of the example in MODBUS Application Protocol 1.1b3, section 6.1.
    [Fact]
    public void Bit_example_of_the_specification_counts_from_the_lowest_bit()
    {
        var coils = Hex("CD6B05");
        bool[] expected = [true, false, true, true, false, false, true, true, true, true, false, true, false, true, true, false, true, false, true];
        Assert.Equal(expected, Enumerable.Range(0, 19).Select(i => ModbusDecoder.Bit(coils, i)));
        Assert.Throws<ArgumentOutOfRangeException>(() => ModbusDecoder.Bit(coils, 24));
    }

    [Fact]
    public void BitField_cuts_the_bits_asked_for()
    {
        Assert.Equal(0b101UL, ModbusDecoder.BitField(0b1110_1011, 3, 3));
        Assert.Equal(ulong.MaxValue, ModbusDecoder.BitField(ulong.MaxValue, 0, 64));
        Assert.Throws<ArgumentOutOfRangeException>(() => ModbusDecoder.BitField(1, 60, 5));
    }

    [Theory]
    [InlineData("41637564 696D2020", ByteOrder.Big, "Acudim")]
    [InlineData("6341 6475 6D69 0000 5858", ByteOrder.Little, "Acudim")]
    [InlineData("41 42 43", ByteOrder.Little, "BAC")]
    [InlineData("0000", ByteOrder.Big, "")]
    [InlineData("", ByteOrder.Big, "")]
    public void Text_ends_at_the_first_nul_without_blanks(string wire, ByteOrder bytes, string expected) => Assert.Equal(expected, ModbusDecoder.Text(Hex(wire), bytes));

    [Fact]
    public void Any_value_longer_than_its_bytes_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ModbusDecoder.UInt16([1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ModbusDecoder.Float32([1, 2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ModbusDecoder.Int64([1, 2, 3, 4, 5, 6, 7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ModbusDecoder.TryBcd([1, 2, 3], out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => ModbusDecoder.TryMod10k(new byte[10], out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => ModbusDecoder.SignMagnitude([]));
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
