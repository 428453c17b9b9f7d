using CsCheck;
using EdgeDcim.Protocols.LocalSensors;

namespace EdgeDcim.Protocols.Tests.LocalSensors;

/// <summary>Vectors of the data sheets, and whatever bytes come: a value or the exception.</summary>
public sealed class LocalSensorDecoderTests
{
    private static readonly long Inputs = Fuzz.Inputs(20_000);

    [Fact]
    public void Checks_give_the_values_of_the_documents()
    {
        // SHT3x data sheet section 4.12, and Maxim application note 27.
        Assert.Equal(0x92, Crc8.Sensirion([0xBE, 0xEF]));
        Assert.Equal(0xA2, Crc8.OneWire([0x02, 0x1C, 0xB8, 0x01, 0x00, 0x00, 0x00]));
    }

    // DS18B20 data sheet, table 1.
    [Theory]
    [InlineData(0x07D0, 125)]
    [InlineData(0x0191, 25.0625)]
    [InlineData(0x00A2, 10.125)]
    [InlineData(0x0008, 0.5)]
    [InlineData(0x0000, 0)]
    [InlineData(0xFFF8, -0.5)]
    [InlineData(0xFF5E, -10.125)]
    [InlineData(0xFE6F, -25.0625)]
    [InlineData(0xFC90, -55)]
    public void Ds18b20_gives_the_temperatures_of_the_data_sheet(int raw, double celsius) => Assert.Equal(celsius, Ds18b20.Decode(Scratchpad(raw)));

    [Fact]
    public void Ds18b20_of_lower_resolution_leaves_out_what_is_undefined() => Assert.Equal(25, Ds18b20.Decode(Scratchpad(0x0197, configuration: 0x1F)));

    [Theory]
    [InlineData(0x0550, "power-on value")]
    [InlineData(-127 * 16, "outside what the sensor measures")]
    [InlineData(0x0800, "outside what the sensor measures")]
    public void Ds18b20_that_does_not_measure_gives_no_value(int raw, string says) => Refused(() => Ds18b20.Decode(Scratchpad(raw)), says);

    [Theory]
    [InlineData("a3 01 4b 46 7f ff 0d 10 cf : crc=cf YES", "wrong CRC")]
    [InlineData("ff ff ff ff ff ff ff ff ff : crc=c9 NO", "wrong CRC")]
    [InlineData("00 00 00 00 00 00 00 00 00 : crc=00 YES", "all zeros")]
    [InlineData("", "no scratchpad")]
    [InlineData("a3 01 4b", "no scratchpad")]
    public void Ds18b20_is_not_believed_when_its_scratchpad_is_wrong_whatever_the_kernel_says(string text, string says) => Refused(() => Ds18b20.Decode(text), says);

    // Made with the formula and constants of WMO No. 8, annex 4.B.
    [Theory]
    [InlineData(25, 50, 13.852)]
    [InlineData(20, 100, 20)]
    [InlineData(30, 10, -4.963)]
    public void Dew_point_follows_Magnus_and_dry_air_has_none(double celsius, double percent, double expected)
    {
        Assert.Equal(expected, new Climate(celsius, percent).DewPoint, 3);
        Assert.True(double.IsNaN(new Climate(celsius, 0).DewPoint));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(12, 500)]
    [InlineData(20, 1000)]
    [InlineData(3.8, -12.5)]
    [InlineData(20.5, 1031.25)]
    public void Loop_within_its_limits_is_a_value(double milliAmperes, double value) =>
        Assert.Equal(value, new CurrentLoop(150, 0, 1000).Value(milliAmperes * 0.15), 6);

    [Theory]
    [InlineData(0, "broken wire")]
    [InlineData(3.59, "broken wire")]
    [InlineData(21.01, "short circuit")]
    public void Loop_outside_its_limits_is_a_fault_and_never_a_value(double milliAmperes, string says) =>
        Refused(() => new CurrentLoop(150, 0, 1000).Value(milliAmperes * 0.15), says);

