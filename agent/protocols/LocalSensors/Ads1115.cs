using System.Buffers.Binary;

namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>The bytes of TI's ADS1115: a single conversion of one input against ground; its comparator is left off and its thresholds untouched.</summary>
public static class Ads1115
{
    public const byte ConversionRegister = 0;
    public const byte ConfigRegister = 1;

    /// <summary>128 conversions a second, slowest by the data sheet's 10 %: 8.6 ms; and more, since a timer may fire a tick early.</summary>
    public static readonly TimeSpan Conversion = TimeSpan.FromMilliseconds(12);

    // Data sheet table 8-3, PGA bits 000 to 101.
    private static readonly double[] FullScales = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256];

    /// <summary>The smallest full scale, in volts, that holds the voltage.</summary>
    public static double FullScaleFor(double volts) => FullScales.Last(scale => scale >= volts || scale == FullScales[0]);

    /// <summary>The config word that starts a conversion: OS, MUX (input against ground), PGA, single shot, 128 SPS, comparator off.</summary>
    public static ushort Config(int input, double fullScale) =>
        (ushort)(0x8000 | (4 + input) << 12 | Array.IndexOf(FullScales, fullScale) << 9 | 0x0100 | 0x0083);

    /// <exception cref="LocalSensorException">Not done, not the conversion that was asked for, or clipped at the end of the range.</exception>
    public static double Decode(ushort asked, ushort config, ushort conversion)
    {
        if ((config & 0x8000) == 0)
        {
            throw new LocalSensorException(LocalSensorFault.NotMeasuring, "the conversion does not end");
        }

        if ((config & 0x7FFF) != (asked & 0x7FFF))
        {
            throw new LocalSensorException(LocalSensorFault.BadReply, $"the chip holds the configuration {config:X4} instead of {asked:X4}; does another program use it?");
        }

        var raw = (short)conversion;
        var fullScale = FullScales[asked >> 9 & 7];
        return raw is short.MaxValue or short.MinValue
            ? throw new LocalSensorException(LocalSensorFault.NotMeasuring, $"the input lies beyond {fullScale} V")
            : raw * fullScale / 32768;
    }

    public static byte[] Question(ushort config)
    {
        var bytes = new byte[3];
        bytes[0] = ConfigRegister;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(1), config);
        return bytes;
    }
}
