using EdgeDcim.Simulator.Physics;
using EdgeDcim.Simulator.Snmp;
using Xunit;

namespace EdgeDcim.Simulator.Tests.Snmp;

/// <summary>Messages written by hand from RFC 1157, RFC 3416 and X.690, never by the encoder under test.</summary>
public sealed class SnmpResponderTests
{
    private static readonly HallState State = new Hall(1, 12).Now;

    // version 1 (v2c), community "public", then the PDU.
    private const string V2 = "02 01 01 04 06 70 75 62 6C 69 63 ";
    private const string V1 = "02 01 00 04 06 70 75 62 6C 69 63 ";

    [Fact]
    public void Answer_to_get_of_two_objects_gives_their_values_in_order()
    {
        // GET request 7 for 1.3.6.1.9.1.0 (integer 300) and 1.3.6.1.9.2.0 (absent).
        var request = "30 30 " + V2 + "A0 23 02 01 07 02 01 00 02 01 00 30 18 30 0A 06 06 2B 06 01 09 01 00 05 00 30 0A 06 06 2B 06 01 09 02 00 05 00";
        var expected = "30 32 " + V2 + "A2 25 02 01 07 02 01 00 02 01 00 30 1A 30 0C 06 06 2B 06 01 09 01 00 02 02 01 2C 30 0A 06 06 2B 06 01 09 02 00 80 00";
        Assert.Equal(expected, Answer(request));
    }

    [Fact]
    public void Answer_to_v1_get_of_an_absent_object_is_no_such_name_with_its_index()
    {
        var request = "30 24 " + V1 + "A0 17 02 01 07 02 01 00 02 01 00 30 0C 30 0A 06 06 2B 06 01 09 02 00 05 00";
        var expected = "30 24 " + V1 + "A2 17 02 01 07 02 01 02 02 01 01 30 0C 30 0A 06 06 2B 06 01 09 02 00 05 00";
        Assert.Equal(expected, Answer(request));
    }

    [Fact]
    public void Answer_to_get_next_walks_in_numeric_order_not_in_text_order()
    {
        // 1.3.6.1.9.3.2 is followed by 1.3.6.1.9.3.10 (gauge 4000000000 needs five octets), not by 1.3.6.1.9.4.
        var request = "30 24 " + V2 + "A1 17 02 01 07 02 01 00 02 01 00 30 0C 30 0A 06 06 2B 06 01 09 03 02 05 00";
        var expected = "30 29 " + V2 + "A2 1C 02 01 07 02 01 00 02 01 00 30 11 30 0F 06 06 2B 06 01 09 03 0A 42 05 00 EE 6B 28 00";
        Assert.Equal(expected, Answer(request));
    }

    [Fact]
    public void Answer_to_get_next_past_the_last_object_is_end_of_mib_view()
    {
        var request = "30 24 " + V2 + "A1 17 02 01 07 02 01 00 02 01 00 30 0C 30 0A 06 06 2B 06 01 09 05 00 05 00";
        var expected = "30 24 " + V2 + "A2 17 02 01 07 02 01 00 02 01 00 30 0C 30 0A 06 06 2B 06 01 09 05 00 82 00";
        Assert.Equal(expected, Answer(request));
    }

    [Fact]
    public void Answer_to_get_bulk_repeats_until_all_are_past_the_end()
    {
        // Non-repeaters 0, repetitions 10 from 1.3.6.1.9.3.2: 9.3.10, 9.4.16384 (text "kW"; arc 16384 is 81 80 00), then the end.
        var request = "30 24 " + V2 + "A5 17 02 01 07 02 01 00 02 01 0A 30 0C 30 0A 06 06 2B 06 01 09 03 02 05 00";
        var expected = "30 47 " + V2 + "A2 3A 02 01 07 02 01 00 02 01 00 30 2F "
            + "30 0F 06 06 2B 06 01 09 03 0A 42 05 00 EE 6B 28 00 "
            + "30 0E 06 08 2B 06 01 09 04 81 80 00 04 02 6B 57 "
            + "30 0C 06 08 2B 06 01 09 04 81 80 00 82 00";
        Assert.Equal(expected, Answer(request));
    }

