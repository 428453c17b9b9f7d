using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Protocols.Ipmi.Fru;
using EdgeDcim.Protocols.Ipmi.Sdr;
using EdgeDcim.Protocols.Ipmi.Sel;
using EdgeDcim.Protocols.Ipmi.Session;
using EdgeDcim.Protocols.Ipmi.Wire;
using EdgeDcim.Simulator.Ipmi;

namespace EdgeDcim.Protocols.Tests.Ipmi;

/// <summary>Octets of the specification and of published captures, and what they mean.</summary>
public sealed class IpmiWireTests
{
    [Fact]
    public void A_request_has_two_checks_and_the_addresses_of_console_and_controller()
    {
        var message = new byte[9];
        var length = IpmiMessage.Write(message, IpmiCommand.ChannelAuthentication, 0, 0, [0x8E, 0x04]);

        // As every console sends it first: 20 18 c8 81 00 38 8e 04 b5.
        Assert.Equal(Convert.FromHexString("2018C88100388E04B5"), message[..length]);
    }

    [Theory]
    [InlineData("811C632004380000A4", true)]
    [InlineData("811C632004380000A5", false)]
    [InlineData("811C642004380000A4", false)]
    [InlineData("8118672004380000A4", false)]
    [InlineData("811C632004390000A3", false)]
    [InlineData("811C632004", false)]
    [InlineData("", false)]
    public void An_answer_counts_only_with_right_checks_command_and_direction(string hex, bool sound)
    {
        Assert.Equal(sound, IpmiMessage.TryReadAnswer(Convert.FromHexString(hex), IpmiCommand.ChannelAuthentication, out var sequence, out var body));
        Assert.Equal(sound ? 1 : 0, sequence);
        Assert.Equal(sound ? 2 : 0, body.Length);
    }

    [Fact]
    public void A_full_sensor_record_of_a_published_capture_is_read()
    {
        var record = Convert.FromHexString(
            "0100510133" + "20000103017F68010100720072" + "3F3F800100000100000000" + "0007" + "2859FC7F80" + "64645F000000" + "02020000" + "00" + "C8" + "4350552054656D70");
        var sensors = new List<SensorRecord>();
        SensorRecordReader.Read(record, sensors);

        var sensor = Assert.Single(sensors);
        Assert.Equal(("CPU Temp", 1, 3, 1, 1, 1), (sensor.Name, sensor.Number, sensor.Entity, sensor.EntityInstance, sensor.Type, sensor.ReadingType));
        Assert.Equal((SensorUnit.Celsius, true), (sensor.Unit, sensor.IsAnalog));
        Assert.Equal([40, -4, -128, 127], new[] { 40, 0xFC, 0x80, 0x7F }.Select(raw => sensor.Convert((byte)raw, sensor.Factors)));
    }

    /// <summary>Factors of the sensors that ipmi_sim ships, with the values that ipmitool prints for them.</summary>
    [Theory]
    [InlineData(243, 7, 4, -5, 89, 0.91627)]
    [InlineData(117, 12, 0, -4, 100, 1.1712)]
    [InlineData(392, 0, 0, -1, 54, 2116.8)]
    [InlineData(4, 0, 0, 0, 200, 800)]
    [InlineData(5, 0, 0, 1, 3, 150)]
    [InlineData(-3, -511, 1, 0, 2, -5116)]
    public void Factors_of_ten_bits_and_exponents_of_four_are_signed(int m, int b, int bExp, int rExp, byte raw, double value)
    {
        var sensors = new List<SensorRecord>();
        SensorRecordReader.Read(SdrBytes.Full(1, "x", 2, 7, 1, 4, m, b, bExp, rExp), sensors);

        Assert.Equal(value, sensors[0].Convert(raw, sensors[0].Factors), 9);
    }

    [Theory]
    [InlineData(0, 0x81, 129)]
    [InlineData(1, 0x81, -126)]
    [InlineData(1, 0xFF, 0)]
    [InlineData(2, 0x81, -127)]
    [InlineData(2, 0x7F, 127)]
    [InlineData(3, 0x7F, double.NaN)]
    public void Raw_values_are_unsigned_or_in_one_of_two_complements(int format, byte raw, double value)
    {
        var sensors = new List<SensorRecord>();
        SensorRecordReader.Read(SdrBytes.Full(1, "x", 1, 7, 1, 1, format: format), sensors);

        Assert.Equal(value, sensors[0].Convert(raw, sensors[0].Factors));
    }

