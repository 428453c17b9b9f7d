using EdgeDcim.Simulator.Modbus;
using EdgeDcim.Simulator.Physics;
using Xunit;

namespace EdgeDcim.Simulator.Tests.Modbus;

public sealed class ModbusFrameTests
{
    private static readonly HallState State = new Hall(1, 12).Now;

    [Fact]
    public void Answer_to_the_read_of_the_specification_gives_its_bytes()
    {
        // MODBUS Application Protocol V1.1b3, 6.3: registers 108 to 110 hold 555, 0 and 100.
        var map = new ModbusMap().Readable(Tables.Holding, 107, 3);
        map.Put(107, Encoding.UInt16, _ => 555);
        map.Put(109, Encoding.UInt16, _ => 100);
        Assert.Equal("03 06 02 2B 00 00 00 64", Answer(map, "03 00 6B 00 03"));
    }

    [Fact]
    public void Answer_to_function_4_reads_the_input_table_only()
    {
        // 6.4: input register 9 holds 10.
        var map = new ModbusMap().Readable(Tables.Input, 8, 1);
        map.Put(8, Encoding.UInt16, _ => 10);
        Assert.Equal("04 02 00 0A", Answer(map, "04 00 08 00 01"));
        Assert.Equal("83 02", Answer(map, "03 00 08 00 01"));
    }

    [Theory]
    [InlineData("05 00 AC FF 00", "85 01")] // write single coil
    [InlineData("06 00 01 00 03", "86 01")] // write single register
    [InlineData("10 00 01 00 01 02 00 0A", "90 01")] // write multiple registers
    [InlineData("2B 0E 01 00", "AB 01")] // device identification
    [InlineData("03 00 6B 00 00", "83 03")] // no register
    [InlineData("03 00 6B 00 7E", "83 03")] // 126 registers
    [InlineData("03 00 6B 00", "83 03")] // too short
    [InlineData("03 00 6A 00 02", "83 02")] // starts before the first register
    [InlineData("03 00 6D 00 02", "83 02")] // ends behind the last register
    [InlineData("03 FF FF 00 02", "83 02")] // past the end of the address space
    public void Answer_to_a_request_that_cannot_be_served_is_the_exception_of_the_specification(string request, string expected) =>
        Assert.Equal(expected, Answer(new ModbusMap().Readable(Tables.Holding, 107, 3), request));

    [Fact]
    public void Answer_for_a_unit_that_nobody_has_is_gateway_target_failed() => Assert.Equal("83 0B", Answer(null, "03 00 00 00 01"));

    [Fact]
    public void Answer_above_the_devices_own_limit_is_illegal_value()
    {
        var map = new ModbusMap { MaxRegisters = 2 }.Readable(Tables.Holding, 0, 10);
        Assert.Equal("83 03", Answer(map, "03 00 00 00 03"));
        Assert.Equal("03 04 00 00 00 00", Answer(map, "03 00 00 00 02"));
    }

    // 123456.0f is 0x47F12000; -2 as int32 is 0xFFFFFFFE; 65538 is 0x00010002; 1.5 as double is 0x3FF8000000000000.
    [Theory]
    [InlineData(nameof(Encoding.Float32), 123456.0, "47 F1 20 00")]
    [InlineData(nameof(Encoding.Float32LowWordFirst), 123456.0, "20 00 47 F1")]
    [InlineData(nameof(Encoding.Int32), -2.0, "FF FF FF FE")]
    [InlineData(nameof(Encoding.Int32LowWordFirst), 65538.0, "00 02 00 01")]
    [InlineData(nameof(Encoding.UInt32), 65538.0, "00 01 00 02")]
    [InlineData(nameof(Encoding.Int16), -1.4, "FF FF")]
    [InlineData(nameof(Encoding.Int16), 99999.0, "7F FF")]
    [InlineData(nameof(Encoding.UInt16), -5.0, "00 00")]
    [InlineData(nameof(Encoding.Int64), 4294967296.0, "00 00 00 01 00 00 00 00")]
    [InlineData(nameof(Encoding.Float64), 1.5, "3F F8 00 00 00 00 00 00")]
    public void Answer_lays_out_a_number_as_its_encoding_says(string encoding, double value, string expected)
    {
        var parsed = Enum.Parse<Encoding>(encoding);
        var map = new ModbusMap().Readable(Tables.Holding, 0, 4);
        map.Put(0, parsed, _ => value);
        Assert.Equal($"03 {expected.Split(' ').Length:X2} {expected}", Answer(map, $"03 00 00 00 {expected.Split(' ').Length / 2:X2}"));
    }

    [Fact]
    public void Answer_that_starts_within_a_number_gives_its_second_half()
    {
        var map = new ModbusMap().Readable(Tables.Holding, 0, 3);
        map.Put(0, Encoding.Float32, _ => 123456.0);
        Assert.Equal("03 04 20 00 00 00", Answer(map, "03 00 01 00 02"));
    }

    private static string Answer(ModbusMap? map, string request)
    {
        var answer = new byte[260];
        var length = ModbusFrame.Answer(Convert.FromHexString(request.Replace(" ", "", StringComparison.Ordinal)), map, State, answer);
        return BitConverter.ToString(answer, 0, length).Replace('-', ' ');
    }
}