    [Fact]
    public void Answer_to_set_is_refused()
    {
        // SET 1.3.6.1.9.1.0 := 1 answers noAccess (6) at index 1 and changes nothing.
        var request = "30 25 " + V2 + "A3 18 02 01 07 02 01 00 02 01 00 30 0D 30 0B 06 06 2B 06 01 09 01 00 02 01 01";
        var expected = "30 25 " + V2 + "A2 18 02 01 07 02 01 06 02 01 01 30 0D 30 0B 06 06 2B 06 01 09 01 00 02 01 01";
        Assert.Equal(expected, Answer(request));
    }

    [Theory]
    [InlineData("30 24 02 01 01 04 06 70 75 62 6C 69 78 A0 17 02 01 07 02 01 00 02 01 00 30 0C 30 0A 06 06 2B 06 01 09 01 00 05 00")] // community "publix"
    [InlineData("30 24 02 01 03 04 06 70 75 62 6C 69 63 A0 17 02 01 07 02 01 00 02 01 00 30 0C 30 0A 06 06 2B 06 01 09 01 00 05 00")] // version 3
    [InlineData("30 24 02 01 00 04 06 70 75 62 6C 69 63 A5 17 02 01 07 02 01 00 02 01 0A 30 0C 30 0A 06 06 2B 06 01 09 01 00 05 00")] // bulk in v1
    [InlineData("30 24 02 01 01 04 06 70 75 62 6C 69 63 A0 17 02 01 07 02 01 00 02 01 00 30 0C 30 0A 06 06 2B 06 01 09 01 00 05")] // cut short
    [InlineData("30 80 02 01 01")] // indefinite length
    [InlineData("00")]
    [InlineData("")]
    public void Answer_to_what_a_real_agent_ignores_is_silence(string request) => Assert.Null(Answer(request));

    [Fact]
    public void Answer_to_get_bulk_of_a_whole_table_stays_within_one_frame()
    {
        var mib = new Mib();
        for (var i = 1; i <= 500; i++)
        {
            mib.Text($"1.3.6.1.9.7.{i}", "twenty characters xx");
        }

        // Repetitions 127.
        var request = "30 24 " + V2 + "A5 17 02 01 07 02 01 00 02 01 7F 30 0C 30 0A 06 06 2B 06 01 09 07 00 05 00";
        var answer = new SnmpResponder(mib, "public").Answer(Bytes(request), State);
        Assert.NotNull(answer);
        Assert.InRange(answer.Length, 1400, SnmpResponder.MaxMessage);
    }

    [Fact]
    public void Answer_to_get_that_cannot_fit_is_too_big_with_no_variables()
    {
        var mib = new Mib();
        mib.Text("1.3.6.1.9.1.0", new string('x', 1500));
        var request = "30 24 " + V2 + "A0 17 02 01 07 02 01 00 02 01 00 30 0C 30 0A 06 06 2B 06 01 09 01 00 05 00";
        Assert.Equal("30 18 " + V2 + "A2 0B 02 01 07 02 01 01 02 01 00 30 00", Hex(new SnmpResponder(mib, "public").Answer(Bytes(request), State)));
    }

    [Theory]
    [InlineData(0, "02 01 00")]
    [InlineData(127, "02 01 7F")]
    [InlineData(128, "02 02 00 80")]
    [InlineData(-1, "02 01 FF")]
    [InlineData(-128, "02 01 80")]
    [InlineData(-129, "02 02 FF 7F")]
    [InlineData(2147483647, "02 04 7F FF FF FF")]
    public void Number_takes_the_fewest_octets_of_twos_complement(long value, string expected) => Assert.Equal(expected, Hex(Ber.Number(value)));

    private static string? Answer(string request)
    {
        var mib = new Mib();
        mib.Constant("1.3.6.1.9.1.0", 300);
        mib.Constant("1.3.6.1.9.3.2", 1);
        mib.Constant("1.3.6.1.9.3.10", 4_000_000_000, Mib.Gauge32);
        mib.Text("1.3.6.1.9.4.16384", "kW");
        return Hex(new SnmpResponder(mib, "public").Answer(Bytes(request), State));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static string? Hex(byte[]? bytes) => bytes is null ? null : BitConverter.ToString(bytes).Replace('-', ' ');
}