    [Theory]
    [InlineData(Linearisation.None, 8, 8)]
    [InlineData(Linearisation.NaturalLogarithm, 8, 2.0794415416798357)]
    [InlineData(Linearisation.Logarithm10, 100, 2)]
    [InlineData(Linearisation.Logarithm2, 8, 3)]
    [InlineData(Linearisation.Exponential, 2, 7.38905609893065)]
    [InlineData(Linearisation.Power10, 3, 1000)]
    [InlineData(Linearisation.Power2, 10, 1024)]
    [InlineData(Linearisation.Inverse, 8, 0.125)]
    [InlineData(Linearisation.Inverse, 0, double.NaN)]
    [InlineData(Linearisation.NaturalLogarithm, 0, double.NaN)]
    [InlineData(Linearisation.Square, 9, 81)]
    [InlineData(Linearisation.Cube, 3, 27)]
    [InlineData(Linearisation.SquareRoot, 81, 9)]
    [InlineData(Linearisation.CubeRoot, 27, 3)]
    public void Every_formula_of_the_specification_is_applied(Linearisation formula, byte raw, double value)
    {
        var sensors = new List<SensorRecord>();
        SensorRecordReader.Read(SdrBytes.Full(1, "x", 1, 7, 1, 1, linearisation: (byte)formula), sensors);

        Assert.Equal(value, sensors[0].Convert(raw, sensors[0].Factors), 9);
    }

    [Theory]
    [InlineData("DCAE085704050DD20473B6445DAABBCCDD40", true, 2222, 1111, 3333, 1234, 3721182122L)]
    [InlineData("DC7A00500096007800" + "2BB8445DDDCCBBAABF", false, 122, 80, 150, 120, 2864434397L)]
    public void A_power_reading_of_a_published_capture_is_read(string hex, bool active, int now, int min, int max, int mean, long periodMs)
    {
        Assert.True(DcmiPower.TryParse(Convert.FromHexString(hex), out var power));
        Assert.Equal(new DcmiPower(active, now, min, max, mean, TimeSpan.FromMilliseconds(periodMs)), power);
    }

    [Theory]
    [InlineData(0xC3, "506F77", "Pow")]
    [InlineData(0x43, "12 3A", "123 ")]
    [InlineData(0x83, "29 DC A6", "IPMI")]
    [InlineData(0x03, "410042", "A B")]
    public void Texts_are_read_in_every_encoding(byte type, string hex, string text) =>
        Assert.Equal(text.Trim(), IpmiText.Read(type, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Fact]
    public void An_inventory_is_read_and_a_broken_one_is_empty()
    {
        var image = SdrBytes.Fru("Acme", "Rack Server 9", "RS-9", "SN-1", "BSN-1");
        Assert.Equal("Rack Server 9", FruInventory.Read(image).ProductName);
        for (var cut = 0; cut < image.Length; cut++)
        {
            FruInventory.Read(image.AsSpan(0, cut));
        }

        Assert.Equal(FruInventory.Empty, FruInventory.Read(image.AsSpan(0, 7)));
        Assert.Equal(FruInventory.Empty, FruInventory.Read(new byte[64]));
    }

    [Theory]
    [InlineData(2, 0x5F00_0000u, true)]
    [InlineData(2, 1000u, false)]
    [InlineData(2, uint.MaxValue, false)]
    [InlineData(0xE0, 0x5F00_0000u, false)]
    public void The_time_of_an_event_is_told_only_when_the_controller_knew_it(byte kind, uint stamp, bool known)
    {
        byte[] record = [1, 0, kind, (byte)stamp, (byte)(stamp >> 8), (byte)(stamp >> 16), (byte)(stamp >> 24), 0x20, 0, 4, 1, 7, 0x81, 9, 0, 0];
        Assert.True(SelEntry.TryParse(record, out var entry));
        Assert.Equal(known ? DateTimeOffset.FromUnixTimeSeconds(stamp) : null, entry.At);
        Assert.Equal((1, 7, 1, false, 9), (entry.SensorType, entry.SensorNumber, entry.EventType, entry.IsAsserted, entry.State));
    }

    [Fact]
    public void Suites_are_read_out_of_their_list_and_those_of_makers_passed_over()
    {
        Assert.Equal([3, 17], SuiteRecords.Ids(Convert.FromHexString("C0030141" + "81" + "C1FEDCBA00" + "0141" + "C011034481")));
        Assert.Equal([0], SuiteRecords.Ids([0xC0, 0, 0, 0x40, 0x80]));
        Assert.Empty(SuiteRecords.Ids([0xC0]));
    }

    [Fact]
    public void A_sequence_number_passes_once_and_not_from_far_behind()
    {
        var window = default(ReplayWindow);
        Assert.Equal(
            [true, false, true, true, false, true, false, true, false],
            new uint[] { 5, 5, 7, 6, 6, 100, 7, 69, uint.MaxValue }.Select(number => window.Accept(number)));
    }

    [Fact]
    public void A_password_longer_than_IPMI_allows_is_refused_without_being_told()
    {
        var fault = Assert.Throws<ArgumentException>(() => new IpmiTarget(new System.Net.IPEndPoint(0, 623), "edge", "more-than-twenty-octets"));
        Assert.DoesNotContain("octets", fault.Message, StringComparison.Ordinal);
    }
}
