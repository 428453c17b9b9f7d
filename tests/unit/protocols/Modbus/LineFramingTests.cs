using System.Text;
using CsCheck;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Protocols.Tests.Modbus;

public sealed class LineFramingTests
{
    private static readonly long Inputs = Fuzz.Inputs(20_000);

    private static readonly ModbusRequest Request = new(0x11, 3, 0x006B, 3);

    private readonly byte[] pdu = new byte[ModbusPdu.MaxLength];

    // 0207: MODBUS over Serial Line 1.02, section 6.2.2; "123456789": the check value of CRC-16/MODBUS; the others are frames in makers' manuals.
    [Theory]
    [InlineData("0207", 0x1241)]
    [InlineData("313233343536373839", 0x4B37)]
    [InlineData("1103006B0003", 0x8776)]
    [InlineData("110306AE4156524340", 0xAD49)]
    [InlineData("010402FFFF", 0x80B8)]
    public void Crc16_known_values_come_out(string bytes, int expected) => Assert.Equal(expected, Crc16.Of(Convert.FromHexString(bytes)));

    [Theory]
    [InlineData("1103006B0003", 0x7E)]
    [InlineData("110306AE4156524340", 0xCC)]
    [InlineData("00", 0x00)]
    [InlineData("FF", 0x01)]
    public void Lrc_known_values_come_out(string bytes, int expected) => Assert.Equal(expected, AsciiFraming.Lrc(Convert.FromHexString(bytes)));

    [Fact]
    public void Write_request_is_the_frame_of_the_manuals()
    {
        var frame = new byte[513];
        Assert.Equal("1103006B00037687", Convert.ToHexString(frame.AsSpan(0, new RtuFraming().Write(Request, frame))));
        Assert.Equal(":1103006B00037E\r\n", Encoding.ASCII.GetString(frame, 0, new AsciiFraming().Write(Request, frame)));
    }

    [Theory]
    [InlineData("110306AE415652434049AD")]
    [InlineData("FF00110306AE415652434049AD")]
    [InlineData("1103110306AE415652434049ADFFFF")]
    [InlineData("110306AE415652434049AE110306AE415652434049AD")]
    [InlineData("1103006B00037687110306AE415652434049AD")]
    [InlineData("120306AE41565243405D5D110306AE415652434049AD")]
    public void Rtu_find_takes_the_sound_answer_out_of_noise_echo_and_other_units(string received)
    {
        Assert.Equal(8, new RtuFraming().Find(Request, Convert.FromHexString(received), pdu));
        Assert.Equal("0306AE4156524340", Convert.ToHexString(pdu.AsSpan(0, 8)));
    }

    [Theory]
    [InlineData("110306AE415652434049")]
    [InlineData("110306AE415652434049AC")]
    [InlineData("120306AE41565243405D5D")]
    [InlineData("")]
    public void Rtu_find_takes_nothing_else(string received) => Assert.Equal(0, new RtuFraming().Find(Request, Convert.FromHexString(received), pdu));

    // Exception 02 of unit 0x0A to function 1: 0A 81 02 B0 53.
    [Fact]
    public void Rtu_find_takes_an_exception()
    {
        Assert.Equal(2, new RtuFraming().Find(new ModbusRequest(0x0A, 1, 0x04A1, 1), Convert.FromHexString("0A8102B053"), pdu));
        Assert.Equal("8102", Convert.ToHexString(pdu.AsSpan(0, 2)));
    }

    [Theory]
    [InlineData(":110306AE4156524340CC\r\n")]
    [InlineData("noise:11:110306AE4156524340CC\r\n")]
    [InlineData(":110306AE4156524340CD\r\n:110306AE4156524340CC\r\n")]
    [InlineData(":110306ae4156524340cc\r\n")]
    public void Ascii_find_takes_the_sound_answer_out_of_noise(string received)
    {
        Assert.Equal(8, new AsciiFraming().Find(Request, Encoding.ASCII.GetBytes(received), pdu));
        Assert.Equal("0306AE4156524340", Convert.ToHexString(pdu.AsSpan(0, 8)));
    }

    [Theory]
    [InlineData(":110306AE4156524340CC")]
    [InlineData(":110306AE4156524340CD\r\n")]
    [InlineData(":110306AE415652434CC\r\n")]
    [InlineData(":110306AE41565243G0CC\r\n")]
    [InlineData("110306AE4156524340CC\r\n")]
    [InlineData(":120306AE4156524340CB\r\n")]
    [InlineData(":\r\n")]
    public void Ascii_find_takes_nothing_else(string received) => Assert.Equal(0, new AsciiFraming().Find(Request, Encoding.ASCII.GetBytes(received), pdu));

    /// <summary>Frames with a right check and any content, cut, doubled and surrounded by noise, for every function.</summary>
    [Fact]
    public void Find_any_bytes_give_an_answer_inside_them_or_nothing()
    {
        var request =
            from function in Fuzz.OneOf(1, 2, 3, 4, ModbusRequest.ReadIdentity)
            from address in Gen.UShort
            from count in Gen.Int[1, 125]
            select new ModbusRequest(0x11, function, address, count);
        var piece = Gen.OneOf(
            Gen.OneOf(Gen.Byte, Fuzz.OneOf(0x11, 3, (byte)':', (byte)'\r')).Array[0, 300].Select(noise => (Body: noise, IsFrame: false)),
            Gen.Byte.Array[0, 253].Select(pdu => (Body: pdu, IsFrame: true)));
        var found = 0L;
        Gen.Select(request, piece.Array[1, 3], Gen.Int[0, 8]).Sample(
            (asked, pieces, cut) =>
            {
                var room = new byte[ModbusPdu.MaxLength];
                foreach (var framing in (LineFraming[])[new RtuFraming(), new AsciiFraming()])
                {
                    byte[] stream = [.. pieces.SelectMany(each => each.IsFrame ? Framed(framing, asked, each.Body) : each.Body)];
                    var received = stream.AsSpan(0, Math.Max(0, stream.Length - cut));
                    var length = framing.Find(asked, received, room);
                    Assert.InRange(length, 0, received.Length);
                    found += length > 0 ? 1 : 0;
                }
            },
            iter: Inputs, threads: 1);
        Assert.True(found > 0, "no input held an answer");
    }

    /// <summary>The PDU as an answer to the request would begin, with a check that is right.</summary>
    private static byte[] Framed(LineFraming framing, in ModbusRequest request, byte[] content)
    {
        byte[] body = [request.Unit, .. content];
        if (content.Length > 1 && content[^1] % 4 > 0)
        {
            body[1] = request.Function;
            body[2] = (byte)(content.Length - 2);
        }

        var crc = Crc16.Of(body);
        return framing is RtuFraming
            ? [.. body, (byte)crc, (byte)(crc >> 8)]
            : Encoding.ASCII.GetBytes($":{Convert.ToHexString([.. body, AsciiFraming.Lrc(body)])}\r\n");
    }
}
