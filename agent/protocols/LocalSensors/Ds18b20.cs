using System.Globalization;

namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>The scratchpad of a DS18B20 as the kernel's <c>w1_slave</c> file prints it: nine bytes in hexadecimal. Its own verdict is not relied on.</summary>
public static class Ds18b20
{
    private const int ScratchpadLength = 9;

    // What the register holds after power-on, before any conversion: 85 °C (data sheet, table 1).
    private const short PowerOn = 0x0550;

    /// <returns>In °C.</returns>
    /// <exception cref="LocalSensorException">No scratchpad, a wrong CRC, or a value that is no measurement.</exception>
    public static double Decode(string text)
    {
        Span<byte> pad = stackalloc byte[ScratchpadLength];
        var words = text.AsSpan();
        for (var i = 0; i < ScratchpadLength; i++)
        {
            if (words.Length < 3 * i + 2 || !byte.TryParse(words.Slice(3 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out pad[i]))
            {
                throw new LocalSensorException(LocalSensorFault.BadReply, "the kernel's file holds no scratchpad of nine bytes");
            }
        }

        if (Crc8.OneWire(pad[..8]) != pad[8])
        {
            throw new LocalSensorException(LocalSensorFault.BadReply, $"wrong CRC in the scratchpad {Convert.ToHexString(pad)}");
        }

        // A bus shorted to ground reads as zeros, and the CRC of zeros is zero.
        if (!pad.ContainsAnyExcept((byte)0))
        {
            throw new LocalSensorException(LocalSensorFault.BadReply, "the scratchpad is all zeros: the bus is shorted");
        }

        var raw = (short)(pad[0] | pad[1] << 8);
        if (raw == PowerOn)
        {
            throw new LocalSensorException(LocalSensorFault.NotMeasuring, "85 °C is the power-on value: the sensor lost its supply during the conversion");
        }

        // Bits below the resolution (configuration bits 5 and 6: 9 to 12 bits) are undefined.
        raw &= (short)(-1 << (3 - (pad[4] >> 5 & 3)));
        var celsius = raw / 16.0;
        return celsius is >= -55 and <= 125
            ? celsius
            : throw new LocalSensorException(LocalSensorFault.NotMeasuring, $"{celsius:0.###} °C lies outside what the sensor measures");
    }
}