    [Theory]
    [InlineData("28-*", "28-0316a2", "0316a2")]
    [InlineData("temp*_input", "temp12_input", "12")]
    [InlineData("temp1_input", "temp1_input", "")]
    [InlineData("temp*_input", "temp_inpu", null)]
    [InlineData("ab*ba", "aba", null)]
    public void Pattern_gives_what_its_star_stands_for(string pattern, string name, string? match) => Assert.Equal(match, Pattern.Match(pattern, name));

    [Fact]
    public void Sht_any_bytes_give_a_value_in_range_or_the_exception() => Gen.Byte.Array[0, 8].Sample(
        bytes =>
        {
            foreach (var model in Enum.GetValues<ShtModel>())
            {
                if (Give(() => Sht.Decode(model, bytes)) is { } climate)
                {
                    Assert.InRange(climate.Temperature, -45, 130);
                    Assert.InRange(climate.Humidity, 0, 100);
                    Assert.False(climate.DewPoint > climate.Temperature + 1e-6);
                }
            }
        },
        iter: Inputs, threads: 1);

    // Half of them with a right check, else random bytes seldom get past it.
    [Fact]
    public void Sht_any_words_with_right_checks_give_a_value() => Gen.Select(Gen.UShort, Gen.UShort).Sample(
        (first, second) =>
        {
            byte[] bytes = [(byte)(first >> 8), (byte)first, 0, (byte)(second >> 8), (byte)second, 0];
            bytes[2] = Crc8.Sensirion(bytes.AsSpan(0, 2));
            bytes[5] = Crc8.Sensirion(bytes.AsSpan(3, 2));
            Assert.InRange(Sht.Decode(ShtModel.Sht4x, bytes).Humidity, 0, 100);
        },
        iter: Inputs, threads: 1);

    [Fact]
    public void Ds18b20_any_text_gives_a_value_in_range_or_the_exception() => Gen.OneOf(
        Gen.String[0, 40],
        Gen.Byte.Array[9].Select(pad => Print(pad)),
        Gen.Byte.Array[8].Select(pad => Print([.. pad, Crc8.OneWire(pad)]))).Sample(
        text =>
        {
            if (Give(() => Ds18b20.Decode(text)) is { } celsius)
            {
                Assert.InRange(celsius, -55, 125);
            }
        },
        iter: Inputs, threads: 1);

    [Fact]
    public void Registers_of_any_content_give_a_value_in_range_or_the_exception() => Gen.Select(Gen.UShort, Gen.UShort, Gen.UShort, Gen.UShort).Sample(
        (config, first, second, third) =>
        {
            var asked = Ads1115.Config(first & 3, Ads1115.FullScaleFor(third / 10_000.0));
            if (Give(() => Ads1115.Decode(asked, (second & 1) == 0 ? asked : config, first)) is { } volts)
            {
                Assert.InRange(volts, -6.144, 6.144);
            }

            foreach (var model in Enum.GetValues<InaModel>())
            {
                if (Give(() => Ina.Decode(model, (ushort)(config | 7), first, second, (third & 1) == 0 ? third : (ushort)0x5449)) is { } supply)
                {
                    Assert.InRange(supply.BusVoltage, 0, 82);
                    Assert.InRange(supply.ShuntVoltage, -0.33, 0.33);
                }
            }
        },
        iter: Inputs, threads: 1);

    private static T? Give<T>(Func<T> decode)
        where T : struct
    {
        try
        {
            return decode();
        }
        catch (LocalSensorException)
        {
            return null;
        }
    }

    private static void Refused<T>(Func<T> decode, string says) =>
        Assert.Contains(says, Assert.Throws<LocalSensorException>(() => { _ = decode(); }).Message, StringComparison.Ordinal);

    private static string Scratchpad(int raw, byte configuration = 0x7F)
    {
        byte[] pad = [(byte)raw, (byte)(raw >> 8), 0x4B, 0x46, configuration, 0xFF, 0x0C, 0x10];
        return Print([.. pad, Crc8.OneWire(pad)]);
    }

    private static string Print(byte[] pad) => string.Join(' ', pad.Select(value => $"{value:x2}")) + " : crc=00 YES";
}
